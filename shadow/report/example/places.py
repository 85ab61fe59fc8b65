"""Where in two bodies a group of differences is: the rows that a reader looks for first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from shadow.compare.difference import Difference
from shadow.compare.documents.locations import location_text
from shadow.report.example.layout import Layout, Line, LinePair

__all__ = ["rows_of"]

_PARTS = ("['#text']", "['@")
"""How the last part of a place within an element begins that has no line of its own."""


def rows_of(differences: Iterable[Difference], layout: Layout) -> Mapping[int, bool]:
    """Indexes into ``layout.pairs`` of what differs there, and whether a place begins on the row."""
    found = _Rows(layout)
    marked: dict[int, bool] = {}
    for difference in differences:
        if difference.where == "body":
            rows = list(found.of(difference))
            marked |= {row: place == 0 or marked.get(row, False) for place, row in enumerate(rows)}
    return marked


class _Rows:
    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._by_legacy = {one: row for row, (one, _) in enumerate(layout.pairs) if one is not None}
        self._by_candidate = {other: row for row, (_, other) in enumerate(layout.pairs) if other is not None}
        self._legacy, self._candidate = _by_path(layout.legacy), _by_path(layout.candidate)

    def of(self, difference: Difference) -> Iterator[int]:
        """The row on which the place begins, and further ones on which it differs."""
        one, other = self._lines(difference)
        if one is None and other is None:
            yield from self._without_a_place(difference)
            return
        rows = {self._by_legacy[line] for line in _within(self._layout.legacy, one)}
        rows |= {self._by_candidate[line] for line in _within(self._layout.candidate, other)}
        first = min(rows)
        yield first
        yield from (row for row in sorted(rows) if row != first and self._differs(self._layout.pairs[row]))

    def _lines(self, difference: Difference) -> tuple[int | None, int | None]:
        """The lines of both sides on which the value at the place begins. Of an item that moved, it is legacy's."""
        path = difference.path
        if not (path in self._legacy or path in self._candidate) and any(part in path for part in _PARTS):
            path = path[: max(path.rfind(part) for part in _PARTS)]
        if difference.kind == "added":
            return None, self._candidate.get(path)
        one = self._legacy.get(path)
        if difference.kind == "missing":
            return one, None
        opposite = None if one is None else self._layout.pairs[self._by_legacy[one]][1]
        return one, self._candidate.get(path) if opposite is None else opposite

    def _without_a_place(self, difference: Difference) -> Iterator[int]:
        """In bodies whose lines have no places: all that differs, where it is about the whole body; else where the
        values stand."""
        if self._legacy or self._candidate:
            return
        rows = (row for row, pair in enumerate(self._layout.pairs) if self._differs(pair))
        if difference.path == "$":
            yield from rows
            return
        for row in rows:
            one, other = self._layout.pairs[row]
            if _shows(self._layout.legacy, one, difference.legacy) or _shows(
                self._layout.candidate, other, difference.candidate
            ):
                yield row
                return

    def _differs(self, pair: LinePair) -> bool:
        one, other = pair
        return one is None or other is None or self._layout.legacy[one].text != self._layout.candidate[other].text


def _by_path(lines: Sequence[Line]) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, line in enumerate(lines):
        if line.location is not None:
            found.setdefault(location_text(line.location), number)
    return found


def _within(lines: Sequence[Line], first: int | None) -> range:
    """The lines of the value that begins on that one."""
    if first is None:
        return range(0)
    depth, end = _indent(lines[first]), first + 1
    while end < len(lines) and _indent(lines[end]) > depth:
        end += 1
    closes = end < len(lines) and end > first + 1 and _indent(lines[end]) == depth and lines[end].location is None
    return range(first, end + closes)


def _indent(line: Line) -> int:
    return len(line.text) - len(line.text.lstrip(" "))


def _shows(lines: Sequence[Line], number: int | None, value: Any) -> bool:
    return number is not None and isinstance(value, str) and bool(value) and value in lines[number].text
