"""The response to one request, read as its bytes come in; nothing here touches a socket.

llhttp (httptools) parses it: that is what makes the mirror quick enough to keep up with the proxy on one core.
"""

from __future__ import annotations

from typing import NamedTuple

import httptools
import httpx

__all__ = ["MAX_HEAD", "BodyTooLargeError", "RawResponse", "Reply"]

MAX_HEAD = 1 << 18
"""Bytes of headers, with interim responses and trailers, that a server may send; gateways stop at 64 KiB or less."""


class BodyTooLargeError(Exception):
    """The response's body is larger than what is compared."""


class RawResponse(NamedTuple):
    """A complete response; ``body`` is still content-encoded."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


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
        """Of headers that are complete."""
        self._fed = 0
        """All bytes while the head is not complete, so that a header without an end is noticed, too."""
        self._status = 0
        self._headers: list[tuple[bytes, bytes]] = []
        self._has_head = False
        self._framed = False
        self._declared = 0
        # Not a list of pieces: a million pieces of two bytes would take fifty times their size.
        self._body = bytearray()

    @property
    def done(self) -> bool:
        return self.response is not None or self.error is not None

    def feed(self, data: bytes) -> None:
        """Take what has come. Never raises."""
        if not self._has_head:
            self._fed += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._complete(reusable=False)
        except httptools.HttpParserError as error:
            self.reusable = False
            self._fail(httpx.RemoteProtocolError(f"the response is not HTTP/1.1 ({error})"))
        if not self._has_head and self._fed > MAX_HEAD:
            self._too_much_head()

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
        self._head_bytes += len(name) + len(value)
        if self._head_bytes > MAX_HEAD:
            self._too_much_head()
        if self._has_head or self.done:
            return  # a trailer, or no longer of interest
        self._headers.append((name, value.rstrip(b" \t")))
        name = name.lower()
        self._framed = self._framed or name in _FRAMING
        if name == b"content-length":
            self._declared = int(value)  # the parser has checked that it is a number of 64 bits

    def on_headers_complete(self) -> None:
        self._status = self._parser.get_status_code()
        self._has_head = True
        if self._head and self._status >= 200:
            # The parser does not know the method, and would wait for the body that the headers tell of.
            self._complete(reusable=self._parser.should_keep_alive())
        elif self._declared > self._max_body and self._status != 304:
            self._fail(BodyTooLargeError())  # at once: reading it would cost the machine more than all else here

    def on_body(self, piece: bytes) -> None:
        if self.done:
            self.reusable = False  # a body where there must be none
            return
        if len(self._body) + len(piece) > self._max_body:
            self._fail(BodyTooLargeError())
        else:
            self._body += piece

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
            self.response = RawResponse(self._status, self._headers, bytes(self._body))
            self.reusable = reusable

    def _too_much_head(self) -> None:
        self._fail(httpx.RemoteProtocolError(f"more than {MAX_HEAD} bytes of headers"))

    def _fail(self, error: Exception) -> None:
        if not self.done:
            self.error = error


_FRAMING = {b"content-length", b"transfer-encoding"}
_LENIENCIES = {"lenient_headers": True, "lenient_optional_cr_before_lf": True, "lenient_spaces_after_chunk_size": True}
"""What old servers do and mitmproxy lets pass: control characters in headers, lines that end with LF alone. What would
make two readers see two different responses stays an error."""
