"""Axes: what is drawn, where, and which labels have room."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.report.charts.axis import Span, columns, durations, lasting, moment, number, span_of, times
from shadow.verdict.model import Bucket

NOW = dt.datetime(2026, 11, 23, 10, 2, tzinfo=dt.UTC).timestamp()
HOUR, DAY = 3600, 86_400


def at(hours: float, width: int = 300, compared: int = 4, differing: int = 0) -> Bucket:
    return Bucket(int(NOW - hours * HOUR) // width * width, width, compared, differing, 0)


def test_a_few_minutes_do_not_fill_the_axis():
    span = span_of([(at(0),)], NOW, 40)
    assert span is not None
    assert (span.columns, span.width) == (12, 300)
    assert span.end - 300 <= NOW < span.end


def test_where_nothing_was_compared_there_is_no_axis():
    assert span_of([(), ()], NOW, 40) is None
    assert span_of([(at(100),)], NOW, 40, since=NOW - HOUR) is None


@given(st.lists(st.floats(0, 9000), min_size=1, max_size=5), st.sampled_from([300, 3600, 86_400]))
def test_an_axis_holds_all_buckets_and_the_moment_of_the_report(hours, width):
    timeline = tuple(at(one, width) for one in hours)
    span = span_of([timeline], NOW, 40)
    assert span is not None
    assert 12 <= span.columns <= 40
    assert span.start <= min(one.start for one in timeline)
    assert span.end >= max(NOW, *(one.start + one.width for one in timeline))
    found = list(columns(timeline, span))
    assert sum(compared for _, compared, _ in found) == pytest.approx(4 * len(timeline))


def test_an_axis_moves_only_when_a_column_has_passed():
    """Or else every route of a live page would change every few seconds, for nothing."""
    timeline = (at(30, 3600), at(2))
    spans = {span_of([timeline], NOW + seconds, 40) for seconds in range(0, 600, 10)}
    assert len(spans) == 1


def test_what_a_wide_bucket_holds_is_spread_over_its_columns():
    span = Span(0, 4 * HOUR, HOUR)
    found = list(columns((Bucket(0, 2 * HOUR, 10, 4, 0), Bucket(0, HOUR, 1, 0, 0)), span))
    assert found == [(0, 6.0, 2.0), (1, 5.0, 2.0)]


def test_what_lies_before_the_axis_is_left_out():
    assert list(columns((Bucket(0, 2 * HOUR, 10, 4, 0),), Span(HOUR, 3 * HOUR, HOUR))) == [(0, 5.0, 2.0)]


def test_ticks_are_round_and_say_the_day_where_it_is_another():
    span = Span(int(NOW) // DAY * DAY - 6 * HOUR, int(NOW) // DAY * DAY + 12 * HOUR, 1800)
    # There is no room for 21:00 beside the first.
    assert [tick.label for tick in times(span)] == ["22 Nov 18:00", "23 Nov", "03:00", "06:00", "09:00", "12:00"]
    month = Span(int(NOW) // DAY * DAY - 28 * DAY, int(NOW) // DAY * DAY, DAY)
    assert {tick.label.split()[1] for tick in times(month)} == {"Oct", "Nov"}


@given(st.integers(0, 3_000_000), st.integers(1, 60), st.sampled_from([300, 3600, 7200, 86_400, 3 * 86_400]))
def test_labels_stay_inside_and_off_each_other(start, number_of, width):
    ticks = times(Span(start * 300 // width * width, start * 300 // width * width + number_of * width, width))
    reach = -1.0
    for tick in ticks:
        long, share = len(tick.label) * 0.0105, float(tick.at) / 100
        first = {"start": share, "middle": share - long / 2, "end": share - long}[tick.side]
        assert first >= reach
        reach = first + long
    assert not ticks or not ticks[0].minor


def test_durations_have_few_ticks_however_wide_the_axis():
    assert [tick.label for tick in durations(0.7, 1300)] == ["1 ms", "10 ms", "100 ms", "1 s"]
    assert [tick.label for tick in durations(15, 62)] == ["20 ms", "50 ms"]
    assert [tick.label for tick in durations(0.09, 0.6)] == ["0.1 ms", "0.2 ms", "0.5 ms"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (60, "minute"), (300, "5 minutes"), (HOUR, "60 minutes"), (2 * HOUR, "2 hours"), (DAY, "24 hours"),
        (3 * DAY, "3 days"), (400 * DAY, "400 days"),
    ],
)  # fmt: skip
def test_durations_in_words(seconds, words):
    assert lasting(seconds) == words


def test_moments_in_words():
    assert moment(NOW) == "23 Nov 10:02"
    assert moment(NOW // DAY * DAY) == "23 Nov"
    assert moment(NOW, 2026) == "23 Nov 10:02"
    assert moment(NOW, 2027) == "23 Nov 2026 10:02"


def test_numbers_are_short():
    assert [number(value) for value in (1.0, 33.3333, 0.5, 0.001, 100)] == ["1", "33.33", "0.5", "0", "100"]
