"""The bytes of a recording, unpacked, from its beginning to its end, of which little is in memory at a time."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

__all__ = ["CHUNK", "ENTRY_LIMIT", "TOO_LARGE", "Piece", "Source"]

CHUNK = 64 * 1024
"""Bytes that are read, and unpacked, at once."""
ENTRY_LIMIT = 256 * 2**20
"""Bytes of one entry; whatever is larger is no request, or a packed file made to fill the memory."""
TOO_LARGE = f"it is larger than {ENTRY_LIMIT // 2**20} MiB"

_GZIP = b"\x1f\x8b"
_BREAKS_OFF = "it breaks off, as when a recording was killed"


class Piece(NamedTuple):
    """What lay between two separators."""

    position: int
    """Of its first byte, among the unpacked ones."""
    data: bytes | None
    """None where it was larger than ENTRY_LIMIT."""
    last: bool
    """Whether the end came instead of a separator."""


class Source:
    """A file that is read once, forwards. Never raises: where it can't be read on, it ends, and `damage` says why."""

    def __init__(self, file: BinaryIO) -> None:
        self.bytes_read = 0
        """Bytes of the file that were read, packed as they are there."""
        self.position = 0
        """Unpacked bytes that were handed out."""
        self.packing = ""
        """`gzip` or `zlib`, "" where it is not packed."""
        self.damage = ""
        """Why it ended before its end, as a clause; "" where it didn't."""
        # Of a pipe, what is there at once; a file has but one way to be read.
        self._read: Callable[[int], bytes] = getattr(file, "read1", file.read)
        self._ended = False
        self._held = b""
        self._packed = b""
        self._unpacker: zlib._Decompress | None = None
        head = self._raw()
        while head and len(head) < 2 and (more := self._raw()):
            head += more
        if head.startswith(_GZIP):
            self.packing = "gzip"
        elif head[:1] == b"\x78" and len(head) > 1 and head[1] in b"\x01\x9c\xda":
            self.packing = "zlib"  # mitmproxy's `.zhar`
        if self.packing:
            self._unpacker, self._packed = self._fresh(), head
        else:
            self._held = head

    @property
    def ending(self) -> str:
        """What to say of an entry that isn't whole because the end came."""
        return self.damage or _BREAKS_OFF

    @property
    def held(self) -> bytes:
        """What has been peeked at and not read yet."""
        return self._held

    def peek(self, size: int) -> bytes:
        """The next ``size`` bytes, fewer only at the end; they stay to be read."""
        if len(self._held) < size:
            pieces, held = [self._held], len(self._held)
            while held < size and (piece := self._next()):
                pieces.append(piece)
                held += len(piece)
            self._held = b"".join(pieces)
        return self._held[:size]

    def read(self, size: int) -> bytes:
        """The next ``size`` bytes, fewer only at the end."""
        data = self.peek(size)
        self._held = self._held[size:]
        self.position += len(data)
        return data

    def skip(self, size: int) -> bool:
        """Leave out ``size`` bytes; False where the end came first."""
        while size > 0 and (piece := self.chunk(size)):
            size -= len(piece)
        return size <= 0

    def chunk(self, size: int = CHUNK) -> bytes:
        """Some bytes, at most ``size``; none at the end."""
        piece = self._held or self._next()
        self._held = piece[size:]
        self.position += min(len(piece), size)
        return piece[:size]

    def pieces(self, separator: bytes) -> Iterator[Piece]:
        """What lies between separators, however large the whole is; an empty rest at the end is none."""
        held, base = bytearray(), self.position
        begin, searched, dropped = base, 0, False
        while piece := self.chunk():
            held += piece
            at = 0
            while (end := held.find(separator, max(at, searched))) >= 0:
                yield Piece(begin, None if dropped else bytes(held[at:end]), last=False)
                at, dropped = end + len(separator), False
                begin = base + at
            # A separator may have begun at the end of what is held.
            searched = max(at, len(held) - len(separator) + 1)
            if len(held) - at > ENTRY_LIMIT:
                dropped = True
            cut = searched if dropped else at
            del held[:cut]
            base, searched = base + cut, searched - cut
        if held or dropped:
            yield Piece(begin, None if dropped else bytes(held), last=True)

    def _next(self) -> bytes:
        if self._unpacker is None:
            return self._raw()
        try:
            return self._unpacked(self._unpacker)
        except zlib.error:
            self.damage = f"its {self.packing} data is damaged"
            return self._end()

    def _unpacked(self, unpacker: zlib._Decompress) -> bytes:
        while True:
            if unpacker.eof:
                rest = self._after_zeros(unpacker.unused_data)
                if not rest:
                    return self._end()
                if self.packing != "gzip" or not rest.startswith(_GZIP):
                    self.damage = f"something else follows its {self.packing} data"
                    return self._end()
                # Several members, one after the other, are one file (RFC 1952 §2.2).
                self._unpacker, self._packed = unpacker, _ = self._fresh(), rest
            packed = self._packed or self._raw()
            if not packed:
                self.damage = self.damage or f"its {self.packing} data breaks off"
                return self._end()
            data = unpacker.decompress(packed, CHUNK)
            self._packed = unpacker.unconsumed_tail
            if data:
                return data

    def _after_zeros(self, rest: bytes) -> bytes:
        """What follows the zeros that fill a block on a tape or a disk."""
        rest = rest.lstrip(b"\0")
        while len(rest) < len(_GZIP) and (more := self._raw()):
            rest = (rest + more).lstrip(b"\0")
        return rest

    def _fresh(self) -> zlib._Decompress:
        return zlib.decompressobj(31 if self.packing == "gzip" else 15)

    def _end(self) -> bytes:
        self._ended, self._unpacker = True, None
        return b""

    def _raw(self) -> bytes:
        if self._ended:
            return b""
        try:
            data = self._read(CHUNK)
        except OSError as error:
            self.damage = f"it can't be read on ({error.strerror or 'the device gave no reason'})"
            return self._end()
        self.bytes_read += len(data)
        return data
