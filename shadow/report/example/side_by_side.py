"""Two bodies side by side: rows that say what differs, and long equal stretches folded away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

import msgspec

from shadow.report.example.layout import Layout, Line
from shadow.report.example.words import Segment, shortened, whole, words_marked

__all__ = ["Block", "Cell", "Row", "side_by_side"]

Kind = Literal["equal", "changed", "removed", "added"]
_CONTEXT = 3
"""Equal lines that stay around a change."""
_FOLD = 8
"""Equal stretches of at least this many lines are folded."""
_FOLDED = 40
"""Rows next to a change that a folded block holds; of a longer stretch only the number is told."""
_MOST_ROWS = 1_200
"""Rows outside folded blocks that are handed on."""
_MOST_FINE = 40_000
"""Characters of lines that are marked word by word; beyond it what differs in a line is one mark, so that no body takes
longer than others."""


class Cell(msgspec.Struct, frozen=True):
    """One line of one side, cut where it differs from the line opposite."""

    number: int
    segments: tuple[Segment, ...]

    @property
    def text(self) -> str:
        return "".join(segment.text for segment in self.segments)


class Row(msgspec.Struct, frozen=True):
    kind: Kind
    legacy: Cell | None
    candidate: Cell | None
    here: bool = False
    """It belongs to a place that was asked for."""
    begins: bool = False
    """Such a place begins here."""


class Block(msgspec.Struct, frozen=True):
    """Consecutive rows; a folded block's are all equal. ``left_out`` rows follow that are too many to show, and then
    those of ``rest``."""

    rows: tuple[Row, ...]
    folded: bool = False
    left_out: int = 0
    rest: tuple[Row, ...] = ()

    @property
    def size(self) -> int:
        """All rows that it stands for."""
        return len(self.rows) + self.left_out + len(self.rest)


def side_by_side(layout: Layout, marked: Mapping[int, bool] | None = None) -> tuple[Block, ...]:
    """All lines of both sides in order, as blocks; where there are too many to show, their number is told.

    ``marked``: indexes into ``layout.pairs`` of the places that were asked for (see `places.rows_of`); these are never
    folded away, and left out last.
    """
    return tuple(_SideBySide(layout, marked or {}).blocks())


class _Stretch(NamedTuple):
    """Consecutive pairs of the layout."""

    start: int
    end: int
    folded: bool


class _SideBySide:
    def __init__(self, layout: Layout, marked: Mapping[int, bool]) -> None:
        self._layout = layout
        self._marked = marked
        self._kinds = [self._kind(*pair) for pair in layout.pairs]
        self._fine = _MOST_FINE

    def blocks(self) -> Iterator[Block]:
        stretches = list(self._stretches())
        shown = self._shown([row for start, end, folded in stretches if not folded for row in range(start, end)])
        for stretch in stretches:
            if stretch.folded:
                yield self._folded(stretch)
            else:
                yield from self._open(stretch, shown)

    # -- what is shown -----------------------------------------------------------------------------------------------

    def _stretches(self) -> Iterator[_Stretch]:
        start, size = 0, len(self._kinds)
        for begin, end in self._equal():
            # At either end of the text there is nothing to give context to.
            first = begin + _CONTEXT if begin else 0
            last = end - _CONTEXT if end < size else end
            if last - first < _FOLD:
                continue
            if start < first:
                yield _Stretch(start, first, folded=False)
            yield _Stretch(first, last, folded=True)
            start = last
        if start < size:
            yield _Stretch(start, size, folded=False)

    def _equal(self) -> Iterator[tuple[int, int]]:
        """Stretches of pairs that are equal and not asked for."""
        first = 0
        for row, kind in enumerate([*self._kinds, "changed"]):
            if kind != "equal" or row in self._marked:
                if first < row:
                    yield first, row
                first = row + 1

    def _shown(self, rows: list[int]) -> set[int]:
        """Those that there is room for: the places first, with what is around them, then from the top."""
        if len(rows) <= _MOST_ROWS:
            return set(rows)
        wanted = set(rows)
        near = dict.fromkeys(
            row for place in self._marked for row in range(place - _CONTEXT, place + _CONTEXT + 1) if row in wanted
        )
        return set([*near, *(row for row in rows if row not in near)][:_MOST_ROWS])

    def _folded(self, stretch: _Stretch) -> Block:
        start, end, _ = stretch
        head = start + (_FOLDED if start else 0)
        tail = end - (_FOLDED if end < len(self._kinds) else 0)
        if tail - head <= _FOLDED:
            return Block(self._rows(start, end), folded=True)
        return Block(self._rows(start, head), folded=True, left_out=tail - head, rest=self._rows(tail, end))

    def _open(self, stretch: _Stretch, shown: set[int]) -> Iterator[Block]:
        row = stretch.start
        while row < stretch.end:
            stop = next((other for other in range(row, stretch.end) if other not in shown), stretch.end)
            after = next((other for other in range(stop, stretch.end) if other in shown), stretch.end)
            yield Block(self._rows(row, stop), left_out=after - stop)
            row = after

    # -- rows --------------------------------------------------------------------------------------------------------

    def _kind(self, one: int | None, other: int | None) -> Kind:
        if one is None:
            return "added"
        if other is None:
            return "removed"
        return "equal" if self._layout.legacy[one].text == self._layout.candidate[other].text else "changed"

    def _rows(self, start: int, end: int) -> tuple[Row, ...]:
        return tuple(self._row(row) for row in range(start, end))

    def _row(self, row: int) -> Row:
        i, j = self._layout.pairs[row]
        legacy, candidate = self._layout.legacy, self._layout.candidate
        if i is not None and j is not None and self._kinds[row] == "changed":
            left, right = self._cut(legacy[i], candidate[j])
            cells: tuple[Cell | None, Cell | None] = (Cell(i + 1, left), Cell(j + 1, right))
        else:
            cells = (
                None if i is None else Cell(i + 1, whole(legacy[i].shown)),
                None if j is None else Cell(j + 1, whole(candidate[j].shown)),
            )
        return Row(self._kinds[row], *cells, row in self._marked, self._marked.get(row, False))

    def _cut(self, one: Line, other: Line) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
        """Both lines with what differs marked, but never what follows and says nothing."""
        fine = self._fine > 0
        self._fine -= len(one.text) + len(other.text)
        left, right = words_marked(one.text, other.text, finely=fine)
        return (
            shortened((*left, Segment(one.tail)) if one.tail else left),
            shortened((*right, Segment(other.tail)) if other.tail else right),
        )
