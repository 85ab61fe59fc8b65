"""Whether two parsed values are the same to the last type and digit, found out in C.

Python's own ``==`` is fast, but calls ``True``, ``1`` and ``Decimal("1.0")`` equal. Written as JSON they differ, and
msgspec writes numbers as they were spelled; so two values are the same exactly when their JSON texts are. That also
tells what only differs in the order of members, which means nothing in JSON (RFC 8259 §1) but is worth a notice.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Literal, NamedTuple

import msgspec

__all__ = ["BY_HAND", "IN_ORDER", "SORTED", "UNWRITABLE", "Likeness", "Text", "Writer", "likeness", "members_reordered"]

_PROBED = 4
"""Levels that are looked into to guess whether one side orders its members otherwise."""


class Text(NamedTuple):
    """A document as JSON text, in pieces: two such are equal exactly where the whole texts would be."""

    pieces: tuple[bytes, ...]
    length: int
    """Of the whole text, in bytes."""
    between: int = 0
    """Colons of the whole text that are not in the pieces, less those that are not in it."""

    @property
    def colons(self) -> int:
        """How many the whole text has."""
        counts: list[int] = [piece.count(b":") for piece in self.pieces]
        return sum(counts) + self.between


class Writer:
    """Writes values as compact JSON, numbers as they were spelled. Its methods raise UNWRITABLE."""

    def __init__(self, order: Literal["sorted"] | None) -> None:
        encoder = msgspec.json.Encoder(decimal_format="number", order=order)
        self.one = encoder.encode
        self.lines = encoder.encode_lines
        """All values of a list, each with a line's end, which no JSON string can hold."""
        self._sorted = order is not None

    def whole(self, document: Any, lines: dict[int, bytes]) -> Text:  # noqa: ARG002 - as `text` has it
        """A document's text in one piece."""
        text = self.one(document)
        return Text((text,), len(text))

    def text(self, document: Any, lines: dict[int, bytes]) -> Text:
        """A document's text in pieces; to ``lines`` go those of the lists of its first level, by the lists' ids.

        They are mostly the bulk of a large one, and their items may be looked at again.
        """
        if type(document) is list:
            lines[id(document)] = text = self.lines(document)
            return Text((text,), _length(text))
        lists = [name for name, value in document.items() if type(value) is list] if type(document) is dict else None
        if not lists:
            return self.whole(document, lines)
        if self._sorted:
            lists.sort()
        names = self.one(lists if self._sorted else [*document])
        rest = {name: value for name, value in document.items() if type(value) is not list}
        # The names tell where the lists belong, by their order or by name.
        pieces = [names, self.one(rest)]
        length = len(pieces[1]) + len(lists) - (not rest)
        for name in lists:
            value = document[name]
            lines[id(value)] = text = self.lines(value)
            pieces.append(text)
            length += len(self.one(name)) + 1 + _length(text)
        between = len(lists) - names.count(b":") + sum([name.count(":") for name in lists])
        return Text(tuple(pieces), length, between)


def _length(lines: bytes) -> int:
    """Of a list's text: brackets for the last line's end, and commas for all others."""
    return len(lines) + 1 if lines else 2


IN_ORDER = Writer(None)
SORTED = Writer("sorted")
"""Members stand in the order of their names."""

BY_HAND = Writer(None)
"""For documents whose JSON text would not show all that they hold: it refuses to write anything."""


def _refuse(_: Any) -> bytes:
    raise TypeError


BY_HAND.one = BY_HAND.lines = _refuse

UNWRITABLE = (ValueError, TypeError, RecursionError)
"""What a `Writer` raises for lone surrogates, for `OddNumber`s, and for what is nested too deeply."""


class Likeness(Enum):
    """How alike two values are."""

    SAME = 1
    REORDERED = 2
    """The same but for the order of members."""
    OTHER = 3
    """There is more to it: they may still be the same under rules, or as numbers, or can't be written as JSON."""


def likeness(a: Any, b: Any, *, reordered: bool) -> Likeness:
    """Strict and pure. ``reordered``: members are expected in another order, so that is tried first."""
    try:
        if a != b:
            return Likeness.OTHER
        if not reordered and IN_ORDER.one(a) == IN_ORDER.one(b):
            return Likeness.SAME
        if SORTED.one(a) == SORTED.one(b):
            return Likeness.REORDERED
    except UNWRITABLE:
        pass
    return Likeness.OTHER


def members_reordered(a: Any, b: Any) -> bool:
    """Whether, as far as a look at the first values of both shows, they order their members differently."""
    for _ in range(_PROBED):
        if type(a) is dict and type(b) is dict:
            if list(a) != list(b):
                return a.keys() == b.keys() or _in_other_order(a, b)
            a, b = _first_container(a, b)
        elif type(a) is list and type(b) is list and a and b:
            a, b = a[0], b[0]
        else:
            return False
    return False


def _in_other_order(a: dict[str, Any], b: dict[str, Any]) -> bool:
    return [name for name in a if name in b] != [name for name in b if name in a]


def _first_container(a: dict[str, Any], b: dict[str, Any]) -> tuple[Any, Any]:
    for name, value in a.items():
        if isinstance(value, dict | list):
            return value, b[name]
    return None, None
