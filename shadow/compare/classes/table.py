"""What a person would call a difference between two JSON values: a table of small predicates, first match wins.

The classes come from how the same endpoint, written again in another language, really differs: what Node, Java and
Python print for the same number, date, null or list.
"""

from __future__ import annotations

import html
import math
import re
import unicodedata
from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from shadow.compare.dates import Written, instant_of, parse_date
from shadow.compare.documents.values import ABSENT, OddNumber, is_number, json_type, number_in

__all__ = ["CLASSES", "Class", "classify"]

_LONGEST = 10_000
"""Characters of the texts that are looked at; longer ones are only ever `value`."""
_PRECISE = Context(prec=400, traps=[InvalidOperation])

Predicate = Callable[[Any, Any], bool]


class Class(NamedTuple):
    """A class of differences; ``holds(legacy, candidate)`` need not be symmetric."""

    name: str
    holds: Predicate
    explained: str
    """What a person reads after the two values; "" where they speak for themselves."""


def classify(legacy: Any, candidate: Any) -> Class:
    """The class of two values that differ; either may be `ABSENT`."""
    if any(isinstance(v, str) and len(v) > _LONGEST for v in (legacy, candidate)):
        return CLASSES[-1] if json_type(legacy) == json_type(candidate) else CLASSES[-2]
    return next(class_ for class_ in CLASSES if class_.holds(legacy, candidate))


# -- absence and emptiness --------------------------------------------------------------------------------------------


def _either(test: Callable[[Any], bool], other: Callable[[Any], bool]) -> Predicate:
    return lambda a, b: (test(a) and other(b)) or (test(b) and other(a))


def _is_absent(value: Any) -> bool:
    return value is ABSENT


def _is_null(value: Any) -> bool:
    return value is None


def _is_empty(value: Any) -> bool:
    return isinstance(value, str | list | dict) and not value


# -- numbers ----------------------------------------------------------------------------------------------------------


def _as_string(a: Any, b: Any) -> bool:
    number, text = (b, a) if isinstance(a, str) else (a, b)
    return is_number(number) and isinstance(text, str) and number_in(text) == number


def _same_double(a: Any, b: Any) -> bool:
    """Both are the same IEEE 754 double: one side's JSON library reads or prints numbers as such."""
    if not (is_number(a) and is_number(b)):
        return False
    try:
        one = float(a)
        return math.isfinite(one) and one == float(b)
    except OverflowError:
        return False


def _rounded(a: Any, b: Any) -> bool:
    """One is the other with fewer decimals, by any of the usual ways to round."""
    if not (is_number(a) and is_number(b)):
        return False
    one, other = Decimal(a), Decimal(b)
    places, more = _places(one), _places(other)
    if places > more:
        one, other, places, more = other, one, more, places
    if places == more or more > 100 or max(one.adjusted(), other.adjusted()) > 100:
        return False
    step = Decimal(1).scaleb(-places)
    return any(
        other.quantize(step, rounding=mode, context=_PRECISE) == one
        for mode in (ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_DOWN)
    )


def _places(number: Decimal) -> int:
    """Decimal places that are needed: trailing zeros don't count."""
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    zeros = len(digits) - len("".join(map(str, digits)).rstrip("0")) if any(digits) else -exponent
    return max(0, -(exponent + zeros))


# -- dates ------------------------------------------------------------------------------------------------------------


def _both_dates(test: Callable[[Written, Written], bool]) -> Predicate:
    def holds(a: Any, b: Any) -> bool:
        if not (isinstance(a, str) and isinstance(b, str)):
            return False
        one, other = parse_date(a), parse_date(b)
        return one is not None and other is not None and test(one, other)

    return holds


def _other_zone(one: Written, other: Written) -> bool:
    """The same clock in another zone (or in none), or the same instant told by another zone's clock."""
    if one.instant.zoned != other.instant.zoned:
        return one.wall == other.wall
    return one.offset != other.offset and (one.wall == other.wall or one.instant == other.instant)


def _cut_seconds(one: Written, other: Written) -> bool:
    """One has fewer decimals of the same second."""
    if one.instant.zoned != other.instant.zoned or one.digits == other.digits:
        return False
    step = Decimal(1).scaleb(-min(one.digits, other.digits))
    return abs(one.instant.seconds - other.instant.seconds) < step


