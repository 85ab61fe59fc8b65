"""Both sides' durations as one picture, and the limit in words."""

from __future__ import annotations

import re

from msgspec.structs import replace

from shadow.report.charts.latency import latency_chart, limit_sentence
from shadow.verdict.model import LatencyColumn, LatencySummary, Quantiles

NONE = Quantiles(None, None, None)


LEGACY, CANDIDATE = Quantiles(18.0, 44.0, 200.0), Quantiles(20.0, 90.0, 300.0)


def summary(*columns, legacy=LEGACY, candidate=CANDIDATE, **other):
    values = {"cold": 0, "timed": 40, "slow": 0.01, "ratio": 1.25, "slack_ms": 10.0, "most_slow": 0.05}
    return LatencySummary(legacy_ms=legacy, candidate_ms=candidate, columns=columns, **{**values, **other})


COLUMNS = (LatencyColumn(10, 20, 30, 10, 0), LatencyColumn(20, 40, 10, 0, 0), LatencyColumn(40, 400, 0, 30, 2))


def test_where_nothing_was_timed_there_is_no_chart():
    assert latency_chart(summary(legacy=NONE, candidate=NONE, timed=0)) is None
    assert (
        latency_chart(summary(LatencyColumn(500, 600, 0, 0, 1), legacy=NONE, candidate=NONE, timed=0, cold=1)) is None
    )


def test_both_sides_are_drawn_to_one_measure_and_cold_starts_to_their_own():
    chart = latency_chart(summary(*COLUMNS, cold=2))
    assert re.findall(r" 44v-(\d+)h", chart.legacy) == ["44", "15"]
    assert re.findall(r" 0v(\d+)h", chart.candidate) == ["15", "44"]
    assert re.findall(r" 14v-(\d+)h", chart.cold) == ["14"]
    for left, width in re.findall(r"M(\d+) \S+?h(\d+)", chart.legacy + chart.candidate):
        assert 0 <= int(left) < int(left) + int(width) <= 1000


def test_a_route_with_all_its_columns_takes_few_bytes():
    columns = [LatencyColumn(1.1**n, 1.1 ** (n + 1), 1 + n % 7, 1 + n % 5, n % 3) for n in range(60)]
    chart = latency_chart(summary(*columns, cold=60))
    assert len(chart.legacy + chart.candidate + chart.cold) < 4_000


def test_marks_that_are_too_near_share_a_label():
    chart = latency_chart(summary(*COLUMNS, candidate=Quantiles(20.0, 20.5, 21.0)))
    assert [mark.label for mark in chart.legacy_marks] == ["p50", "p95", "p99"]
    assert [mark.label for mark in chart.candidate_marks] == ["", "", "p50, p95, p99"]


def test_one_duration_does_not_look_like_a_wide_spread():
    chart = latency_chart(summary(LatencyColumn(10, 11, 40, 40, 0)))
    ((_, width),) = re.findall(r"M(\d+) \S+?h(\d+)", chart.legacy)
    assert int(width) < 60
    assert len(chart.ticks) >= 2


def test_the_words_say_what_is_drawn():
    chart = latency_chart(summary(*COLUMNS, cold=1))
    assert chart.words == (
        "40 requests timed on both sides; legacy p50 18 ms, p95 44 ms, p99 200 ms; "
        "candidate p50 20 ms, p95 90 ms, p99 300 ms; 1 cold start apart"
    )


def test_the_limit_is_said_with_what_it_means_here():
    assert limit_sentence(summary()) == (
        "Allowed is 1.25 × legacy + 10 ms, so 32 ms where legacy takes 18 ms, for all but 5% of requests."
    )
    assert limit_sentence(summary(legacy=NONE)) == "Allowed is 1.25 × legacy + 10 ms, for all but 5% of requests."
    assert limit_sentence(replace(summary(), ratio=None)) == ""
