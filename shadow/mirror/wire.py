"""One HTTP/1.1 connection: exact bytes out, one response in. Parsed by llhttp (httptools), which is what makes the
mirror quick enough to keep up with the proxy on one core.

Writing is done here, because no library leaves a request as its client made it: h11 puts Host first, aiohttp quotes the
target anew, http.client and httpx add headers.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import NamedTuple

import httptools
import httpx

__all__ = ["MAX_HEAD", "BodyTooLargeError", "Connection", "RawResponse", "Reply", "request_bytes"]

MAX_HEAD = 1 << 20
"""Bytes of status line and headers, interim responses included, that a server may send."""
_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""RFC 9110 §5.6.2: methods and names of headers."""
_TARGET = re.compile(rb"[^\x00-\x20\x7f]+")
"""What can't be taken for the end of the target (RFC 9112 §3.2); bytes beyond ASCII are sent as the client did."""
_NOT_IN_VALUES = re.compile(rb"[\r\n\0]")
"""RFC 9110 §5.5."""


class BodyTooLargeError(Exception):
    """The response's body is larger than what is compared."""


class RawResponse(NamedTuple):
    """A complete response; ``body`` is still content-encoded."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


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


class Reply:
    """The response to one request, as it comes in: feed it bytes until there is a ``response`` or an ``error``."""

    def __init__(self, *, head: bool, max_body: int) -> None:
        """``head``: the request's method is HEAD; ``max_body`` in bytes."""
        self.response: RawResponse | None = None
        self.error: Exception | None = None
        self.reusable = False
        """Whether the connection may be used for another request; false until the response is complete."""
        self._head = head
        self._max_body = max_body
        self._parser = httptools.HttpResponseParser(self)
        self._parser.set_dangerous_leniencies(**_LENIENCIES)
        self._head_bytes = 0
        self._status = 0
        self._headers: list[tuple[bytes, bytes]] = []
        self._has_head = False
        self._framed = False
        self._body: list[bytes] = []
        self._size = 0

    @property
    def done(self) -> bool:
        return self.response is not None or self.error is not None

    def feed(self, data: bytes) -> None:
        """Take what has come. Never raises."""
        if not self._has_head:
            self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._complete(reusable=False)
        except httptools.HttpParserError as error:
            self.reusable = False
            self._fail(httpx.RemoteProtocolError(f"the response is not HTTP/1.1 ({error})"))
        if not self._has_head and self._head_bytes > MAX_HEAD:
            self._fail(httpx.RemoteProtocolError(f"more than {MAX_HEAD} bytes of headers"))

    def end(self, error: Exception | None) -> None:
        """The connection has ended, in good order (None) or not."""
        self.reusable = False
        if error is not None:
            self._fail(httpx.ReadError(str(error)))
        elif self._has_head and not self._framed:
            self._complete(reusable=False)  # the end of the connection is the end of the body (RFC 9112 §6.3)
        else:
            self._fail(httpx.RemoteProtocolError("the server closed the connection before the response's end"))

    # -- what the parser calls ------------------------------------------------------------------------------------

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._has_head:
            return  # a trailer
        self._headers.append((name, value.rstrip(b" \t")))
        self._framed = self._framed or name.lower() in _FRAMING

    def on_headers_complete(self) -> None:
        self._status = self._parser.get_status_code()
        self._has_head = True
        if self._head and self._status >= 200:
            # The parser does not know the method, and would wait for the body that the headers tell of.
            self._complete(reusable=self._parser.should_keep_alive())

    def on_body(self, piece: bytes) -> None:
        if self.done:
            self.reusable = False  # a body where there must be none
            return
        self._size += len(piece)
        if self._size > self._max_body:
            self._fail(BodyTooLargeError())
        else:
            self._body.append(piece)

    def on_message_begin(self) -> None:
        self.reusable = False  # another response, which nobody has asked for (the first one begins like this, too)

    def on_message_complete(self) -> None:
        if self._status == 101:
            self._complete(reusable=False)  # HTTP ends here
        elif self._status >= 200:
            self._complete(reusable=self._parser.should_keep_alive())
        elif not self.done:
            # That was an interim response; the real one follows (RFC 9110 §15.2).
            self._headers = []
            self._has_head = self._framed = False

    # -- details --------------------------------------------------------------------------------------------------

    def _complete(self, *, reusable: bool) -> None:
        if not self.done:
            self.response = RawResponse(self._status, self._headers, b"".join(self._body))
            self.reusable = reusable

    def _fail(self, error: Exception) -> None:
        if not self.done:
            self.error = error


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
        self._reusable = self._reusable and reply.reusable
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


_FRAMING = {b"content-length", b"transfer-encoding"}
_LENIENCIES = {"lenient_headers": True, "lenient_optional_cr_before_lf": True, "lenient_spaces_after_chunk_size": True}
"""What old servers do and mitmproxy lets pass: control characters in headers, lines that end with LF alone. What would
make two readers see two different responses stays an error."""
