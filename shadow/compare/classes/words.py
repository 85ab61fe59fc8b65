"""The same word in another convention: `IN_PROGRESS`, `in-progress`, `inProgress`, `In Progress`."""

from __future__ import annotations

import re
from decimal import Decimal

__all__ = ["another_convention", "number_for_name", "with_type_name"]

_LONGEST = 80
_CONVENTION = re.compile(
    r"[A-Za-z][A-Za-z0-9]*(?:(?:_[A-Za-z0-9]+)+|(?:-[A-Za-z0-9]+)+|(?:\.[A-Za-z0-9]+)+|(?: [A-Za-z0-9]+){1,4})?"
)
"""One word, or several with one sort of sign between them."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SIGNS = re.compile(r"[_. -]")
_NAME = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*|(?:[A-Z][a-z0-9]+)+|[A-Za-z][a-z0-9]*(?:_[a-z0-9]+)+")
_NO_NAMES = {"NAN", "INF", "INFINITY", "NULL", "NONE", "NIL", "TRUE", "FALSE"}
_MOST = 9999
"""The largest number that is taken to stand for a name."""


def another_convention(a: str, b: str) -> bool:
    """The same words, put together in another way."""
    if max(len(a), len(b)) > _LONGEST or not (_CONVENTION.fullmatch(a) and _CONVENTION.fullmatch(b)):
        return False
    one, other = _SIGNS.sub("", a), _SIGNS.sub("", b)
    if one.lower() != other.lower():
        return False
    # `foo bar` and `foobar` are told apart by a space and nothing else: no convention that anybody follows.
    return a.replace(" ", "") != b.replace(" ", "") or _words(a) == _words(b)


def with_type_name(a: str, b: str) -> bool:
    """A constant with and without the name of its type: `Status.ACTIVE`, `STATUS_ACTIVE`, `ACTIVE`."""
    short, long = sorted((a, b), key=len)
    if len(long) > _LONGEST or not (_NAME.fullmatch(short) and long.endswith(short)):
        return False
    prefix, sign = long[: -len(short) - 1], long[-len(short) - 1 : -len(short)]
    if sign == "_":
        return _NAME.fullmatch(long) is not None and long.isupper()
    return sign in (".", ":") and _NAME.fullmatch(prefix.removesuffix(":")) is not None


def number_for_name(number: Decimal, text: str) -> bool:
    """An enumeration's number against a name as constants have it: 1 and `ACTIVE`, `Active`, `in_progress`."""
    return (
        len(text) <= _LONGEST
        and _NAME.fullmatch(text) is not None
        and len(text) > 1
        and text.upper() not in _NO_NAMES
        and 0 <= number <= _MOST
        and number == number.to_integral_value()
    )


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]
