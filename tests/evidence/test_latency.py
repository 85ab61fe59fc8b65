"""Quantiles from plain counts are those of the ddsketch library's own sketch."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from ddsketch import DDSketch
from hypothesis import given
from hypothesis import strategies as st

from shadow.evidence.latency import Latency, bucket, histogram, milliseconds_of, quantile
from shadow.exchange import Side

milliseconds = st.floats(0.001, 1e7)


@given(st.lists(milliseconds, min_size=1, max_size=80), st.floats(0, 1))
def test_quantiles_are_those_of_the_librarys_sketch(values, q):
    sketch = DDSketch(relative_accuracy=0.01)
    for value in values:
        sketch.add(value)
    assert quantile(Counter(map(bucket, values)), q) == sketch.get_quantile_value(q)


@given(st.lists(milliseconds, min_size=1, max_size=80), st.floats(0, 1))
def test_quantiles_are_within_one_percent(values, q):
    exact = sorted(values)[int(q * (len(values) - 1))]
    assert quantile(Counter(map(bucket, values)), q) == pytest.approx(exact, rel=0.0101)


@given(st.lists(milliseconds, max_size=30), st.lists(milliseconds, max_size=30))
def test_buckets_add_up(some, others):
    """What two processes have counted is, added up, what one would have counted."""
    together = Counter(map(bucket, some)) + Counter(map(bucket, others))
    assert together == Counter(map(bucket, some + others))


@pytest.mark.parametrize("duration", [0.0, -1.0, 1e-9, 0.001])
def test_durations_under_a_microsecond_count_as_one(duration):
    assert bucket(duration) == bucket(0.001)


def test_nothing_counted_has_no_quantile():
    assert quantile({}, 0.5) is None


pairs = st.tuples(st.floats(0.01, 1e4), st.floats(0.01, 1e4))


def counted(samples):
    return Latency(dict(Counter((bucket(legacy), bucket(candidate)) for legacy, candidate in samples)))


@given(st.lists(pairs, max_size=40), st.floats(1, 3), st.floats(0, 100))
def test_how_many_were_slow_can_be_asked_of_any_limits(samples, ratio, slack):
    """Exactly, but for those that are within the buckets' 1% of the limit."""

    def slower(legacy, candidate, *, by=1.0):
        return candidate > (ratio * legacy + slack) * by

    at_least, at_most = (sum(slower(*sample, by=by) for sample in samples) for by in (1.0203, 0.9801))
    assert at_least <= counted(samples).slow(ratio, slack) <= at_most


@given(st.lists(pairs, max_size=40))
def test_each_side_has_its_own_quantiles(samples):
    latency = counted(samples)
    assert latency.timed == len(samples)
    assert latency.of(Side.LEGACY) == Counter(bucket(legacy) for legacy, _ in samples)
    assert latency.of(Side.CANDIDATE) == Counter(bucket(candidate) for _, candidate in samples)


@given(milliseconds)
def test_a_bucket_stands_for_durations_within_one_percent(duration):
    assert milliseconds_of(bucket(duration)) == pytest.approx(duration, rel=0.0101)


@given(st.lists(pairs, max_size=40), st.lists(milliseconds, max_size=9), st.integers(1, 60))
def test_a_histogram_holds_each_duration_in_its_column_and_has_no_gap(samples, cold, most):
    columns = histogram(Latency(counted(samples).pairs, dict(Counter(map(bucket, cold)))), most)
    assert len(columns) <= most
    assert all(left.most_ms == right.least_ms for left, right in pairwise(columns))
    assert all(column.most_ms > 1.1 * column.least_ms for column in columns)
    for kind, durations in (
        ("legacy", [legacy for legacy, _ in samples]),
        ("candidate", [candidate for _, candidate in samples]),
        ("cold", cold),
    ):
        for column in columns:
            inside = sum(column.least_ms < max(one, 0.001) <= column.most_ms for one in durations)
            # A duration on the very edge may be rounded to either side of it.
            edgy = sum(any(edge == pytest.approx(one, rel=1e-9) for edge in column[:2]) for one in durations)
            assert abs(getattr(column, kind) - inside) <= edgy
        assert sum(getattr(column, kind) for column in columns) == len(durations)
