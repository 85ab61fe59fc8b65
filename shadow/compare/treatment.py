"""How the values at one place are compared: what a route's rules say about it, as a value."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Context, Decimal
from functools import reduce
from math import isfinite, isnan
from operator import or_
from typing import Any, Literal, TypeVar

import msgspec

from shadow.compare.dates import Instant, instant_of
from shadow.compare.documents.values import OddNumber, is_number, number_in
from shadow.compare.normal_forms import normal_form

__all__ = ["PLAIN", "Spelled", "Treatment", "Truth", "merged"]

_MOST_DIGITS = 5_000
"""Digits that the difference of two numbers may need to be exact; numbers that are further apart are not near."""

_BOOLEANS = dict.fromkeys(("true", "t", "yes", "y", "on", "1"), True) | dict.fromkeys(
    ("false", "f", "no", "n", "off", "0"), False
)
"""Texts that mean a boolean: those that PostgreSQL reads as one (manual, §8.6)."""

T = TypeVar("T")


class Treatment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What holds at one place, all rules that name it taken together; the default compares strictly.

    Defaults are left out where it is encoded, so that a new way to compare leaves the digests of all others alone.
    """

    unordered: bool = False
    key: str | None = None
    tolerance: float | None = None
    """Absolute: numbers (or, with `as_` `datetime`, instants in seconds) this near to each other are the same."""
    as_: Literal["datetime", "number", "boolean", "double", "lexical"] | None = None
    null_is_missing: bool = False
    fold_case: bool = False
    trim: bool = False
    unicode: Literal["NFC", "NFKC"] | None = None
    ordered: bool = False

    def __or__(self, other: Treatment) -> Treatment:
        """Both together; where two rules can't both hold, the more lenient tolerance, else the first named."""
        if self is other or other is PLAIN:
            return self
        if self is PLAIN:
            return other
        return Treatment(
            unordered=self.unordered or other.unordered,
            key=_first(self.key, other.key),
            tolerance=max((t for t in (self.tolerance, other.tolerance) if t is not None), default=None),
            as_=_first(self.as_, other.as_),
            null_is_missing=self.null_is_missing or other.null_is_missing,
            fold_case=self.fold_case or other.fold_case,
            trim=self.trim or other.trim,
            unicode=_first(self.unicode, other.unicode),
            ordered=self.ordered or other.ordered,
        )

    def normalise(self, value: Any) -> Any:
        """The value as it is compared; what the rules don't fit (`as = "number"` and a list, say) stays as it is."""
        if isinstance(value, str):
            value = self._text(value)
        match self.as_:
            case "number":
                number = number_in(value) if isinstance(value, str) else None
                return value if number is None else number
            case "datetime":
                return instant_of(value) or value
            case "boolean":
                return _truth(value)
            case "double":
                return _double(value)
            case "lexical":
                # By way of Decimal, because int refuses to be written out beyond 4,300 digits.
                return Spelled(str(Decimal(value))) if is_number(value) else value
        return value

    def _text(self, value: str) -> str:
        if self.unicode:
            value = normal_form(value, self.unicode)
        if self.trim:
            value = value.strip()
        if self.fold_case:
            value = _caseless(value)
            if self.unicode:
                # That may take a text out of its normal form (Unicode §3.13, D145).
                value = normal_form(value, self.unicode)
        return value

    def near(self, legacy: Any, candidate: Any) -> bool:
        """Whether two normalised values are within the tolerance of each other."""
        if self.tolerance is None or isnan(self.tolerance):
            return False
        if isinstance(legacy, Instant) and isinstance(candidate, Instant):
            if legacy.zoned != candidate.zoned:
                return False
            legacy, candidate = legacy.seconds, candidate.seconds
        if not (is_number(legacy) and is_number(candidate)):
            return False
        # A tolerance written 0.01 means the decimal 0.01; its repr is what was written.
        apart = _apart(Decimal(legacy), Decimal(candidate))
        return apart is not None and apart <= Decimal(repr(self.tolerance))


class Truth(msgspec.Struct, frozen=True):
    """What a value means as a boolean; of a type of its own, because Python's ``True`` equals 1."""

    value: bool


class Spelled(msgspec.Struct, frozen=True):
    """A number as it is written, equal to the same spelling only."""

    text: str


PLAIN = Treatment()


def merged(treatments: Iterable[Treatment]) -> Treatment:
    """All of them together; `PLAIN` for none."""
    return reduce(or_, treatments, PLAIN)


def _apart(one: Decimal, other: Decimal) -> Decimal | None:
    """How far two numbers are apart, exactly; None where that has too many digits."""
    first = max(one.adjusted(), other.adjusted()) + 1
    last = min(int(number.as_tuple().exponent) for number in (one, other))
    digits = first - last + 1
    if digits > _MOST_DIGITS:
        return None
    exact = Context(prec=max(digits, 1), traps=[])
    return exact.subtract(one, other).copy_abs()


def _caseless(text: str) -> str:
    """In lower case, which unlike case folding never makes two letters of one: `ß` stays what it is."""
    return text.lower().replace("\u03c2", "\u03c3")  # lower() writes a sigma at a word's end in another way


def _first(one: T | None, other: T | None) -> T | None:
    return other if one is None else one


def _truth(value: Any) -> Any:
    found: bool | None = None
    if isinstance(value, bool):
        found = value
    elif isinstance(value, str):
        found = _BOOLEANS.get(value.strip().lower())
    elif is_number(value) and value in (0, 1):
        found = value == 1
    return value if found is None else Truth(found)


def _double(value: Any) -> Any:
    """What is left of a number in IEEE 754 binary64; None where that is not finite, for which `JSON.stringify` writes
    null (ECMA-262, SerializeJSONProperty)."""
    if isinstance(value, OddNumber):
        double = float(value.literal)
    elif is_number(value):
        try:
            double = float(value)
        except OverflowError:
            return None
    else:
        return value
    # The shortest decimal that stands for the double, which is how it is printed.
    return Decimal(repr(double)) if isfinite(double) else None
