"""How long both sides took, as two histograms on one logarithmic axis: legacy's goes up, the candidate's down."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from shadow.report.charts.axis import Tick, durations, number
from shadow.report.wording import count, milliseconds, percent
from shadow.verdict.model import LatencyColumn, LatencySummary, Quantiles
from shadow.verdict.wording import plural

__all__ = ["LatencyChart", "QuantileMark", "latency_chart", "limit_sentence"]

_WIDE, _GAP = 1000, 2
_HIGH, _COLD = 44, 14
"""Pixels of the highest bar of a side, and of the cold starts."""
_WIDEST = 10.0
"""Times the least duration that the axis reaches at the least, so that two near medians don't look far apart."""
_APART = 0.07
"""Share of the axis between two marks, below which they share a label."""


class QuantileMark(msgspec.Struct, frozen=True):
    at: str
    """Percent."""
    label: str
    """What it marks; "" where a neighbour's label says it."""
    side: str


class LatencyChart(msgspec.Struct, frozen=True):
    legacy: str
    """The bars as one path, in a box 1,000 wide and 44 high (of the cold starts 14); "" where there are none."""
    candidate: str
    cold: str
    legacy_marks: tuple[QuantileMark, ...]
    candidate_marks: tuple[QuantileMark, ...]
    ticks: tuple[Tick, ...]
    words: str


def latency_chart(latency: LatencySummary) -> LatencyChart | None:
    """None where nothing was timed; a cold start alone is better said in words."""
    columns = latency.columns
    if not latency.timed or not columns:
        return None
    axis = _Axis.around(columns)
    most = max(max(one.legacy, one.candidate) for one in columns)
    coldest = max(one.cold for one in columns)
    return LatencyChart(
        legacy=axis.bars([(one, one.legacy) for one in columns], most, _HIGH, up=True),
        candidate=axis.bars([(one, one.candidate) for one in columns], most, _HIGH, up=False),
        cold=axis.bars([(one, one.cold) for one in columns], coldest, _COLD, up=True),
        legacy_marks=axis.marks(latency.legacy_ms),
        candidate_marks=axis.marks(latency.candidate_ms),
        ticks=durations(axis.least, axis.most),
        words=_words(latency),
    )


def limit_sentence(latency: LatencySummary) -> str:
    """What is allowed: ``Allowed is 1.25 × legacy + 10 ms, so 33 ms where legacy takes 18 ms, for all but 5%…``; ""
    where that is not known."""
    if latency.ratio is None or latency.slack_ms is None or latency.most_slow is None:
        return ""
    told = f"Allowed is {latency.ratio:g} × legacy + {milliseconds(latency.slack_ms)}"
    median = latency.legacy_ms.p50
    if median is not None:
        limit = latency.ratio * median + latency.slack_ms
        told += f", so {milliseconds(limit)} where legacy takes {milliseconds(median)}"
    return f"{told}, for all but {percent(latency.most_slow)} of requests."


class _Axis(msgspec.Struct, frozen=True):
    """From ``least`` to ``most`` milliseconds."""

    least: float
    most: float

    @classmethod
    def around(cls, columns: Sequence[LatencyColumn]) -> _Axis:
        least, most = columns[0].least_ms, columns[-1].most_ms
        margin = max(1.05, math.sqrt(max(1.0, _WIDEST * least / most)))
        return cls(least / margin, most * margin)

    def share(self, duration: float) -> float:
        return min(1.0, max(0.0, math.log(duration / self.least) / math.log(self.most / self.least)))

    def bars(self, counted: Sequence[tuple[LatencyColumn, int]], most: int, high: int, *, up: bool) -> str:
        """A bar for each column, with a gap that sets it off from the next."""
        drawn = []
        for column, requests in counted:
            if requests:
                left, right = (round(_WIDE * self.share(edge)) for edge in (column.least_ms, column.most_ms))
                height = round(max(1.0, high * requests / most))
                drawn.append(f"M{left} {high if up else 0}v{-height if up else height}h{max(1, right - left - _GAP)}")
                drawn.append(f"v{height if up else -height}z")
        return "".join(drawn)

    def marks(self, quantiles: Quantiles) -> tuple[QuantileMark, ...]:
        """Those that are too near to each other share the label of the last one."""
        known = [(name, value) for name in ("p50", "p95", "p99") if (value := getattr(quantiles, name)) is not None]
        found: list[tuple[float, list[str]]] = []
        for name, value in known:
            at = self.share(value)
            names = [*found[-1][1], name] if found and at - found[-1][0] < _APART else [name]
            if len(names) > 1:
                found[-1] = (found[-1][0], [])
            found.append((at, names))
        return tuple(
            QuantileMark(number(100 * at), ", ".join(names), "end" if at > 0.85 else "start") for at, names in found
        )


def _words(latency: LatencySummary) -> str:
    """``40 requests timed on both sides; legacy p50 18 ms, p95 …; candidate p50 …; 3 cold starts``."""
    told = [f"{plural(latency.timed, 'request')} timed on both sides"]
    told += [
        f"{side} {', '.join(f'{name} {milliseconds(getattr(found, name))}' for name in ('p50', 'p95', 'p99'))}"
        for side, found in (("legacy", latency.legacy_ms), ("candidate", latency.candidate_ms))
        if found.p50 is not None
    ]
    if latency.cold:
        told.append(f"{count(latency.cold)} cold {'start' if latency.cold == 1 else 'starts'} apart")
    return "; ".join(told)
