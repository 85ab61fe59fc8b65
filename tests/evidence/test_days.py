"""Days are those of UTC, and evidence is never left out too early."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.evidence.days import day_of, first_day, start_of


@pytest.mark.parametrize(
    ("moment", "day"),
    [("1970-01-01T00:00:00Z", 0), ("1970-01-01T23:59:59.999Z", 0), ("2027-03-01T00:00:00Z", 20_878)],
)
def test_days_begin_at_midnight_in_utc(moment, day):
    assert day_of(dt.datetime.fromisoformat(moment).timestamp()) == day


@given(st.floats(0, 4e9), st.floats(0, 1e8))
def test_what_is_young_enough_is_never_left_out_and_what_is_a_day_too_old_always_is(at, max_age):
    now = at + max_age
    assert day_of(at) >= first_day(now, max_age + 1e-3)
    assert day_of(at - 86_400) < first_day(now, max_age - 1e-3)


@given(st.integers(-10, 100_000))
def test_a_day_starts_where_it_starts(day):
    assert day_of(start_of(day)) == day
    assert day_of(start_of(day) - 0.001) == day - 1
