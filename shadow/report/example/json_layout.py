"""JSON documents laid out one value per line, two beside each other: members by their names, items by who they are.

Lines are paired by what they are part of, not by how they read, so one more item or member moves nothing else.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from shadow.compare.documents.alignment import align, identity, names_of
from shadow.compare.documents.values import Location
from shadow.report.example.edits import Pairs, common_ends
from shadow.report.example.json_text import Lexeme, Members, spelled
from shadow.report.example.layout import Layout, Line, LinePair, with_the_rest

__all__ = ["NOTHING", "lay_out"]

NOTHING: Final = object()
"""No value at all."""
_INDENT = "  "


def lay_out(ours: Any, theirs: Any, most: int) -> Layout:
    """Both documents as `json_text.parse` gives them; either may be `NOTHING`.

    The candidate's members come in legacy's order, because the order of members means nothing (RFC 8259 §1) and would
    only hide what differs; those that only it has come last. Ends when one side has ``most`` lines and needs more.
    """
    writer, ended = _Writer(most), False
    try:
        writer.both(ours, _Place(), theirs, _Place())
    except _FullError:
        ended = True
    return Layout(tuple(writer.legacy), tuple(writer.candidate), tuple(writer.pairs), ended)


class _FullError(Exception):
    """One side has as many lines as are wanted."""


class _Place(NamedTuple):
    """Where a value is, and what stands around it on its lines."""

    location: Location = ()
    indent: str = ""
    label: str = ""
    comma: str = ""


class _Writer:
    """Takes in the lines of both sides, and notes which belong together."""

    def __init__(self, most: int) -> None:
        self.legacy: list[Line] = []
        self.candidate: list[Line] = []
        self.pairs: list[LinePair] = []
        self._most = most
        self._tokens = _Tokens()

    def both(self, a: Any, at: _Place, b: Any, bt: _Place) -> None:
        """Two values that belong together, or one and `NOTHING`."""
        self._row(_begun(a, at), _begun(b, bt))
        if _opens(a) and _opens(b) and type(a) is type(b):
            self._inside(a, b, _members(a, b) if isinstance(a, Members) else self._items(a, b), at, bt)
            return
        if _opens(a):
            self._inside(a, (), [(i, None) for i in range(len(a))], at, bt)
        if _opens(b):
            self._inside((), b, [(None, j) for j in range(len(b))], at, bt)

    def _inside(self, a: Sequence[Any], b: Sequence[Any], children: list[LinePair], at: _Place, bt: _Place) -> None:
        last_i = next((i for i, _ in reversed(children) if i is not None), None)
        last_j = next((j for _, j in reversed(children) if j is not None), None)
        for i, j in children:
            self.both(*_child(a, i, at, last_i), *_child(b, j, bt, last_j))
        self._row(_ended(a, at), _ended(b, bt))

    def _row(self, one: Line | None, other: Line | None) -> None:
        if max(len(self.legacy), len(self.candidate)) >= self._most:
            raise _FullError
        self.pairs.append(
            (None if one is None else len(self.legacy), None if other is None else len(self.candidate)),
        )
        if one is not None:
            self.legacy.append(one)
        if other is not None:
            self.candidate.append(other)

    def _items(self, a: list[Any], b: list[Any]) -> list[LinePair]:
        """All items of both lists in their order, paired as comparing pairs them as far as that keeps the order."""
        one, other = [*map(self._tokens.of, a)], [*map(self._tokens.of, b)]
        start, end = common_ends(one, other)
        n, m = len(a) - end, len(b) - end
        pairs = [(i + start, j + start) for i, j in _paired(a[start:n], b[start:m], one[start:n], other[start:m])]
        same = [(i, i) for i in range(start)]
        return list(with_the_rest([*same, *pairs, *((n + i, m + i) for i in range(end))], len(a), len(b)))


class _Tokens:
    """Numbers that are equal exactly where values are, members in any order. Takes linear time, and remembers values
    by identity, so it must not outlive them."""

    def __init__(self) -> None:
        self._numbers: dict[object, int] = {}
        self._known: dict[int, int] = {}

    def of(self, value: Any) -> int:
        if not isinstance(value, list):
            # A number is no text that spells it, and true is not 1.
            return self._number((type(value), value))
        known = self._known.get(id(value))
        if known is None:
            if isinstance(value, Members):
                inner: tuple[object, ...] = (Members, *sorted((name, self.of(item)) for name, item in value))
            else:
                inner = (list, *map(self.of, value))
            known = self._known[id(value)] = self._number(inner)
        return known

    def _number(self, key: object) -> int:
        return self._numbers.setdefault(key, len(self._numbers))


def _opens(value: Any) -> bool:
    """Whether the value takes more than one line."""
    return isinstance(value, list) and bool(value)


def _begun(value: Any, place: _Place) -> Line | None:
    if value is NOTHING:
        return None
    before = place.indent + place.label
    if _opens(value):
        return Line(before + ("{" if isinstance(value, Members) else "["), place.location)
    return Line(before + spelled(value), place.location, place.comma)


def _ended(value: Sequence[Any], place: _Place) -> Line | None:
    closing = "}" if isinstance(value, Members) else "]"
    return Line(place.indent + closing, tail=place.comma) if value else None


def _child(value: Sequence[Any], index: int | None, place: _Place, last: int | None) -> tuple[Any, _Place]:
    if index is None:
        return NOTHING, place
    comma, indent = "," * (index != last), place.indent + _INDENT
    if isinstance(value, Members):
        name, item = value[index]
        return item, _Place((*place.location, name), indent, f"{spelled(name)}: ", comma)
    return value[index], _Place((*place.location, index), indent, "", comma)


def _members(a: Members, b: Members) -> list[LinePair]:
    """Legacy's members in their order, each with the candidate's of its name; then what only the candidate has."""
    theirs: dict[str, deque[int]] = defaultdict(deque)
    for j, (name, _) in enumerate(b):
        theirs[name].append(j)
    pairs: list[LinePair] = [(i, theirs[name].popleft() if theirs.get(name) else None) for i, (name, _) in enumerate(a)]
    rest = sorted(j for left in theirs.values() for j in left)
    return [*pairs, *((None, j) for j in rest)]


def _paired(a: list[Any], b: list[Any], one: list[int], other: list[int]) -> Pairs:
    left, right = [*map(_named, a)], [*map(_named, b)]
    name = identity(left, right)
    if name is None:
        aligned = align(one, other, named=False)
    else:
        aligned = align(names_of(left, name), names_of(right, name), named=True)
    return _rising(aligned.pairs) if aligned else [(i, i) for i in range(min(len(a), len(b)))]


def _named(item: Any) -> Any:
    """The item as `identity` takes it: its texts and numbers by name."""
    if not isinstance(item, Members):
        return item
    return {name: f"\0{value}" if isinstance(value, Lexeme) else value for name, value in item}


def _rising(pairs: Iterable[tuple[int, int]]) -> Pairs:
    """The most pairs that rise on both sides, where items stand in another order (patience sorting)."""
    ordered = sorted(pairs)
    ends: list[int] = []
    lasts: list[int] = []
    before: list[int | None] = []
    for place, (_, j) in enumerate(ordered):
        pile = bisect_left(ends, j)
        before.append(lasts[pile - 1] if pile else None)
        ends[pile : pile + 1], lasts[pile : pile + 1] = [j], [place]
    found: Pairs = []
    last = lasts[-1] if lasts else None
    while last is not None:
        found.append(ordered[last])
        last = before[last]
    return found[::-1]
