"""How the values at one place are compared: what a route's rules say about it, as a value."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Context, Decimal
from functools import reduce
from operator import or_
from typing import Any, Literal, TypeVar

import msgspec

from shadow.compare.dates import Instant, instant_of
from shadow.compare.documents.values import is_number, number_in

__all__ = ["PLAIN", "Treatment", "merged"]

_WIDE = Context(prec=60, traps=[])
"""Enough digits to subtract any two numbers that a tolerance may sensibly be asked of; never raises."""

T = TypeVar("T")


class Treatment(msgspec.Struct, frozen=True, kw_only=True):
    """What holds at one place, all rules that name it taken together; the default compares strictly."""

    unordered: bool = False
    key: str | None = None
    tolerance: float | None = None
    """Absolute: numbers (or, with `as_` `datetime`, instants in seconds) this near to each other are the same."""
    as_: Literal["datetime", "number", "boolean", "double", "lexical"] | None = None
    null_is_missing: bool = False
    fold_case: bool = False
    trim: bool = False
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
            ordered=self.ordered or other.ordered,
        )

    def normalise(self, value: Any) -> Any:
        """The value as it is compared; what the rules don't fit (`as = "number"` and a list, say) stays as it is."""
        if isinstance(value, str):
            if self.trim:
                value = value.strip()
            if self.fold_case:
                value = value.casefold()
        if self.as_ == "number" and isinstance(value, str):
            number = number_in(value)
            return value if number is None else number
        if self.as_ == "datetime":
            return instant_of(value) or value
        return value

    def near(self, legacy: Any, candidate: Any) -> bool:
        """Whether two normalised values are within the tolerance of each other."""
        if self.tolerance is None:
            return False
        if isinstance(legacy, Instant) and isinstance(candidate, Instant):
            if legacy.zoned != candidate.zoned:
                return False
            legacy, candidate = legacy.seconds, candidate.seconds
        if not (is_number(legacy) and is_number(candidate)):
            return False
        # A tolerance written 0.01 means the decimal 0.01; its repr is what was written.
        apart = _WIDE.abs(_WIDE.subtract(Decimal(legacy), Decimal(candidate)))
        return apart.is_finite() and apart <= Decimal(repr(self.tolerance))


PLAIN = Treatment()


def merged(treatments: Iterable[Treatment]) -> Treatment:
    """All of them together; `PLAIN` for none."""
    return reduce(or_, treatments, PLAIN)


def _first(one: T | None, other: T | None) -> T | None:
    return other if one is None else one
