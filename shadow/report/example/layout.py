"""Two bodies as lines, and which line of one belongs to which of the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from shadow.compare.documents.values import Location
from shadow.report.example.edits import Pairs

__all__ = ["Layout", "Line", "LinePair", "with_the_rest"]

LinePair = tuple[int | None, int | None]
"""Indexes of a line of legacy's and one of the candidate's; None where a line stands alone."""


class Line(NamedTuple):
    text: str
    """What is compared with the line opposite."""
    location: Location | None = None
    """Of the value that begins on this line, where it is known."""
    tail: str = ""
    """What follows and says nothing: the comma between two values."""

    @property
    def shown(self) -> str:
        return self.text + self.tail


class Layout(NamedTuple):
    legacy: tuple[Line, ...]
    candidate: tuple[Line, ...]
    pairs: tuple[LinePair, ...]
    """Each line once, in order on both sides."""
    ended: bool = False
    """There are more lines than these."""


def with_the_rest(pairs: Pairs, n: int, m: int) -> Iterator[LinePair]:
    """The pairs, and between two of them what only one of ``n`` and what only one of ``m`` is."""
    i = j = 0
    for next_i, next_j in [*pairs, (n, m)]:
        yield from ((k, None) for k in range(i, next_i))
        yield from ((None, k) for k in range(j, next_j))
        if next_i < n:
            yield next_i, next_j
        i, j = next_i + 1, next_j + 1