def _date_as_number(a: Any, b: Any) -> bool:
    number, text = (b, a) if isinstance(a, str) else (a, b)
    if not (is_number(number) and isinstance(text, str) and parse_date(text)):
        return False
    one, other = instant_of(number), instant_of(text)
    return one is not None and other is not None and abs(one.seconds - other.seconds) < 1


def _epoch_unit(a: Any, b: Any) -> bool:
    if not (is_number(a) and is_number(b)):
        return False
    small, big = sorted((Decimal(a), Decimal(b)), key=Decimal.copy_abs)
    if small.adjusted() < 8 or big.adjusted() > 18:
        return False
    return any(abs(big - small * factor) < factor for factor in (10**3, 10**6, 10**9))


# -- texts ------------------------------------------------------------------------------------------------------------


def _texts(test: Callable[[str, str], bool]) -> Predicate:
    return lambda a, b: isinstance(a, str) and isinstance(b, str) and test(a, b)


def _alike(form: Callable[[str], str]) -> Predicate:
    """Both are the same text once brought into one form."""
    return _texts(lambda a, b: form(a) == form(b))


def _other_host(a: str, b: str) -> bool:
    try:
        one, other = urlsplit(a), urlsplit(b)
    except ValueError:
        return False
    return bool(one.netloc and other.netloc and one.netloc != other.netloc and one[2:] == other[2:])


_GENERATED = [
    re.compile(pattern, re.IGNORECASE | re.ASCII)
    for pattern in (
        r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        r"[0-9a-f]{24}",
        r"[0-9a-f]{32}",
        r"(?:[a-z]+_)?[0-9A-HJKMNP-TV-Z]{26}",
    )
]


def _generated(a: str, b: str) -> bool:
    return any(shape.fullmatch(a) and shape.fullmatch(b) for shape in _GENERATED)


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


_BOOLEAN_TEXTS = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}


def _bool_as_string(a: Any, b: Any) -> bool:
    flag, text = (b, a) if isinstance(a, str) else (a, b)
    return isinstance(flag, bool) and isinstance(text, str) and _BOOLEAN_TEXTS.get(text.lower()) is flag


CLASSES: tuple[Class, ...] = (
    Class("null-vs-absent", _either(_is_null, _is_absent), ""),
    Class("empty-vs-absent", _either(_is_empty, _is_absent), ""),
    Class("empty-vs-null", _either(_is_empty, _is_null), ""),
    Class("number-as-string", _as_string, ""),
    Class("bool-as-string", _bool_as_string, ""),
    Class("bool-as-number", lambda a, b: _either(_is_bool, is_number)(a, b) and a == b, ""),
    Class("number-special", lambda a, b: isinstance(a, OddNumber) or isinstance(b, OddNumber), ""),
    Class("number-precision", _same_double, "the same as doubles"),
    Class("rounding", _rounded, "rounded"),
    Class("epoch-unit", _epoch_unit, "the same time in another unit"),
    Class("date-format", _both_dates(lambda a, b: a.instant == b.instant and a.offset == b.offset), "the same time"),
    Class("time-zone", _both_dates(_other_zone), "another zone"),
    Class("date-precision", _both_dates(_cut_seconds), "seconds cut"),
    Class("date-format", _date_as_number, "the same time"),
    Class("timestamp", _both_dates(lambda a, b: a.digits == b.digits), "another time"),
    Class("case", _alike(str.casefold), "only the case differs"),
    Class("whitespace", _alike(lambda t: "".join(t.split())), "only white space differs"),
    Class("unicode-normalisation", _alike(lambda t: unicodedata.normalize("NFC", t)), "another Unicode form of it"),
    Class("html-escape", _alike(html.unescape), "HTML-escaped on one side"),
    Class("url-host", _texts(_other_host), "only the host differs"),
    Class("generated-id", _texts(_generated), "both look generated"),
    Class("type", lambda a, b: ABSENT not in (a, b) and json_type(a) != json_type(b), ""),
    Class("value", lambda a, b: True, ""),  # noqa: ARG005 - whatever is left
)
"""Tried in this order. Classes that only the surroundings tell (list-order, key-renamed, …) come with the leaf."""
