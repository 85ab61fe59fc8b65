"""GoReplay's files (`gor --output-file`): raw messages, each with a line that says what it is.

    1 <id> <nanoseconds since the epoch> [<latency in nanoseconds>]      a request
    2 …                                                                  what the original server answered it
    3 …                                                                  what a replay got

Between them stands a line of three monkeys.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Generator, Iterator

import msgspec

from shadow.exchange import Response, header
from shadow.recordings.entry import Broken, Recorded, Unusable
from shadow.recordings.error import EntryError
from shadow.recordings.jsonl import split_url
from shadow.recordings.raw_http import RequestMessage, request_message, response_message
from shadow.recordings.sendable import bodiless, request_of, response_of
from shadow.recordings.source import TOO_LARGE, Piece, Source

__all__ = ["SEPARATOR", "WINDOW", "read"]

SEPARATOR = "\n🐵🙈🙉\n".encode()
WINDOW = 1000
"""Payloads within which a request and its response must be."""
WINDOW_BYTES = 16 * 2**20
"""Bytes of them that may wait."""

_NO_PAYLOAD = "it doesn't begin like a payload of GoReplay"
_META = re.compile(rb"([123]) ([^ \r\n]{1,100}) (\d{1,19})(?: (-?\d{1,19}))?\r?\n")


def read(source: Source) -> Generator[Recorded | Broken | Unusable, None, bool]:
    """The requests with their responses; returns whether the file was whole."""
    window = _Window()
    count, whole = 0, True
    for piece in source.pieces(SEPARATOR):
        window.age += 1
        meta = None if piece.data is None else _META.match(piece.data)
        if meta is None or piece.data is None:
            if piece.data is None or piece.data.strip():
                count += 1
                problem = source.ending if piece.last else TOO_LARGE if piece.data is None else _NO_PAYLOAD
                window.ask(b"", Broken(f"request {count} (byte {piece.position:,})", problem), 0)
                whole = whole and not piece.last
        elif meta[1] == b"1":
            count += 1
            entry, ended = _request(piece, meta, f"request {count}", source)
            window.ask(meta[2], entry, len(piece.data))
            whole = whole and ended
        elif meta[1] == b"2":
            window.answer(meta[2], piece.data[meta.end() :], int(meta[4] or 0) / 1e9)
        yield from window.leaving()
    yield from window.leaving(end=True)
    return whole


class _Waiting:
    """A request whose response may still come, or what else stands in its place."""

    def __init__(self, name: bytes, entry: Recorded | Broken | Unusable, age: int, size: int) -> None:
        self.name = name
        self.entry = entry
        self.age = age
        self.size = size
        self.settled = not isinstance(entry, Recorded)


class _Window:
    """Joins responses to their requests, which leave in the order in which they came."""

    def __init__(self) -> None:
        self.age = 0
        """Payloads that were read."""
        self._queue: deque[_Waiting] = deque()
        self._asked: dict[bytes, _Waiting] = {}
        self._early: dict[bytes, tuple[int, bytes, float]] = {}
        """Responses whose requests have not come yet: the age, the message, the seconds it took."""
        self._size = 0

    def ask(self, name: bytes, entry: Recorded | Broken | Unusable, size: int) -> None:
        waiting = _Waiting(name, entry, self.age, size)
        self._queue.append(waiting)
        self._size += size
        if name:
            self._asked[name] = waiting
        if name in self._early:
            _, data, took = self._early.pop(name)
            self._size -= len(data)
            self.answer(name, data, took)

    def answer(self, name: bytes, data: bytes, took: float) -> None:
        waiting = self._asked.pop(name, None)
        if waiting is None:
            if name not in self._early:
                self._early[name] = self.age, data, took
                self._size += len(data)
            return
        waiting.settled = True
        if isinstance(waiting.entry, Recorded):
            response = _response(data, waiting.entry.request.method)
            waiting.entry = msgspec.structs.replace(waiting.entry, response=response, duration=max(0.0, took))

    def leaving(self, *, end: bool = False) -> Iterator[Recorded | Broken | Unusable]:
        """What waits no longer."""
        while self._queue and (end or self._queue[0].settled or self._is_over(self._queue[0].age)):
            waiting = self._queue.popleft()
            self._size -= waiting.size
            if self._asked.get(waiting.name) is waiting:
                del self._asked[waiting.name]
            yield waiting.entry
        while self._early and self._is_over(next(iter(self._early.values()))[0]):
            self._size -= len(self._early.pop(next(iter(self._early)))[1])

    def _is_over(self, age: int) -> bool:
        return self.age - age >= WINDOW or self._size > WINDOW_BYTES


def _request(
    piece: Piece, meta: re.Match[bytes], where: str, source: Source
) -> tuple[Recorded | Broken | Unusable, bool]:
    """The entry of a request's payload, and whether the file was whole up to its end."""
    assert piece.data is not None
    at = f"{where} (byte {piece.position:,})"
    try:
        message = request_message(piece.data[meta.end() :])
        if message.method == "CONNECT":
            return Unusable(where, "CONNECT"), True
        if message.upgrades and header(message.headers, "upgrade").lower() == "websocket":
            return Unusable(where, "WebSocket"), True
        if message.url == "*":
            return Unusable(where, "OPTIONS of a whole server"), True
        if not message.complete:
            if piece.last:
                return Broken(at, source.ending), False
            return Unusable(where, "body that was not recorded"), True
        host, port, target = _server(message)
        request = request_of(message.method, target, message.headers, message.body)
    except EntryError as error:
        return Broken(at, str(error)), True
    # The scheme is not recorded, but only what isn't encrypted can be listened to.
    return Recorded(
        where=where,
        request=request,
        scheme="http" if host else "",
        host=host,
        port=port,
        started=int(meta[3]) / 1e9,
    ), True


def _server(message: RequestMessage) -> tuple[str, int, str]:
    """Host, port and target; "" and 0 where no server is named. Raises EntryError."""
    if not message.url.startswith("/"):
        _, host, port, target = split_url(message.url.encode("latin-1").decode("utf-8", "surrogateescape"))
        return host, port, target
    try:
        _, host, port, _ = split_url(f"http://{header(message.headers, 'host').strip()}/")
    except EntryError:
        return "", 0, message.url
    return host, port, message.url


def _response(data: bytes, method: str) -> Response | None:
    """None where it isn't there as a whole, or is none."""
    try:
        status, message = response_message(data)
        if bodiless(method, status):
            return response_of(status, message.headers, b"", method=method)
        if not message.complete or status < 200:
            return None
        return response_of(status, message.headers, message.body, method=method)
    except EntryError:
        return None
