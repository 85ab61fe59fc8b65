"""Where every exchange of one worker stands: handed over and not yet acknowledged, or counted as a fate.

seen = acknowledged + pending + fates: nothing is ever dropped without being counted here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from shadow.exchange import Side
from shadow.pipeline.handover import Fate, Lost, Pending, Tally

__all__ = ["Ledger", "Waiting"]

MAX_PATHS = 1000
"""Different (method, path) kinds of which fates are counted apart between two tallies; beyond it, as ``* *``."""
MAX_LENGTH = 2000
"""Characters of a method and a path that are counted apart; longer ones, too, count as ``* *``."""
MAX_TALLIES = 10
"""Tallies that wait for their acknowledgement; beyond it counting goes on in place, so that a store that is down for
a day costs no more memory than one that is down for ten seconds."""


class Waiting(NamedTuple):
    """One number that waits for its acknowledgement; ``size`` in bytes."""

    side: Side
    method: str
    path: str
    ok: bool
    size: int
    flow: Any
    """A weak reference to the flow that will get the comment."""


class Ledger:
    """Numbers, what they stand for, and what became of the requests that got none."""

    def __init__(self) -> None:
        self.waiting: dict[int, Waiting] = {}
        self.bytes = 0
        self.oldest = 1
        self._next = 1
        self._fates: Counter[tuple[str, Side, str, str, bool]] = Counter()
        self._tallies: dict[int, tuple[Fate, ...]] = {}

    @property
    def next_number(self) -> int:
        """The number that the next exchange to enter will get."""
        return self._next

    def enter(self, waiting: Waiting) -> int:
        """The number of an exchange that is handed over now."""
        number = self._take_number()
        self.waiting[number] = waiting
        self.bytes += waiting.size
        return number

    def count(self, outcome: str, side: Side, method: str, path: str, *, ok: bool) -> None:
        """Count one request that is not handed over."""
        key = (outcome, side, method, path, ok)
        if key not in self._fates and (len(self._fates) >= MAX_PATHS or len(path) + len(method) > MAX_LENGTH):
            # Methods, too, are whatever a client sends. Nothing can be demanded of a route without a name: not ok.
            key = (outcome, side, "*", "*", False)
        self._fates[key] += 1

    def tally(self, *, last: bool = False) -> Tally | None:
        """The fates since the last tally, with a number; None where there are none, or where they must wait.

        ``last``: no more will come, so nothing can wait.
        """
        if not self._fates or (len(self._tallies) >= MAX_TALLIES and not last):
            return None
        fates = tuple(Fate(*key, count) for key, count in self._fates.items())
        self._fates.clear()
        number = self._take_number()
        self._tallies[number] = fates
        return Tally(number, self.oldest, fates)

    def acknowledge(self, numbers: Iterable[int]) -> list[tuple[int, Waiting]]:
        """Strike out what is in the store now; returns the exchanges among it."""
        done = []
        for number in numbers:
            if (waiting := self.waiting.pop(number, None)) is not None:
                self.bytes -= waiting.size
                done.append((number, waiting))
            else:
                self._tallies.pop(number, None)
        # Numbers are entered as they rise, so the first of each is its lowest.
        self.oldest = min(next(iter(self.waiting), self._next), next(iter(self._tallies), self._next))
        return done

    def reconciliation(self, handed: int) -> list[Lost | Tally]:
        """What a new worker must be told after the death of the last one, which may have got the numbers up to
        ``handed``; exchanges beyond it are still to be handed over."""
        messages: list[Lost | Tally] = [
            Tally(number, self.oldest, fates, again=True) for number, fates in self._tallies.items()
        ]
        pending = tuple(Pending(n, w.side, w.method, w.path, w.ok) for n, w in self.waiting.items() if n <= handed)
        if pending:
            messages.append(Lost(pending))
        return messages

    def unfinished(self) -> int:
        """Requests that are not in the store yet."""
        fates = sum(self._fates.values()) + sum(fate.count for fates in self._tallies.values() for fate in fates)
        return len(self.waiting) + fates

    def _take_number(self) -> int:
        number = self._next
        self._next += 1
        return number
