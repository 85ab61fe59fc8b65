"""What to make of a flow: whose request it is, and whether its exchange can be handed over whole."""

from __future__ import annotations

from typing import cast

from mitmproxy import http
from mitmproxy.connection import ConnectionState
from mitmproxy.proxy.mode_specs import RegularMode, ReverseMode, UpstreamMode

from shadow.exchange import Side
from shadow.proxy.streaming import Tee, declares_more
from shadow.routes.sides import Sides
from shadow.session import TELLING, identity

__all__ = [
    "MIRROR_HEADER",
    "address_of",
    "answering_side",
    "broken_off",
    "goes_round",
    "method_of",
    "path_of",
    "session_of",
    "skip_reason",
]

MIRROR_HEADER = "x-shadow-mirror"
HOPS = 8
"""Harnesses that one mirrored request may pass; those that stand in front of each other would pass it on for ever."""
_TELLING = frozenset(name.encode() for name in TELLING)


def answering_side(flow: http.HTTPFlow, sides: Sides) -> Side | None:
    """The side that the client asked for; None where the request is neither side's.

    Behind a reverse proxy only the path can tell; a forward proxy also knows scheme, host and port.
    """
    request, mode = flow.request, flow.client_conn.proxy_mode
    if isinstance(mode, ReverseMode):
        return sides.by_path(request.path)
    found = sides.by_url(request.scheme, request.host, request.port, request.path)
    if found is not None or isinstance(mode, RegularMode | UpstreamMode):
        # The client has named the server; what its Host header says besides reaches somebody else's.
        return found
    # Elsewhere only the server's address may be known, and the Host header has its name.
    return sides.by_url(request.scheme, request.pretty_host, request.port, request.path)


def goes_round(flow: http.HTTPFlow) -> bool:
    """Count one more harness on the way of a mirrored request; True where there have been too many.

    Nobody but harnesses sends the header, so that no client's own request is changed or refused.
    """
    passed = flow.request.headers.get(MIRROR_HEADER)
    if passed is None:
        return False
    hops = int(passed) if passed.isascii() and passed.isdigit() and len(passed) < 4 else 1  # a stranger may say "yes"
    if hops >= HOPS:
        return True
    flow.request.headers[MIRROR_HEADER] = str(hops + 1)
    return False


def session_of(flow: http.HTTPFlow, *, by_address: bool) -> str:
    """What the worker would call one session, with secrets in it: who is asking, else the client's connection or, with
    ``by_address``, its address."""
    telling = [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in flow.request.headers.fields
        if name.lower() in _TELLING
    ]
    who = identity(telling) if telling else ""
    return who or (address_of(flow) if by_address else "") or flow.client_conn.id


def address_of(flow: http.HTTPFlow) -> str:
    """Where the client's connection comes from, without the port; "" where that is not known."""
    peer = cast("tuple[str, int] | None", flow.client_conn.peername)  # none where mitmproxy replays a flow
    return peer[0] if peer else ""


def path_of(flow: http.HTTPFlow) -> str:
    """The target without its query; bytes that are no ASCII as latin-1, as in the worker's `Request`."""
    return flow.request.data.path.partition(b"?")[0].decode("latin-1")


def method_of(flow: http.HTTPFlow) -> str:
    """The method as it was sent; as latin-1, because what mitmproxy makes of other bytes can't be encoded again."""
    return flow.request.data.method.decode("latin-1")


def skip_reason(flow: http.HTTPFlow, max_body: int) -> str:
    """Why this exchange can't be compared, as a skip reason; "" where it can."""
    request, response = flow.request, flow.response
    assert response is not None
    if MIRROR_HEADER in request.headers:
        return "excluded"
    if response.status_code == 101 or flow.websocket is not None:
        return "upgrade"
    for message in (request, response):
        if message.raw_content is None:
            return _why_it_passed(message, max_body)
        if len(message.raw_content) > max_body:
            return "too-large"
    return ""


def broken_off(flow: http.HTTPFlow, max_body: int, *, by_us: bool = False) -> str:
    """The outcome (as in `Fate`) of a request whose answer will never be complete; ``by_us``: because the proxy ends.

    A response that was passing as it came when its client left (or we do) has not failed: event streams end like that.
    """
    response = flow.response
    if MIRROR_HEADER in flow.request.headers:
        return "skipped:excluded"
    client_left = not flow.client_conn.state & ConnectionState.CAN_READ
    if response is not None and response.stream and (client_left or by_us):
        return f"skipped:{_why_it_passed(response, max_body)}"
    return "failed"


def _why_it_passed(message: http.Message, max_body: int) -> str:
    tee = message.stream
    larger = tee.outgrown if isinstance(tee, Tee) else declares_more(message, max_body)
    return "too-large" if larger else "streamed"
