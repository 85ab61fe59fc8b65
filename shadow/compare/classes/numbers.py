"""What may have become of a number. All take Decimals as `plain` gives them, so that arithmetic is exact and quick."""

from __future__ import annotations

import math
import struct
from decimal import (
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Context,
    Decimal,
    InvalidOperation,
)
from functools import lru_cache

__all__ = [
    "epoch_unit",
    "in_another_unit",
    "last_digit",
    "negated",
    "overflows",
    "plain",
    "rounded",
    "same_double",
    "same_single",
    "scaled",
    "times",
]

_LARGEST = 400
"""Decimal digits, and size of the exponent, of a number that is computed with."""
_EXACT = Context(prec=4 * _LARGEST, traps=[InvalidOperation])
_ROUNDINGS = (ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_DOWN, ROUND_FLOOR)
"""Python's and Java's round, JavaScript's and SQL's, int(), and Python's integer division."""
_FACTORS = range(1, 10)
"""Powers of ten that a unit may make: per mille, cents, E7 degrees, satoshi, nanos."""
_SECONDS = (Decimal(500_000_000), Decimal(5_000_000_000))
"""1985 to 2128: numbers outside are rather no time."""
_UNITS = {0: "seconds", 3: "milliseconds", 6: "microseconds", 9: "nanoseconds"}


def plain(number: int | Decimal) -> Decimal | None:
    """The number as a Decimal; None where computing with it might take long (Decimal of a long int is quadratic)."""
    if type(number) is int:
        return Decimal(number) if number.bit_length() < 3 * _LARGEST else None
    if not number:
        return Decimal(0)
    number = Decimal(number)
    # Its text has at most two characters for each digit (`0.00…1`), and is quicker to have than its digits.
    return number if abs(number.adjusted()) <= _LARGEST and len(str(number)) <= 2 * _LARGEST else None


def overflows(number: int | Decimal, _: object) -> bool:
    """Beyond the largest double, where JavaScript has Infinity, which it prints as null; takes any number."""
    try:
        return math.isinf(float(number))
    except OverflowError:
        return True


def same_double(one: Decimal, other: Decimal) -> bool:
    """Both are the same IEEE 754 double: one side's JSON library reads or prints numbers as such."""
    near = float(one)
    return math.isfinite(near) and near == float(other)


def same_single(one: Decimal, other: Decimal) -> bool:
    """One is what a 32-bit float makes of the other: 19.99 and 19.989999771118164. Whole numbers may well be ids."""
    if _is_whole(one) and _is_whole(other):
        return False
    short, long = sorted((one, other), key=_significant)
    if _significant(short) > 9 or _significant(long) <= 9:
        return False
    single = _single(float(long))
    return single == float(long) and single == _single(float(short))


def epoch_unit(one: Decimal, other: Decimal) -> bool:
    """The same time since 1970 in two of seconds, milliseconds, microseconds and nanoseconds; the finer may be cut."""
    return _units(one, other) is not None


def in_another_unit(legacy: Decimal, candidate: Decimal) -> str:
    """What `epoch_unit` has found, in words."""
    units = _units(legacy, candidate)
    return f"the same time, in {units[1]} instead of {units[0]}" if units else ""


def negated(one: Decimal, other: Decimal) -> bool:
    return one == other.copy_negate()


def scaled(one: Decimal, other: Decimal) -> bool:
    """One is exactly 10, 100, … 1,000,000,000 times the other."""
    return _power_of_ten(one, other) != 0


def times(legacy: Decimal, candidate: Decimal) -> str:
    """What `scaled` has found, in words."""
    power = _power_of_ten(legacy, candidate)
    return f"{10**power:,} times it" if power > 0 else f"1/{10**-power:,} of it"


def rounded(one: Decimal, other: Decimal) -> bool:
    """One is the other with fewer decimals, by any of the usual ways to round."""
    if _is_whole(one) and _is_whole(other):
        return False
    short, long = sorted((one, other), key=_places)
    if _places(short) == _places(long):
        return False
    step = Decimal(1).scaleb(-_places(short))
    return any(long.quantize(step, rounding=rounding, context=_EXACT) == short for rounding in _ROUNDINGS)


def last_digit(one: Decimal, other: Decimal) -> bool:
    """One apart in the last of at least two decimals, as where two sides round a number that neither shows."""
    if _is_whole(one) and _is_whole(other):
        return False
    places = max(_places(one), _places(other))
    step = Decimal(1).scaleb(-places)
    return (
        places >= 2
        and max(one.adjusted(), other.adjusted()) >= 2 - places
        and _EXACT.subtract(one, other).copy_abs() == step
    )


def _units(legacy: Decimal, candidate: Decimal) -> tuple[str, str] | None:
    small, big = sorted((legacy, candidate))
    if small < _SECONDS[0]:
        return None
    for unit in (0, 3, 6):
        if not _SECONDS[0] <= small.scaleb(-unit, _EXACT) < _SECONDS[1]:
            continue
        for finer in range(unit + 3, 10, 3):
            factor = 10 ** (finer - unit)
            if _EXACT.subtract(big, _EXACT.multiply(small, Decimal(factor))).copy_abs() < factor:
                coarse_first = small == legacy
                return (_UNITS[unit], _UNITS[finer]) if coarse_first else (_UNITS[finer], _UNITS[unit])
    return None


def _power_of_ten(legacy: Decimal, candidate: Decimal) -> int:
    """n where the candidate's number is exactly 10**n times legacy's, 0 where there is none that is plausible."""
    if not legacy or not candidate:
        return 0
    power = candidate.adjusted() - legacy.adjusted()
    return power if abs(power) in _FACTORS and legacy.scaleb(power, _EXACT) == candidate else 0


def _single(number: float) -> float | None:
    try:
        return float(struct.unpack("f", struct.pack("f", number))[0])
    except OverflowError:
        return None


@lru_cache(maxsize=16)  # Several rows of the table ask it of the same two numbers.
def _is_whole(number: Decimal) -> bool:
    return number == number.to_integral_value()


@lru_cache(maxsize=16)
def _places(number: Decimal) -> int:
    """Decimal places that are needed: trailing zeros don't count."""
    exponent = number.normalize(_EXACT).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


@lru_cache(maxsize=16)
def _significant(number: Decimal) -> int:
    return len(number.normalize(_EXACT).as_tuple().digits)
