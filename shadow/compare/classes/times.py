"""What may have become of a point in time."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache, wraps
from typing import Any

from shadow.compare.dates import Written, instant_of, parse_date

__all__ = [
    "another_clock",
    "another_day_part",
    "another_format_and_time",
    "another_time",
    "another_zone",
    "apart",
    "as_list",
    "as_number",
    "cut_seconds",
    "same_time",
    "shifted",
    "zone_left_out",
]

_LONGEST = 100
"""Characters of a date."""
_FURTHEST = 14 * 3600
"""Seconds that two zones can be apart to be taken for a mistaken zone (UTC+14 is the easternmost)."""
_QUARTER = 15 * 60
"""Seconds; offsets of all zones in use are multiples of it."""
_SECONDS = re.compile(r"\d\d:\d\d:\d\d", re.ASCII)
_SHAPE = {**dict.fromkeys(range(48, 58), "0"), **dict.fromkeys([*range(65, 91), *range(97, 123)], "a"), ord("+"): "-"}
_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - wall clocks are subtracted from it

Test = Callable[[str, str], bool]


@lru_cache(maxsize=512)
def _parsed(text: str) -> Written | None:
    return parse_date(text)


def _read(text: str) -> Written | None:
    return _parsed(text) if len(text) <= _LONGEST else None


def _dates(test: Callable[[Written, Written], bool]) -> Test:
    """A test of two dates, for texts: false where either is none."""

    @wraps(test)
    def holds(a: str, b: str) -> bool:
        one, other = _read(a), _read(b)
        return one is not None and other is not None and test(one, other)

    return holds


def another_day_part(a: str, b: str) -> bool:
    """A date against a date with a time of that day."""
    day, moment = sorted((a, b), key=len)
    return len(day) == 10 < len(moment) and moment.startswith(day) and _dates(lambda *_: True)(a, b)


@_dates
def same_time(one: Written, other: Written) -> bool:
    """The same time by the same zone's clock."""
    return one.instant == other.instant and one.offset == other.offset


@_dates
def another_zone(one: Written, other: Written) -> bool:
    """The same instant, told by another zone's clock."""
    return one.instant == other.instant and one.offset != other.offset


@_dates
def zone_left_out(one: Written, other: Written) -> bool:
    """The same clock, and only one says in which zone."""
    return one.instant.zoned != other.instant.zoned and one.wall == other.wall


@_dates
def another_clock(one: Written, other: Written) -> bool:
    """The same clock in another zone, so another instant."""
    return one.instant.zoned and other.instant.zoned and one.wall == other.wall and one.offset != other.offset


def cut_seconds(a: str, b: str) -> bool:
    """One leaves out, cuts or rounds what the other has of the same minute or second."""
    one, other = _read(a), _read(b)
    if one is None or other is None or one.instant.zoned != other.instant.zoned or one.offset != other.offset:
        return False
    finest, coarsest = sorted((_resolution(a, one), _resolution(b, other)))
    return finest < coarsest and abs(one.instant.seconds - other.instant.seconds) < coarsest


@_dates
def shifted(one: Written, other: Written) -> bool:
    """Apart by exactly what two zones' clocks can be apart: local time taken for UTC, or twice converted."""
    seconds = _between(one, other)
    return seconds % _QUARTER == 0 and 0 < abs(seconds) <= _FURTHEST


def apart(legacy: str, candidate: str) -> str:
    """What `shifted` has found, in words."""
    one, other = _read(legacy), _read(candidate)
    if one is None or other is None:
        return ""
    seconds = int(_between(one, other))
    hours, minutes = divmod(abs(seconds) // 60, 60)
    spans = [f"{hours} h"] * (hours > 0) + [f"{minutes} min"] * (minutes > 0)
    return f"exactly {' '.join(spans)} {'later' if seconds > 0 else 'earlier'}"


def another_time(a: str, b: str) -> bool:
    """Another time in the same format."""
    return _shape(a) == _shape(b) and another_format_and_time(a, b)


@_dates
def another_format_and_time(one: Written, other: Written) -> bool:
    return one.instant != other.instant


def as_number(number: Decimal, text: str) -> bool:
    """Epoch seconds, milliseconds or microseconds against a date; what is less than a second apart counts as cut."""
    if _read(text) is None:
        return False
    one, other = instant_of(number), instant_of(text)
    return one is not None and other is not None and abs(one.seconds - other.seconds) < 1


def as_list(items: list[Any], text: str) -> bool:
    """Jackson's `[2024, 1, 31, 10, 30]` (year, month, day, hour, minute, second, nanosecond) against that date."""
    if not 3 <= len(items) <= 7 or any(type(item) is not int for item in items):
        return False
    written = _read(text)
    if written is None:
        return False
    try:
        clock = dt.datetime(*items[:6])  # noqa: DTZ001 - a wall clock's reading
    except (ValueError, OverflowError):
        return False
    seconds = Decimal((clock - _EPOCH) // dt.timedelta(seconds=1))
    nanoseconds = items[6] if len(items) == 7 else 0
    return 0 <= nanoseconds < 10**9 and written.wall == seconds + Decimal(nanoseconds).scaleb(-9)


def _between(one: Written, other: Written) -> Decimal:
    """Seconds from one to the other: of time where both say their zone or neither does, else of their clocks."""
    if one.instant.zoned == other.instant.zoned:
        return other.instant.seconds - one.instant.seconds
    return other.wall - one.wall


def _resolution(text: str, written: Written) -> Decimal:
    """Seconds that the last place stands for."""
    if not _SECONDS.search(text):
        return Decimal(60)
    return Decimal(1).scaleb(-written.digits)


def _shape(text: str) -> str:
    return text.translate(_SHAPE) if len(text) <= _LONGEST else ""
