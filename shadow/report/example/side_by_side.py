"""Two texts side by side: which lines belong together, which differ, and long equal stretches folded away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import zip_longest
from typing import Literal

import msgspec

from shadow.report.visible import clip

__all__ = ["Block", "Cell", "Row", "side_by_side"]

Kind = Literal["equal", "changed", "removed", "added"]
_CONTEXT = 3
"""Equal lines that stay around a change."""
_FOLD = 8
"""Equal stretches of at least this many lines are folded."""
_MOST_FOLDED = 300
"""Rows that a folded block holds; beyond it only their number is told."""
_MOST_ROWS = 1_200
"""Rows outside folded blocks that are handed on."""
_MOST_TO_ALIGN = 1_500
"""Lines per side that are aligned by content; beyond it lines are paired by position, because aligning takes time that
grows with the square of their number."""

_LONGEST = 2_000
"""Characters of one line."""
_NEAR = 200
"""Characters before and after what differs within a line."""


class Cell(msgspec.Struct, frozen=True):
    """One line of one side, cut in three; ``middle`` is what differs from the line opposite."""

    number: int
    before: str
    middle: str = ""
    after: str = ""


class Row(msgspec.Struct, frozen=True):
    kind: Kind
    legacy: Cell | None
    candidate: Cell | None


class Block(msgspec.Struct, frozen=True):
    """Consecutive rows. A folded block is all equal. ``left_out`` rows follow that are too many to show."""

    rows: tuple[Row, ...]
    folded: bool = False
    left_out: int = 0


@lru_cache(maxsize=128)  # The report is written again every few seconds, mostly with the same examples.
def side_by_side(legacy: tuple[str, ...], candidate: tuple[str, ...]) -> tuple[Block, ...]:
    """All lines of both sides in order, as blocks; where something is too long to show, its size is told."""
    return tuple(_bounded(_blocks(list(_rows(legacy, candidate)))))


def _rows(legacy: Sequence[str], candidate: Sequence[str]) -> Iterator[Row]:
    for tag, i1, i2, j1, j2 in _alignment(legacy, candidate):
        if tag == "equal":
            for i, j in zip(range(i1, i2), range(j1, j2), strict=True):
                yield Row("equal", _cell(i, legacy[i]), _cell(j, candidate[j]))
            continue
        for i, j in zip_longest(range(i1, i2), range(j1, j2)):
            if i is None:
                yield Row("added", None, _cell(j, candidate[j]))
            elif j is None:
                yield Row("removed", _cell(i, legacy[i]), None)
            elif legacy[i] == candidate[j]:
                yield Row("equal", _cell(i, legacy[i]), _cell(j, candidate[j]))
            else:
                yield Row("changed", *_marked(i, legacy[i], j, candidate[j]))


def _alignment(legacy: Sequence[str], candidate: Sequence[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """Operations as of `SequenceMatcher.get_opcodes`; what both begin and end with needs no search."""
    shorter = min(len(legacy), len(candidate))
    start = _common(legacy, candidate, shorter)
    end = _common(legacy[::-1], candidate[::-1], shorter - start)
    yield "equal", 0, start, 0, start
    left, right = legacy[start : len(legacy) - end], candidate[start : len(candidate) - end]
    if max(len(left), len(right)) > _MOST_TO_ALIGN:
        yield "replace", start, start + len(left), start, start + len(right)
    else:
        for tag, i1, i2, j1, j2 in SequenceMatcher(None, left, right).get_opcodes():
            yield tag, start + i1, start + i2, start + j1, start + j2
    yield "equal", len(legacy) - end, len(legacy), len(candidate) - end, len(candidate)


def _cell(index: int, line: str) -> Cell:
    return Cell(index + 1, clip(line, _LONGEST))


def _marked(i: int, ours: str, j: int, theirs: str) -> tuple[Cell, Cell]:
    """Both lines with what differs in the middle."""
    shorter = min(len(ours), len(theirs))
    start = _common(ours, theirs, shorter)
    end = _common(ours[::-1], theirs[::-1], shorter - start)
    return _cut(i, ours, start, end), _cut(j, theirs, start, end)


def _cut(index: int, line: str, start: int, end: int) -> Cell:
    stop = len(line) - end
    before = line[:start] if start <= _NEAR else f"…{line[start - _NEAR : start]}"
    return Cell(index + 1, before, clip(line[start:stop], _LONGEST), clip(line[stop:], _NEAR))


def _common(one: Sequence[str], other: Sequence[str], most: int) -> int:
    return next((n for n in range(most) if one[n] != other[n]), most)


def _blocks(rows: list[Row]) -> Iterator[Block]:
    start = 0
    for begin, end in _equal_stretches(rows):
        # At either end of the text there is nothing to give context to.
        first = begin + _CONTEXT if begin else 0
        last = end - _CONTEXT if end < len(rows) else end
        if last - first < _FOLD:
            continue
        if start < first:
            yield Block(tuple(rows[start:first]))
        yield Block(tuple(rows[first:last]), folded=True)
        start = last
    if start < len(rows):
        yield Block(tuple(rows[start:]))


def _bounded(blocks: Iterator[Block]) -> Iterator[Block]:
    room = _MOST_ROWS
    for block in blocks:
        most = min(_MOST_FOLDED, len(block.rows)) if block.folded else max(room, 0)
        shown = () if block.folded and most < len(block.rows) else block.rows[:most]
        yield Block(shown, block.folded, len(block.rows) - len(shown))
        room -= 0 if block.folded else len(shown)


def _equal_stretches(rows: list[Row]) -> Iterator[tuple[int, int]]:
    first = 0
    for position, row in enumerate(rows):
        if row.kind != "equal":
            if first < position:
                yield first, position
            first = position + 1
    if first < len(rows):
        yield first, len(rows)
