"""What a JSON value is to the comparison: RFC 8259's types, plus what a body may hold beyond them.

Values are Python's: ``None``, ``bool``, ``str``, ``list``, ``dict``, and for numbers ``int`` or ``Decimal``, so that no
digit is lost. Two more stand for what Python has no value for: `ABSENT` and `OddNumber`.
"""

from __future__ import annotations

import re
from decimal import Decimal
from enum import Enum
from typing import Any, Final, NamedTuple, TypeGuard

__all__ = ["ABSENT", "SCALARS", "Leaf", "Location", "OddNumber", "Repeating", "is_number", "json_type", "number_in"]

Location = tuple[str | int, ...]
"""Member names and array indexes, from the document's root."""


class _Absent(Enum):
    ABSENT = "absent"


ABSENT: Final = _Absent.ABSENT
"""Nothing is there, which is not null."""


class OddNumber:
    """A number that can't be computed with: NaN, an infinity, or an exponent beyond all bounds; equal by spelling.

    Of no type that msgspec can write, or its JSON text could be that of something else.
    """

    __slots__ = ("literal",)

    def __init__(self, literal: str) -> None:
        self.literal = literal

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OddNumber) and self.literal == other.literal

    def __hash__(self) -> int:
        return hash((OddNumber, self.literal))

    def __repr__(self) -> str:
        return f"OddNumber({self.literal!r})"


class Repeating(dict[str, Any]):
    """An object of which some members stand more than once; as a dict it holds the last value of each, as browsers do.

    RFC 8259 §4 leaves open which value counts.
    """

    __slots__ = ("several",)

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        values: dict[str, list[Any]] = {}
        for name, value in pairs:
            values.setdefault(name, []).append(value)
        self.several = {name: several for name, several in values.items() if len(several) > 1}
        """All values of those members, in order."""


class Leaf(NamedTuple):
    """A place where two documents differ, as deep as the difference allows."""

    location: Location
    legacy: Any
    candidate: Any
    hint: str = ""
    """The class of the difference where only its surroundings tell: `key-renamed`, `list-length`, `list-order`, …"""


SCALARS: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    Decimal: "number",
    OddNumber: "number",
    str: "string",
}
"""The types of a document's values that hold no others → their JSON types."""
_TYPES: dict[type, str] = SCALARS | {
    list: "list",
    dict: "object",
    Repeating: "object",
    _Absent: "absent",
}


def json_type(value: object) -> str:
    """`null`, `boolean`, `number`, `string`, `list`, `object` or `absent`."""
    return _TYPES[type(value)]


_NUMBER = re.compile(r"\s*[+-]?\d{1,400}(?:\.\d{0,400})?(?:[eE][+-]?\d{1,4})?\s*", re.ASCII)


def number_in(text: str) -> Decimal | None:
    """The number that a string spells, or None. (Decimal alone would read `1_000` and digits of other scripts too.)"""
    return Decimal(text.strip()) if _NUMBER.fullmatch(text) else None


def is_number(value: object) -> TypeGuard[int | Decimal]:
    """Whether the value can be computed with (a boolean can't)."""
    return type(value) is int or type(value) is Decimal
