"""What somebody asks of one proxy, `shadow.pause` or `shadow.resume`, in memory that it shares with its worker.

It overtakes everything that waits between the two, it holds before the store knows of it (or while the store can't be
written), and it outlives the worker. Imported by mitmdump's process: nothing heavy here.
"""

from __future__ import annotations

import mmap
import os
import tempfile

__all__ = ["Brake"]

_ASKED, _STORED = 0, 1
_PAUSE = 0b1
_COUNTS = 1 << 7


class Brake:
    """Two bytes, each of which only one process writes: the proxy what was asked last, the worker what of that is in
    the store. In each the lowest bit says whether to pause, the others count, so that no two commands look alike."""

    def __init__(self, fd: int) -> None:
        """The brake behind a file descriptor that `make` has made, in this process or in the one that started it."""
        self.fd = fd
        self._bytes = mmap.mmap(fd, 2)

    @classmethod
    def make(cls) -> Brake:
        """A new one, which nobody has touched. Raises OSError."""
        if hasattr(os, "memfd_create"):
            fd = os.memfd_create("shadow-brake")
        else:
            with tempfile.TemporaryFile(buffering=0) as file:
                fd = os.dup(file.fileno())
        os.ftruncate(fd, 2)
        return cls(fd)

    def ask(self, *, paused: bool) -> None:
        """The proxy: somebody wants mirroring to stop, or to go on."""
        count = self._bytes[_ASKED] >> 1
        # Past what the store was told last: a counter that comes round must not look as if this had been stored.
        steps = 1 if (count + 1) % _COUNTS != self._bytes[_STORED] >> 1 else 2
        self._bytes[_ASKED] = (count + steps) % _COUNTS << 1 | paused

    def close(self) -> None:
        """Let go of it; whoever else has it keeps it."""
        self._bytes.close()
        os.close(self.fd)

    @property
    def asked(self) -> int:
        """What was asked last, to be given to `stored`."""
        return self._bytes[_ASKED]

    @property
    def wish(self) -> bool | None:
        """Whether mirroring is to stop (True) or to go on (False); None where all that was asked is in the store."""
        asked = self._bytes[_ASKED]
        return None if asked == self._bytes[_STORED] else bool(asked & _PAUSE)

    def stored(self, asked: int) -> None:
        """The worker: this is in the store now, which from here on decides."""
        self._bytes[_STORED] = asked
