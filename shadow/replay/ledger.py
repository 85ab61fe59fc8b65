"""Which requests of a replay are done, so that one that was interrupted can go on, and counts each exactly once.

The store's ledger has a number for each request that is done, committed together with its evidence. Number 0 is the
replay itself. Numbers up to the highest one that has none open before it are struck out, so the lowest that is left
stands for itself and all before it. A write has a second number, which is committed *before* it is sent: one that was
sent, but not counted, must not be sent again. When all is done, one number stands for all.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable
from hashlib import blake2b

from shadow.config import Settings
from shadow.recordings import Recording
from shadow.replay.options import Options

__all__ = ["FINISHED", "SENT", "Done", "Open", "run_name"]

SENT = 2**40
"""Added to the number of a write that may have been sent."""
FINISHED = 2**41
"""Stands for all numbers."""


def run_name(recordings: Iterable[Recording], options: Options, settings: Settings) -> str:
    """The same for replays that send the same requests to the same sides."""
    digest = blake2b(options.what, digest_size=16)
    sides = [settings.legacy, settings.candidate]
    for text in (*(f"{side.url} {side.version}" for side in sides), *(one.identity() for one in recordings)):
        digest.update(b"\0" + text.encode())
    return f"replay:{digest.hexdigest()}"


class Done:
    """What an earlier try has done, by the numbers that it has left in the ledger."""

    def __init__(self, numbers: Collection[int] = ()) -> None:
        self.all = FINISHED in numbers
        """Whether the replay was finished."""
        finished = {number for number in numbers if number < SENT}
        self.below = FINISHED if self.all else min(finished, default=0)
        """All up to this number are done."""
        self._finished = finished
        self._sent = {number - SENT for number in numbers if number >= SENT}

    def __bool__(self) -> bool:
        """Whether there is anything at all: the replay has begun."""
        return bool(self._finished) or self.all

    def __contains__(self, number: int) -> bool:
        return number <= self.below or number in self._finished

    def lost(self, number: int) -> bool:
        """Whether it is a write that was sent, but whose end nobody knows."""
        return number in self._sent and number not in self


class Open:
    """The requests that have begun, in their order."""

    def __init__(self, below: int = 0) -> None:
        self._begun: deque[int] = deque()
        self._ended: set[int] = set()
        self._below = below

    def begin(self, number: int) -> None:
        """Numbers must come in ascending order."""
        self._begun.append(number)

    def end(self, number: int) -> int:
        """Returns the highest number that is done and has none open before it."""
        self._ended.add(number)
        while self._begun and self._begun[0] in self._ended:
            self._below = self._begun.popleft()
            self._ended.remove(self._below)
        return self._below
