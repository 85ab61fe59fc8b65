"""Points in time as APIs write them: ISO 8601 / RFC 3339, RFC 9110's HTTP dates, and epoch numbers."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from shadow.compare.documents.values import is_number

__all__ = ["Instant", "Written", "instant_of", "parse_date"]


class Instant(msgspec.Struct, frozen=True):
    """A point in time. Without a zone it is a wall clock's reading, and never equal to one that has a zone."""

    seconds: Decimal
    """Since 1970-01-01T00:00:00, in UTC where ``zoned``."""
    zoned: bool


class Written(msgspec.Struct, frozen=True):
    """A date as it was written."""

    instant: Instant
    offset: int
    """Seconds east of UTC (0 without a zone), so that ``seconds + offset`` is what the clock on the wall shows."""
    digits: int
    """Decimal places of the seconds."""

    @property
    def wall(self) -> Decimal:
        return self.instant.seconds + self.offset


_ISO = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)"
    r"(?:[Tt ](?P<time>\d\d:\d\d(?::\d\d)?)(?:[.,](?P<fraction>\d{1,12}))?"
    r" ?(?P<zone>[Zz]|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII,
)
_HTTP = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", re.ASCII)
_LONGEST = 40
_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - wall clocks are subtracted from it

_UNITS = ((Decimal("1e14"), Decimal("1e-6")), (Decimal("1e11"), Decimal("1e-3")), (Decimal(0), Decimal(1)))
"""An epoch number from this size on is in this unit: 1e11 seconds are in the year 5138, 1e11 milliseconds in 1973."""


def parse_date(text: str) -> Written | None:
    """The date that a string spells, or None; a plain year or number is none."""
    if not 10 <= len(text) <= _LONGEST:
        return None
    if found := _ISO.fullmatch(text):
        return _iso(found)
    if _HTTP.fullmatch(text):
        try:
            read = parsedate_to_datetime(text).replace(tzinfo=None)
        except ValueError:
            return None
        return Written(Instant(_since_epoch(read), zoned=True), 0, 0)
    return None


def instant_of(value: Any) -> Instant | None:
    """The instant that a string or an epoch number (seconds, milliseconds or microseconds, by its size) means."""
    if isinstance(value, str):
        written = parse_date(value.strip())
        return written.instant if written else None
    if is_number(value):
        number = Decimal(value)
        # Not abs(), which rounds to the context and raises for huge exponents.
        size = number.copy_abs()
        if size >= Decimal("1e18"):
            return None
        unit = next(unit for least, unit in _UNITS if size >= least)
        return Instant(number * unit, zoned=True)
    return None


def _iso(found: re.Match[str]) -> Written | None:
    try:
        read = dt.datetime.fromisoformat(f"{found['date']}T{found['time'] or '00:00'}")
    except ValueError:
        return None
    fraction, zone = found["fraction"] or "", found["zone"] or ""
    offset = _offset(zone)
    if offset is None:
        return None
    seconds = _since_epoch(read) - offset + (Decimal(f"0.{fraction}") if fraction else 0)
    return Written(Instant(seconds, zoned=bool(zone)), offset, len(fraction))


def _offset(zone: str) -> int | None:
    digits = zone.lstrip("+-Zz").replace(":", "")
    hours, minutes = int(digits[:2] or 0), int(digits[2:] or 0)
    if hours > 23 or minutes > 59:
        return None
    return (hours * 3600 + minutes * 60) * (-1 if zone.startswith("-") else 1)


def _since_epoch(read: dt.datetime) -> Decimal:
    return Decimal((read - _EPOCH) // dt.timedelta(seconds=1))
