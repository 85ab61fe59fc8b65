"""What travels between mitmdump's process and a worker process, over one unix stream socket.

Frames are a 4-byte big-endian length and a MessagePack array. The proxy sends raw tuples of bytes, so that packing
costs it microseconds; all parsing happens in the worker. Imported by mitmdump's process: nothing heavy here.
"""

from __future__ import annotations

import struct

import msgspec

from shadow.exchange import Exchange, Headers, Request, Response, Side

__all__ = [
    "Captured",
    "Command",
    "Done",
    "Fate",
    "Frames",
    "FromProxy",
    "FromWorker",
    "Lost",
    "Mark",
    "Pending",
    "RawHeaders",
    "Start",
    "State",
    "Stop",
    "Tally",
    "frame",
    "legacy_ok",
]

RawHeaders = tuple[tuple[bytes, bytes], ...]
_LENGTH = struct.Struct(">I")


class Start(msgspec.Struct, frozen=True, array_like=True, tag="start"):
    """The first frame: which run this is and under which settings (JSON of `Settings`) the worker works.

    ``paused`` is what the worker before this one said last. ``record``: the path of a recording to be written, instead
    of mirroring, of at most ``keep`` entries (0: of all); "" where it mirrors.
    """

    run: str
    workers: int
    listen: str
    settings: bytes
    paused: bool = False
    record: str = ""
    keep: int = 0


class Captured(msgspec.Struct, frozen=True, array_like=True, tag="x"):
    """One complete exchange of the answering side.

    ``oldest`` is the lowest number of this run that the proxy still waits for, so that the worker can drop what the
    store remembers of those before it. ``client`` names the client's connection, ``address`` is where it comes from
    ("" where nobody knows). Times are in seconds.
    """

    number: int
    oldest: int
    side: Side
    client: str
    address: str
    method: str
    target: bytes
    request_headers: RawHeaders
    request_body: bytes
    status: int
    response_headers: RawHeaders
    response_body: bytes
    started: float
    duration: float

    def exchange(self) -> Exchange:
        """The same as a value of the pipeline."""
        return Exchange(
            side=self.side,
            request=Request(
                self.method, self.target.decode("latin-1"), _headers(self.request_headers), self.request_body
            ),
            response=Response(self.status, _headers(self.response_headers), self.response_body),
            started=self.started,
            duration=self.duration,
        )


class Fate(msgspec.Struct, frozen=True, array_like=True):
    """What became of ``count`` requests of one kind that were never handed over whole.

    ``outcome`` is `shed`, `failed`, or `skipped:REASON`; ``path`` is the client's target without its query; it and
    ``method`` are ``*`` where too many different ones had to be counted; ``ok`` says that legacy answered 2xx or 3xx.
    """

    outcome: str
    side: Side
    method: str
    path: str
    ok: bool
    count: int


class Tally(msgspec.Struct, frozen=True, array_like=True, tag="tally"):
    """Fates, with a number of their own, so that they are counted exactly once. ``again``: sent before, to a worker
    that has died since, and perhaps counted by it."""

    number: int
    oldest: int
    fates: tuple[Fate, ...]
    again: bool = False


class Pending(msgspec.Struct, frozen=True, array_like=True):
    """An exchange whose acknowledgement never came."""

    number: int
    side: Side
    method: str
    path: str
    ok: bool


class Lost(msgspec.Struct, frozen=True, array_like=True, tag="lost"):
    """The exchanges that a dead worker had not acknowledged; those that the store doesn't know either are lost."""

    pending: tuple[Pending, ...]


class Command(msgspec.Struct, frozen=True, array_like=True, tag="command"):
    """What a user asks for through mitmproxy: `report`. (Stopping and going on is the business of the `Brake`.)"""

    name: str


class Stop(msgspec.Struct, frozen=True, array_like=True, tag="stop"):
    """No more will come: finish what is under way until ``deadline``, write the last report, and end.

    On the clock `time.monotonic`, which all processes of a machine share: a worker that is busy reads this late.
    """

    deadline: float


class Mark(msgspec.Struct, frozen=True, array_like=True):
    """What to write onto a flow that was looked at."""

    number: int
    comment: str
    differs: bool


class Done(msgspec.Struct, frozen=True, array_like=True, tag="done"):
    """These numbers are in the store, for good."""

    numbers: tuple[int, ...]
    marks: tuple[Mark, ...] = ()


class State(msgspec.Struct, frozen=True, array_like=True, tag="state"):
    """How the worker is: whether mirroring is paused, and what keeps it from storing, if anything."""

    paused: bool
    trouble: str = ""


FromProxy = Start | Captured | Tally | Lost | Command | Stop
FromWorker = Done | State

_encode = msgspec.msgpack.Encoder().encode


def frame(message: FromProxy | FromWorker) -> bytes:
    """The bytes of one message."""
    payload = _encode(message)
    return _LENGTH.pack(len(payload)) + payload


def legacy_ok(side: Side, status: int) -> bool:
    """Whether a client got success from legacy, the ``ok`` of everything that is counted: such routes are in use."""
    return side is Side.LEGACY and 200 <= status < 400


class Frames:
    """Cuts a byte stream into payloads, whatever the sizes of the pieces in which it comes."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """The payloads that are complete with ``data``."""
        buffer = self._buffer
        buffer += data
        payloads = []
        start = 0
        while len(buffer) - start >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(buffer, start)
            end = start + _LENGTH.size + length
            if len(buffer) < end:
                break
            payloads.append(bytes(buffer[start + _LENGTH.size : end]))
            start = end
        del buffer[:start]
        return payloads


def _headers(fields: RawHeaders) -> Headers:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in fields]
