"""What to make of a flow: whose request it is, and whether its exchange can be handed over whole."""

from __future__ import annotations

from mitmproxy import http
from mitmproxy.proxy.mode_specs import RegularMode, ReverseMode, UpstreamMode

from shadow.exchange import Side
from shadow.routes.sides import Sides

__all__ = ["MIRROR_HEADER", "answering_side", "body_to_stream", "goes_round", "method_of", "path_of", "skip_reason"]

MIRROR_HEADER = "x-shadow-mirror"
HOPS = 8
"""Harnesses that one mirrored request may pass; those that stand in front of each other would pass it on for ever."""
_STREAMING_TYPES = (
    "text/event-stream",
    "application/grpc",
    "multipart/x-mixed-replace",
    "application/x-ndjson-stream",
)


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


def path_of(flow: http.HTTPFlow) -> str:
    """The target without its query; bytes that are no ASCII as latin-1, as in the worker's `Request`."""
    return flow.request.data.path.partition(b"?")[0].decode("latin-1")


def method_of(flow: http.HTTPFlow) -> str:
    """The method as it was sent; as latin-1, because what mitmproxy makes of other bytes can't be encoded again."""
    return flow.request.data.method.decode("latin-1")


def body_to_stream(message: http.Message, max_body: int) -> bool:
    """Whether the body must pass as it comes, because it streams by nature or is too large to be collected."""
    content_type = message.headers.get("content-type", "").lower()
    if content_type.startswith(_STREAMING_TYPES):
        return True
    return _declares_more(message, max_body)


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
            return "too-large" if _declares_more(message, max_body) else "streamed"
        if len(message.raw_content) > max_body:
            return "too-large"
    return ""


def _declares_more(message: http.Message, max_body: int) -> bool:
    length = message.headers.get("content-length", "")
    return length.isascii() and length.isdigit() and int(length) > max_body
