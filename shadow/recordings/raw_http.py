"""HTTP/1 messages as they were on the wire, parsed by llhttp (which Node uses)."""

from __future__ import annotations

import re

import httptools

from shadow.exchange import Headers, header
from shadow.recordings.error import EntryError

__all__ = ["Message", "RequestMessage", "request_message", "response_message"]


_REQUEST_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([^\x00-\x20\x7f]+) (HTTP/1\.[01]\r\n)")
_BEGINNING = re.compile(rb"[A-Za-z]+ ")


class Message:
    """What the parser tells of one message, and of what follows it."""

    def __init__(self) -> None:
        self.headers: Headers = []
        self.body = b""
        self.complete = False
        self.count = 0
        self._parts: list[bytes] = []

    def on_message_begin(self) -> None:
        self.count += 1
        self.headers, self._parts, self.complete = [], [], False

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_body(self, body: bytes) -> None:
        self._parts.append(body)

    def on_message_complete(self) -> None:
        self.complete = True

    def end(self) -> None:
        self.body = b"".join(self._parts)


class RequestMessage(Message):
    """A request; ``url`` is its target in whatever form it had."""

    def __init__(self, method: str = "", url: str = "") -> None:
        super().__init__()
        self.method = method
        self.url = url
        self.upgrades = False


def request_message(data: bytes) -> RequestMessage:
    """The one request that ``data`` is; `complete` is false where a part of it is missing. Raises EntryError."""
    line = _REQUEST_LINE.match(data)
    if line is None:
        if b"\n" not in data and _BEGINNING.match(data):
            return RequestMessage()
        raise EntryError("its request is no HTTP/1")
    message = RequestMessage(line[1].decode("latin-1"), line[2].decode("latin-1"))
    parser = httptools.HttpRequestParser(message)
    try:
        # llhttp takes no method that it doesn't know, and no target that isn't ASCII, though servers do.
        parser.feed_data(b"POST / " + data[line.start(3) :])
    except httptools.HttpParserUpgrade:
        message.upgrades = True
    except httptools.HttpParserError as error:
        raise EntryError("its request is no HTTP/1") from error
    if message.count != 1:
        raise EntryError("it holds more than one request" if message.count else "its request is no HTTP/1")
    message.end()
    return message


def response_message(data: bytes) -> tuple[int, Message]:
    """Status and content of the final response in ``data``. Raises EntryError.

    `complete` is also true where the response has no length, so that its end is where the connection was closed.
    """
    message = Message()
    parser = httptools.HttpResponseParser(message)
    try:
        parser.feed_data(data)
    except httptools.HttpParserUpgrade:
        pass
    except httptools.HttpParserError as error:
        raise EntryError("its response is no HTTP/1") from error
    if not message.count:
        raise EntryError("its response is no HTTP/1")
    message.end()
    if not header(message.headers, "content-length") and not header(message.headers, "transfer-encoding"):
        message.complete = True
    return parser.get_status_code(), message
