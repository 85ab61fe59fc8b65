"""Points in time as APIs write them: ISO 8601 / RFC 3339, RFC 9110's HTTP dates, and epoch numbers."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Context, Decimal, Inexact
from typing import Any

import msgspec

from shadow.compare.documents.values import is_number

__all__ = ["Instant", "Written", "http_date", "instant_of", "parse_date"]


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
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})"
_CLOCK = r"(?P<clock>\d\d:\d\d:\d\d)"
_HTTP = re.compile(rf"{_DAY}, (?P<day>\d\d) {_MONTH} (?P<year>\d{{4}}) {_CLOCK} GMT", re.ASCII)
_OBSOLETE = (
    re.compile(rf"[A-Z][a-z]{{2,8}}, (?P<day>\d\d)-{_MONTH}-(?P<year>\d\d(?:\d\d)?) {_CLOCK} GMT", re.ASCII),
    re.compile(rf"{_DAY} {_MONTH} (?P<day>[ \d]\d) {_CLOCK} (?P<year>\d{{4}})", re.ASCII),
)
"""RFC 850's (also with four digits of the year, as cookies have it), and that of C's asctime(), in UTC."""
_LONGEST = 40
_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - wall clocks are subtracted from it

_PRECISE = Context(prec=200, traps=[Inexact])
"""Epoch numbers are turned into seconds exactly; what has more digits is none."""
_UNITS = ((Decimal("1e14"), Decimal("1e-6")), (Decimal("1e11"), Decimal("1e-3")), (Decimal(0), Decimal(1)))
"""An epoch number from this size on is in this unit: 1e11 seconds are in the year 5138, 1e11 milliseconds in 1973."""


def parse_date(text: str) -> Written | None:
    """The date that a string spells, or None; a plain year or number is none."""
    if not 10 <= len(text) <= _LONGEST:
        return None
    if found := _ISO.fullmatch(text):
        return _iso(found)
    if found := _HTTP.fullmatch(text):
        return _http(found)
    return None


def http_date(text: str) -> Instant | None:
    """The instant that an HTTP date spells, in any of its three formats (RFC 9110 §5.6.7), or None.

    Stricter and more lenient than `parse_date`: recipients of a header read no ISO date, but obsolete formats.
    """
    if len(text) > _LONGEST:
        return None
    for format_ in (_HTTP, *_OBSOLETE):
        if found := format_.fullmatch(text):
            written = _http(found)
            return written.instant if written else None
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
        if size >= Decimal("1e18") or number.adjusted() - len(number.as_tuple().digits) < -_PRECISE.prec / 2:
            return None
        unit = next(unit for least, unit in _UNITS if size >= least)
        return Instant(_PRECISE.multiply(number, unit), zoned=True)
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


def _http(found: re.Match[str]) -> Written | None:
    year = int(found["year"])
    if len(found["year"]) == 2:
        # RFC 9110 says "not more than 50 years from now"; POSIX's fixed century (as in RFC 6265 §5.1.1) gives the same
        # result whenever one compares.
        year += 1900 if year >= 70 else 2000
    month = _MONTHS.index(found["month"]) + 1
    try:
        time = dt.time.fromisoformat(found["clock"])
        read = dt.datetime.combine(dt.date(year, month, int(found["day"])), time)
    except ValueError:
        return None
    return Written(Instant(_since_epoch(read), zoned=True), 0, 0)


def _offset(zone: str) -> int | None:
    digits = zone.lstrip("+-Zz").replace(":", "")
    hours, minutes = int(digits[:2] or 0), int(digits[2:] or 0)
    if hours > 23 or minutes > 59:
        return None
    return (hours * 3600 + minutes * 60) * (-1 if zone.startswith("-") else 1)


def _since_epoch(read: dt.datetime) -> Decimal:
    return Decimal((read - _EPOCH) // dt.timedelta(seconds=1))
