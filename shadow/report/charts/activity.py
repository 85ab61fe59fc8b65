"""When requests were compared, and when they differed: a line of bars per route, and one chart of all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import chain

import msgspec

from shadow.report.charts.axis import Span, Tick, columns, lasting, moment, number, room_for, span_of, times
from shadow.report.document import Document
from shadow.report.wording import count, percent
from shadow.verdict.model import Bucket, RouteVerdict
from shadow.verdict.wording import one_line

__all__ = ["ActivityChart", "Bar", "Sparkline", "VersionMark", "activity_chart", "sparkline", "sparkline_axis"]

_BARS = 40
"""Of a sparkline."""
_WIDTH, _BASE, _UP, _DOWN = 120, 17, 16, 6
"""Of a sparkline, in pixels: how wide it is, where its base line lies, and how far bars go up and down from it."""
_CHART_BARS, _CHART_UP, _CHART_DOWN = 60, 58, 18
_LEAST_SHARE = 0.1
"""Of differing requests that reaches all the way down: lower ones must not look as bad."""
_BACK = 30 * 86_400
"""Seconds: how far back past versions are drawn."""
_MARKS = 4
"""Versions that are marked on the axis."""
_LONGEST = 24
"""Characters of a version beside its mark."""


class Sparkline(msgspec.Struct, frozen=True):
    """Paths in a box of 120 × 24: how many were compared goes up, and the share of them that differed down."""

    compared: str
    differing: str
    words: str


class Bar(msgspec.Struct, frozen=True):
    """One column of the chart; across in percent, up and down in pixels."""

    x: str
    width: str
    up: str
    down: str
    """"" where none differed."""


class VersionMark(msgspec.Struct, frozen=True):
    """When a version of the candidate was seen first."""

    at: str
    """Percent."""
    label: str
    """"" where there is no room for it."""
    side: str
    row: int
    """0 or 1, so that two that are near don't cover each other."""
    minor: bool
    """Its label is left out where there is little room."""


class ActivityChart(msgspec.Struct, frozen=True):
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    marks: tuple[VersionMark, ...]
    peak: str
    """What the highest bar stands for."""
    worst: str
    """The highest share of differing requests in a bar; "" where none differs."""
    words: str


def sparkline_axis(document: Document) -> Span | None:
    """All routes of a document have one axis, so that they can be held against each other; None where nothing has been
    compared. Looks at all of them, so it is for once per document."""
    return span_of((one.timeline for one in document.verdicts), document.generated_at, _BARS)


def sparkline(verdict: RouteVerdict, span: Span | None, now: float) -> Sparkline | None:
    """None where nothing has been compared. ``span``: the document's `sparkline_axis`; ``now``: when it was made."""
    if span is None or not verdict.timeline:
        return None
    found = list(columns(verdict.timeline, span))
    most = max(compared for _, compared, _ in found)
    step = _WIDTH / span.columns
    bars = [(column, max(1.0, _UP * compared / most)) for column, compared, _ in found]
    worst = max(differing / compared for _, compared, differing in found)
    faults = [(column, _fall(differing / compared, worst, _DOWN)) for column, compared, differing in found if differing]
    return Sparkline(
        compared="".join(_path(column, step, -height) for column, height in bars),
        differing="".join(_path(column, step, height) for column, height in faults),
        words=_words(verdict.timeline, span.end, now),
    )


