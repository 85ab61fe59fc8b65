"""The entries of all recordings in turn, read ahead only a little."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from shadow.recordings import Recording
from shadow.recordings.entry import Broken, Recorded, Unusable
from shadow.recordings.source import CHUNK

__all__ = ["Item", "Source"]

LEAST = 16 * CHUNK
"""Bytes of all files from which on the part that has been read tells how much is left."""
SLICE = 0.002
"""Seconds of reading before others get their turn in the event loop."""


class Item(NamedTuple):
    """One entry; ``number`` counts those of all files, from 1, ``file`` the files, from 0."""

    number: int
    entry: Recorded | Broken | Unusable
    file: int


class Source:
    """Reads the recordings; once."""

    def __init__(self, recordings: Sequence[Recording]) -> None:
        self._recordings = recordings
        self._items = self._iterate()
        self._file = 0
        self._ended = False
        # Nobody knows how long a pipe keeps one waiting. Files are read in the event loop: with a thread that
        # computes, each turn of the loop would wait for the interpreter's lock.
        self._blocks = any(recording.size is None for recording in recordings)

    @property
    def fraction(self) -> float:
        """How much of all files has been read; 0.0 where that can't be said."""
        if self._ended:
            return 1.0
        sizes = [recording.size for recording in self._recordings]
        if None in sizes or (total := sum(size or 0 for size in sizes)) < LEAST:
            return 0.0
        before = sum(size or 0 for size in sizes[: self._file])
        return min(0.999, (before + self._recordings[self._file].bytes_read) / total)

    async def take(self) -> list[Item]:
        """The next few entries; none at the end. Raises RecordingError."""
        return await asyncio.to_thread(self._take, 1) if self._blocks else self._take(256)

    def _take(self, most: int) -> list[Item]:
        until = time.perf_counter() + SLICE
        taken: list[Item] = []
        for item in self._items:
            taken.append(item)
            if len(taken) >= most or time.perf_counter() > until:
                return taken
        self._ended = True
        return taken

    def _iterate(self) -> Iterator[Item]:
        number = 0
        for file, recording in enumerate(self._recordings):
            self._file = file
            for entry in recording.entries():
                number += 1
                yield Item(number, entry, file)
