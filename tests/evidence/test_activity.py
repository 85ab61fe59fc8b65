"""The buckets of time are parts of each other, and of one day."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from shadow.evidence.activity import COARSENING, FINEST, start_in_day
from shadow.evidence.days import day_of, start_of


@given(st.floats(0, 4e9))
def test_a_moment_lies_in_its_bucket(at):
    start = start_of(day_of(at)) + start_in_day(at)
    assert start <= at < start + FINEST
    assert start % FINEST == 0


def test_each_width_is_a_part_of_the_next_and_waits_longer():
    assert COARSENING[0].width == FINEST
    assert COARSENING[-1].into == 86_400
    assert all(step.into % step.width == 0 for step in COARSENING)
    assert all(
        step.into == following.width and step.after < following.after for step, following in pairwise(COARSENING)
    )