def activity_chart(document: Document) -> ActivityChart | None:
    """All routes together, the versions before this one included; None where nothing has been compared."""
    now = document.generated_at
    current = [verdict.timeline for verdict in document.verdicts]
    past = [one.timeline for verdict in document.verdicts for one in verdict.history.versions]
    span = span_of(chain(current, past), now, _CHART_BARS, since=now - _BACK)
    if span is None:
        return None
    everything = [bucket for timeline in chain(current, past) for bucket in timeline]
    found = list(columns(everything, span))
    most = max((compared for _, compared, _ in found), default=1.0)
    worst = max((differing / compared for _, compared, differing in found), default=0.0)
    step = 100 / span.columns
    return ActivityChart(
        bars=tuple(
            Bar(
                x=number(column * step),
                width=number(0.8 * step),
                up=number(max(1.0, _CHART_UP * compared / most)),
                down=number(_fall(differing / compared, worst, _CHART_DOWN)) if differing else "",
            )
            for column, compared, differing in found
        ),
        ticks=times(span),
        marks=tuple(_marks(document, span)),
        peak=f"{count(round(most))} in {lasting(span.width)}" if round(most) else "",
        worst=percent(worst) if worst else "",
        words=_words(everything, span.end, now),
    )


def _path(column: int, step: float, height: float) -> str:
    top = _BASE if height < 0 else _BASE + 1
    return f"M{number(column * step)} {top}h{number(0.75 * step)}v{height:.0f}h-{number(0.75 * step)}z"


def _fall(share: float, worst: float, depth: int) -> float:
    """However few differed, they are seen."""
    return max(2.0, depth * share / max(worst, _LEAST_SHARE))


def _words(timeline: Iterable[Bucket], end: int, now: float) -> str:
    """``1,204 compared in the last 3 days; differing: 12, all before 23 Nov 14:00 UTC``."""
    found = [bucket for bucket in timeline if bucket.compared]
    compared, differing = sum(one.compared for one in found), sum(one.differing for one in found)
    since = min(one.start for one in found)
    told = f"{count(compared)} compared in the last {lasting(end - since)}"
    if not differing:
        return f"{told}; none of them differs"
    return f"{told}; differing: {count(differing)} ({percent(differing / compared)}){_when(found, now)}"


def _when(found: list[Bucket], now: float) -> str:
    """Where the differing ones lie among the others; "" where they lie all over the time."""
    year = dt.datetime.fromtimestamp(now, dt.UTC).year
    faults = [one for one in found if one.differing]
    first, last = min(one.start for one in faults), max(one.start + one.width for one in faults)
    before = any(one.start + one.width <= first for one in found)
    after = any(one.start >= last for one in found)
    if before and after:
        return f", all between {moment(first, year)} and {moment(last, year)} UTC"
    if after:
        return f", all before {moment(last, year)} UTC"
    return f", all since {moment(first, year)} UTC" if before else ""


def _marks(document: Document, span: Span) -> Iterable[VersionMark]:
    """The versions that were seen first within the span, the latest few; none where there was but one."""
    began: dict[str, float] = {}
    for verdict in document.verdicts:
        seen = [(one.candidate_version, one.first_seen) for one in verdict.history.versions]
        if verdict.first_seen is not None and verdict.timeline:
            seen.append((verdict.candidate_version, verdict.first_seen))
        for version, at in seen:
            began[version] = min(at, began.get(version, at))
    if len(began) < 2:
        return
    inside = sorted((at, version) for version, at in began.items() if span.start <= at < span.end)
    # From the latest on, whose label matters most; of each row the share of the axis that is still free.
    wide, narrow = [1.0, 1.0], 1.0
    for at, version in reversed(inside[-_MARKS:]):
        share = (at - span.start) / (span.end - span.start)
        label = one_line(version, _LONGEST) or "no version"
        room, small = room_for(label, narrow=False), room_for(label, narrow=True)
        side = "start" if share + small <= narrow else "end"
        row = next((row for row in (0, 1) if share + (room if side == "start" else 0.0) <= wide[row]), None)
        first, least = (share, share) if side == "start" else (share - room, share - small)
        if row is None or first < 0:
            yield VersionMark(number(100 * share), "", side, 0, minor=True)
            continue
        wide[row] = first
        minor = share > narrow or least < 0
        narrow = narrow if minor else least
        yield VersionMark(number(100 * share), label, side, row, minor)
