"""Axes: which stretch of time or of durations is drawn, where things are on it, and what stands beside it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from shadow.verdict.model import Bucket
from shadow.verdict.timeline import width_for

__all__ = ["Span", "Tick", "columns", "durations", "lasting", "moment", "number", "room_for", "span_of", "times"]

_FEWEST = 12
"""Columns of an axis of time, so that five minutes don't look like all there ever was."""
_DAY = 86_400
_STEPS = (300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200)
"""Seconds between two ticks, below a day."""


class Span(NamedTuple):
    """A stretch of time, cut into columns: ``start`` and ``end`` are whole multiples of ``width`` (seconds)."""

    start: int
    end: int
    width: int

    @property
    def columns(self) -> int:
        return (self.end - self.start) // self.width


class Tick(NamedTuple):
    at: str
    """Percent of the axis."""
    label: str
    side: str
    """start, middle or end: where the label is anchored, so that it stays inside."""
    minor: bool = False
    """Left out where there is little room."""


def span_of(timelines: Iterable[tuple[Bucket, ...]], now: float, most: int, *, since: float = 0.0) -> Span | None:
    """From the first bucket (after ``since``) of any of the timelines to ``now``, in ``most`` columns at most; None
    where there is no bucket. It only moves when a column has passed."""
    found = [bucket for buckets in timelines for bucket in buckets if bucket.start + bucket.width > since]
    if not found:
        return None
    first = max(min(bucket.start for bucket in found), math.floor(since))
    last = max(now, *(bucket.start + bucket.width for bucket in found))
    width = width_for(last - first, most)
    end = math.ceil(last / width) * width
    return Span(min(first // width * width, end - _FEWEST * width), end, width)


def times(span: Span, most: int = 6) -> tuple[Tick, ...]:
    """Ticks at round times (UTC); the first, and those of another day, say the day too."""
    step = _step(span.end - span.start, most)
    first = math.ceil(span.start / step) * step
    day, found = None, []
    for at in range(first, span.end + 1, step):
        when = _utc(at)
        label = f"{when:%H:%M}" if when.date() == day else moment(at)
        day = when.date()
        found.append(((at - span.start) / (span.end - span.start), label))
    return _ticks(found)


def durations(least: float, most: float) -> tuple[Tick, ...]:
    """Ticks at 1, 10, 100 … milliseconds, and where that is few at 2 and 5 of each, too."""
    low, high = math.floor(math.log10(least)), math.ceil(math.log10(most))
    decades = range(low, high + 1)
    tens = [10.0**power for power in decades]
    finer = [times * 10.0**power for power in decades for times in (1, 2, 5)]
    chosen = [at for at in tens if least <= at <= most]
    if len(chosen) < 3:
        chosen = [at for at in finer if least <= at <= most]
    return _ticks([(math.log(at / least) / math.log(most / least), _short(at)) for at in chosen])


def moment(seconds: float, year: int | None = None) -> str:
    """``23 Nov 14:00``, and just ``23 Nov`` for midnight; with its year unless that is ``year`` or doesn't matter."""
    when = _utc(seconds)
    time = "" if (when.hour, when.minute) == (0, 0) else f" {when:%H:%M}"
    return f"{_day(when)}{'' if year in (None, when.year) else f' {when.year}'}{time}"


def lasting(seconds: float) -> str:
    """``5 minutes``, ``3 hours``, ``14 days``; of one the unit alone, as in "the last hour"."""
    for unit, size, enough in (("minute", 60, 5400), ("hour", 3600, 2 * _DAY), ("day", _DAY, math.inf)):
        if seconds < enough:
            amount = max(1, round(seconds / size))
            return unit if amount == 1 else f"{amount:,} {unit}s"
    raise AssertionError("no duration is infinite")


def number(value: float) -> str:
    """At most two decimals, and none that say nothing."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _step(seconds: int, most: int) -> int:
    for step in _STEPS:
        if seconds <= step * most:
            return step
    return math.ceil(seconds / most / _DAY) * _DAY


def room_for(label: str, *, narrow: bool) -> float:
    """About the share of an axis that a label takes, with some room beside it: on a phone, or on the narrowest chart of
    a wide screen."""
    return (len(label) + 2) * (0.02 if narrow else 0.0155)


def _ticks(places: Iterable[tuple[float, str]]) -> tuple[Tick, ...]:
    """Those that have room beside the ones before them."""
    found: list[Tick] = []
    wide_until = narrow_until = 0.0
    for share, label in places:
        side, before = ("start", 0.0) if share < 0.06 else ("end", 1.0) if share > 0.94 else ("middle", 0.5)
        wide, narrow = room_for(label, narrow=False), room_for(label, narrow=True)
        if found and share - before * wide < wide_until:
            continue
        minor = bool(found) and share - before * narrow < narrow_until
        found.append(Tick(number(100 * share), label, side, minor))
        wide_until = share + (1 - before) * wide
        narrow_until = narrow_until if minor else share + (1 - before) * narrow
    return tuple(found)


def _short(milliseconds: float) -> str:
    if milliseconds >= 1000:
        return f"{milliseconds / 1000:g} s"
    return f"{milliseconds:g} ms"


def _day(when: dt.datetime) -> str:
    return f"{when.day} {when:%b}"


def _utc(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def columns(timeline: Iterable[Bucket], span: Span) -> Iterator[tuple[int, float, float]]:
    """(column, compared, differing), of those with anything; a wider bucket is spread over its columns evenly."""
    compared, differing = [0.0] * span.columns, [0.0] * span.columns
    for bucket in timeline:
        first = max(0, (bucket.start - span.start) // span.width)
        last = min(span.columns - 1, (bucket.start + bucket.width - 1 - span.start) // span.width)
        for column in range(first, last + 1):
            start = span.start + column * span.width
            overlap = min(start + span.width, bucket.start + bucket.width) - max(start, bucket.start)
            compared[column] += bucket.compared * overlap / bucket.width
            differing[column] += bucket.differing * overlap / bucket.width
    return ((column, *both) for column, both in enumerate(zip(compared, differing, strict=True)) if both[0])
