"""Bodies that pass as they come, and the copy that is kept of those that may turn out small enough to compare.

mitmproxy collects a body whole before it sends it on, unless `Message.stream` says otherwise when its headers are in.
A body of declared and modest length may be collected: its client waits for the last byte anyhow, and it costs less.
"""

from __future__ import annotations

from typing import Final

from mitmproxy import ctx, http
from mitmproxy.addonmanager import traverse

__all__ = ["BodiesNeeded", "Tee", "declares_more", "drop_h2c", "give_back", "has_body", "how_to_pass"]

_STREAMING_TYPES = (
    b"text/event-stream",
    b"application/grpc",
    b"multipart/x-mixed-replace",
    b"application/x-ndjson-stream",
)
_LENGTHS = frozenset(map(len, (b"content-type", b"content-length", b"transfer-encoding")))
_DIGITS = 18
"""A Content-Length of more digits is more than is ever compared, and Python refuses to read one of thousands."""


class Tee:
    """A value for `Message.stream`: passes every piece on, and keeps a copy of up to ``limit`` bytes of them."""

    __slots__ = ("_copy", "_limit", "outgrown")

    def __init__(self, limit: int) -> None:
        self.outgrown = False
        self._limit = limit
        # Not a list of pieces: a million pieces of two bytes would take fifty times their size.
        self._copy: bytearray | None = bytearray()

    def __call__(self, piece: bytes) -> tuple[bytes, ...]:
        copy = self._copy
        if copy is not None:
            if len(copy) + len(piece) > self._limit:
                self._copy, self.outgrown = None, True
            else:
                copy += piece
        # An empty piece comes at the end, and from an empty HTTP/2 frame; sent on as a chunk it would end the body.
        return (piece,) if piece else ()

    def take(self) -> bytes | None:
        """What has passed, and let go of it; None where it has outgrown the limit."""
        copy, self._copy = self._copy, None
        return None if copy is None else bytes(copy)


class BodiesNeeded:
    """Whether something else in this mitmproxy wants whole requests or whole responses, as it would get them without
    us: an option of the user's, or an addon of theirs with a hook that comes only when a body is complete."""

    request = False
    response = False

    def look(self) -> None:
        """Look again: options and scripts may change while the proxy runs."""
        others = [addon for addon in traverse(ctx.master.addons.chain) if _is_foreign(addon)]
        self.request = _set(_WANT_REQUESTS) or any(_has(addon, "requestheaders", "request") for addon in others)
        self.response = _set(_WANT_RESPONSES) or any(_has(addon, "response") for addon in others)


def how_to_pass(message: http.Message, max_body: int, *, needed: bool) -> Tee | bool:
    """The value for `Message.stream`, when the headers of a message are in.

    True: it streams by nature, or declares more than ``max_body`` bytes; nothing is kept of it. A `Tee`: its length is
    not known yet. False: mitmproxy collects it, also where its length is unknown but something else needs it whole.
    """
    length = coding = kind = b""
    for name, value in message.headers.fields:  # one look at the raw fields: three look-ups would cost three times that
        if len(name) in _LENGTHS:
            match name.lower():
                case b"content-length":
                    length = value
                case b"content-type":
                    kind = value
                case b"transfer-encoding":
                    coding = value
    if kind and kind.lower().startswith(_STREAMING_TYPES):
        return True
    if length and not coding:
        return _is_more(length, max_body)
    # An HTTP/1 request with neither header has no body (RFC 9112 §6.3).
    if needed or not (
        coding or isinstance(message, http.Response) or not message.data.http_version.startswith(b"HTTP/1")
    ):
        return False
    return Tee(max_body)


def has_body(flow: http.HTTPFlow) -> bool:
    """Whether the response can have a body at all (RFC 9110 §6.4.1)."""
    assert flow.response is not None
    status = flow.response.data.status_code
    return status >= 200 and status not in _BODILESS and flow.request.data.method != b"HEAD"


def drop_h2c(flow: http.HTTPFlow) -> None:
    """mitmproxy can't follow a switch to HTTP/2, so it takes such an offer out when a request is complete; a request
    that passes as it comes will be gone by then (Java's client makes the offer with its first request)."""
    if "upgrade" in flow.request.headers and (addon := ctx.master.addons.get("disableh2c")) is not None:
        addon.request(flow)


def give_back(flow: http.HTTPFlow) -> None:
    """Put the copies where mitmproxy would have put the bodies, once the response has passed.

    A response may be complete before its request: then the copy of that proves nothing.
    """
    for message in (flow.request, flow.response):
        if message is None or not isinstance(tee := message.stream, Tee):
            continue
        body = tee.take()
        if message.data.content is None and (message is flow.response or message.data.timestamp_end is not None):
            message.data.content = body


def declares_more(message: http.Message, max_body: int) -> bool:
    """Whether the headers say that the body is larger than ``max_body`` bytes."""
    return _is_more(message.headers.get("content-length", "").encode("utf-8", "surrogateescape"), max_body)


_BODILESS: Final = frozenset({204, 304})
_WANT_RESPONSES = ("body_size_limit", "intercept", "modify_body")
_WANT_REQUESTS = (
    *_WANT_RESPONSES,
    # These act when a request is complete: on its headers, which a streamed request has left behind by then.
    *("anticache", "anticomp", "block_list", "map_local", "map_remote", "server_replay", "stickyauth", "stickycookie"),
)


def _is_more(length: bytes, max_body: int) -> bool:
    return length.isdigit() and (len(length) > _DIGITS or int(length) > max_body)


def _set(names: tuple[str, ...]) -> bool:
    return any(getattr(ctx.options, name, None) for name in names)


def _is_foreign(addon: object) -> bool:
    """Whether it is neither mitmproxy's nor ours; a script without `addons` is an addon itself, as a module."""
    return not type(addon).__module__.startswith(("mitmproxy.", "shadow."))


def _has(addon: object, *hooks: str) -> bool:
    return any(callable(getattr(addon, hook, None)) for hook in hooks)
