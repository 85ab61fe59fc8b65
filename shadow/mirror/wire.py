"""One HTTP/1.1 connection: exact bytes out, one response in.

Writing is done here, because no library leaves a request as its client made it: h11 puts Host first, aiohttp quotes the
target anew, http.client and httpx add headers.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

import httpx

from shadow.mirror.reply import RawResponse, Reply

__all__ = ["Connection", "request_bytes"]

_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""RFC 9110 §5.6.2: methods and names of headers."""
_TARGET = re.compile(rb"[^\x00-\x20\x7f]+")
"""What can't be taken for the end of the target (RFC 9112 §3.2); bytes beyond ASCII are sent as the client did."""
_NOT_IN_VALUES = re.compile(rb"[\r\n\0]")
"""RFC 9110 §5.5."""


def request_bytes(method: bytes, target: bytes, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> bytes:
    """The request as it goes onto the wire, headers in the order and spelling given.

    Raises httpx.LocalProtocolError for what would not arrive as this one request.
    """
    if not _TOKEN.fullmatch(method):
        raise httpx.LocalProtocolError(f"the method {method!r} is not a token")
    if not _TARGET.fullmatch(target):
        raise httpx.LocalProtocolError("the target holds blanks or control characters")
    lines = [b"%b %b HTTP/1.1" % (method, target)]
    codings, lengths, hosts = [], set(), 0
    for name, value in headers:
        if not _TOKEN.fullmatch(name) or _NOT_IN_VALUES.search(value):
            raise httpx.LocalProtocolError(f"the header {name[:100]!r} is malformed")
        lines.append(name + b": " + value)
        match name.lower():
            case b"transfer-encoding":
                codings.append(value.strip().lower())
            case b"content-length":
                lengths.add(value.strip())
            case b"host":
                hosts += 1
    if hosts != 1:
        raise httpx.LocalProtocolError(f"a request has one Host, not {hosts}")
    if codings:
        # With a second coding nobody here knows what the body is; with a length beside it, two servers may see two
        # different requests (RFC 9112 §6.1, §6.3).
        if codings != [b"chunked"] or lengths:
            raise httpx.LocalProtocolError("the request's framing is ambiguous")
        body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if body else b"0\r\n\r\n"
    elif lengths - {b"%d" % len(body)} or (body and not lengths):
        raise httpx.LocalProtocolError(f"the request's Content-Length is not that of its {len(body)} bytes of body")
    return b"\r\n".join([*lines, b"", body])


class Connection(asyncio.Protocol):
    """A connection to one server, for one request at a time."""

    def __init__(self, max_body: int) -> None:
        self.idle_since = 0.0
        self.answered = False
        """The server has sent something since the last request."""
        self._max_body = max_body
        self._transport: asyncio.Transport | None = None
        self._reply: Reply | None = None
        self._arrived: asyncio.Future[None] | None = None
        self._reusable = True

    @property
    def usable(self) -> bool:
        """Whether another request can be sent."""
        return self._reusable and self._transport is not None and not self._transport.is_closing()

    async def exchange(self, request: bytes, *, head: bool) -> RawResponse:
        """Send the request and wait for the complete response; ``head``: the method is HEAD.

        Raises httpx.ReadError or httpx.RemoteProtocolError where none comes, and BodyTooLargeError. Where it raises, or
        is cancelled, the connection is closed.
        """
        assert self._transport is not None
        self.answered = False
        self._reply = reply = Reply(head=head, max_body=self._max_body)
        self._arrived = asyncio.get_running_loop().create_future()
        try:
            self._transport.write(request)
            await self._arrived
        except BaseException:
            self.close()
            raise
        finally:
            self._reply = None
        # An answer that came before its request was out (413, say) leaves a rest of it behind, which the server might
        # take for the next one.
        self._reusable = self._reusable and reply.reusable and not self._transport.get_write_buffer_size()
        if reply.response is None:
            self.close()
            assert reply.error is not None
            raise reply.error
        return reply.response

    def close(self) -> None:
        """Close it at once, whatever is under way."""
        self._reusable = False
        if self._transport is not None:
            self._transport.abort()

    # -- asyncio.Protocol -----------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self.answered = True
        if self._reply is None:
            self.close()  # nobody has asked anything
            return
        self._reply.feed(data)
        self._settle()

    def connection_lost(self, exc: Exception | None) -> None:
        self._reusable = False
        if self._reply is not None:
            self._reply.end(exc)
            self._settle()

    def _settle(self) -> None:
        assert self._reply is not None
        assert self._arrived is not None
        if self._reply.done and not self._arrived.done():
            self._arrived.set_result(None)
