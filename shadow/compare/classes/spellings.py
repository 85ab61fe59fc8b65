"""One value written as another type: a number as a string, a JSON text inside a string."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from shadow.compare.classes.shapes import same
from shadow.compare.documents.reader import UnreadableError, read_json
from shadow.compare.documents.values import number_in

__all__ = [
    "as_json",
    "bool_as_string",
    "joined",
    "null_as_string",
    "number_as_string",
    "printed_object",
    "quoted",
    "same_number",
]

_BOOLEANS = {
    **dict.fromkeys(("true", "yes", "1", "on", "y", "t"), True),
    **dict.fromkeys(("false", "no", "0", "off", "n", "f"), False),
}
_NULLS = {"null", "Null", "NULL", "(null)", "<null>", "undefined", "None", "nil"}
_MOST_JOINED = 1000
_PRINTED = re.compile(
    r"\[object [A-Z]\w*\]"  # JavaScript
    r"|[\w.$]+@[0-9a-f]{1,8}"  # Java's Object.toString
    r"|<[\w. ]+ at 0x[0-9a-fA-F]+>"  # Python's object.__repr__
    r"|Array",  # PHP
    re.ASCII,
)
_PRINTED_MEMBERS = re.compile(r"\{(?:'|\w+=)", re.ASCII)
"""How Python's dicts and Java's Maps begin."""


def number_as_string(number: Decimal, text: str) -> bool:
    return number_in(text) == number


def bool_as_string(flag: bool, text: str) -> bool:
    return len(text) <= 5 and _BOOLEANS.get(text.lower()) is flag


def null_as_string(_: object, text: str) -> bool:
    """Null as a programming language prints it."""
    return text in _NULLS


def same_number(a: str, b: str) -> bool:
    """Two strings that spell one number: "12.50" and "12.5"."""
    one = number_in(a)
    return one is not None and one == number_in(b)


def as_json(structure: list[Any] | dict[str, Any], text: str) -> bool:
    """The text is JSON for just that list or object."""
    if not text.lstrip(" \t\r\n").startswith("[" if isinstance(structure, list) else "{"):
        return False
    try:
        return same(read_json(text).value, structure)
    except UnreadableError:
        return False


def quoted(a: str, b: str) -> bool:
    """One is the other as JSON writes it, quotation marks and all: encoded twice."""
    return _quoted(a, b) or _quoted(b, a)


def _quoted(text: str, inner: str) -> bool:
    if not (len(text) >= 2 and text[0] == text[-1] == '"'):
        return False
    try:
        return bool(json.loads(text) == inner)
    except ValueError:
        return False


def joined(items: list[Any], text: str) -> bool:
    """The items with commas (or semicolons, bars, spaces) between them."""
    if not 2 <= len(items) <= _MOST_JOINED or not all(isinstance(item, str | int | Decimal) for item in items):
        return False
    if any(type(item) is int and item.bit_length() > 1000 for item in items):
        return False
    words = [str(item).lower() if isinstance(item, bool) else str(item) for item in items]
    return any(mark.join(words) == text for mark in (",", ", ", ";", "; ", "|", " | ", " "))


def printed_object(_: object, text: str) -> bool:
    """A structure as a programming language prints it when nobody asked for JSON."""
    if _PRINTED_MEMBERS.match(text):
        return text.endswith("}")
    return _PRINTED.fullmatch(text) is not None
