"""When requests are due."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.replay.options import Options
from shadow.replay.pace import Pace


def test_without_rate_or_speed_everything_is_due_at_once() -> None:
    pace = Pace(Options(), 100.0)
    assert [pace.due(5000.0, 0, now) for now in (100.0, 100.5)] == [100.0, 100.5]


def test_a_rate_spreads_requests_evenly() -> None:
    pace = Pace(Options(rate=10), 100.0)
    assert [pace.due(None, 0, 100.0) for _ in range(4)] == pytest.approx([100.0, 100.1, 100.2, 100.3])


@given(st.lists(st.floats(0, 5), max_size=50), st.floats(0.5, 1000))
def test_never_are_more_due_in_a_stretch_of_time_than_the_rate_and_a_second_of_catching_up(
    waits: list[float], rate: float
) -> None:
    pace, now, due = Pace(Options(rate=rate), 0.0), 0.0, []
    for wait in waits:
        now += wait
        due.append(pace.due(None, 0, now))
        now = max(now, due[-1])
    for first in range(len(due)):
        for last in range(first, len(due)):
            assert last - first <= (due[last] - due[first] + 1.0) * rate + 1.001


def test_the_recorded_timing_can_be_kept_or_made_faster() -> None:
    pace = Pace(Options(speed=2), 100.0)
    assert [pace.due(at, 0, 100.0) for at in (5000.0, 5001.0, 4999.0, 5010.0)] == [100.0, 100.5, 100.0, 105.0]


def test_each_file_begins_when_the_one_before_it_has() -> None:
    pace = Pace(Options(speed=1), 100.0)
    assert pace.due(5000.0, 0, 100.0) == 100.0
    assert pace.due(9000.0, 1, 103.0) == 103.0
    assert pace.due(9002.0, 1, 103.0) == 105.0


def test_what_has_no_recorded_time_is_due_at_once() -> None:
    pace = Pace(Options(speed=1), 100.0)
    assert pace.due(None, 0, 101.0) == 101.0
