"""The entries of all recordings in turn, read ahead only a little."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from threading import Thread
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

    async def take(self, stop: asyncio.Event) -> list[Item]:
        """The next few entries; none at the end, and once a pipe is waited for no longer. Raises RecordingError."""
        if not self._blocks:
            return self._take(256)
        taking: asyncio.Future[list[Item]] = _aside(lambda: self._take(1))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait((taking, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        return await taking if taking.done() else []

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


def _aside(work: Callable[[], list[Item]]) -> asyncio.Future[list[Item]]:
    """Have the work done in a thread that no end of the process waits for, as it would for those of an executor."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[list[Item]] = loop.create_future()

    def settle(result: list[Item], error: Exception | None) -> None:
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)

    def run() -> None:
        result: list[Item] = []
        failure = None
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - it is raised where it is waited for
            failure = error
        with suppress(RuntimeError):  # the loop has ended, and nobody waits
            loop.call_soon_threadsafe(settle, result, failure)

    Thread(target=run, name="pipe", daemon=True).start()
    return future
