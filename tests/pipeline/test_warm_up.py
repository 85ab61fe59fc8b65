"""Cold functions: what is left out of latency, and the request that warms them up."""

from __future__ import annotations

import pytest


def kinds(observed):
    return [[cold.kind for cold in one.cold] for one in observed]


def test_the_first_request_of_a_route_may_meet_a_cold_function_and_is_not_timed(sides):
    sides.legacy_says(1)
    sides.candidate_says(1)
    observed = sides.examine(1, 1, 1, mirror="baseline = 1.0")
    assert kinds(observed) == [["idle"], [], []]
    assert observed[0].latency == ()


def test_a_request_that_is_answered_when_asked_again_is_compared_and_told_as_a_cold_start(sides, steps):
    sides.candidate_says(1)
    sides.candidate.answer(sides.wire(1), steps.Hang(), sides.wire(1))
    first, late = sides.examine(1, 1, candidate="timeout = 0.5")
    assert kinds([first, late]) == [["idle"], ["timeout"]]
    assert (late.outcome, late.signature, late.latency) == ("compared", (), ())
    assert late.cold[0].milliseconds >= 500


def test_a_function_that_says_that_it_was_started_is_believed(sides):
    warm = sides.wire(1)
    started = warm.replace(b"\r\n", b"\r\nServer-Timing: init;dur=210\r\n", 1)
    sides.legacy_says(1)
    sides.candidate.answer(warm, started, warm)
    observed = sides.examine(1, 1, 1, mirror="baseline = 1.0")
    assert kinds(observed) == [["idle"], ["init"], []]
    assert observed[1].latency == ()


@pytest.mark.parametrize("together", [False, True])
def test_a_warm_up_request_is_sent_once_and_everybody_waits_for_it(sides, together):
    """It is judged by nobody: what it says is thrown away."""
    sides.candidate_says(666, 1)
    observed = sides.examine(1, 1, 1, 1, mirror="baseline = 0\nwarmup = true", together=together)
    assert kinds(observed) == [[], [], [], []]
    assert {(one.outcome, one.signature) for one in observed} == {("compared", ())}
    assert sides.asked == (0, 5)


def test_a_warm_up_that_times_out_harms_nobody(sides, steps):
    sides.candidate.answer(steps.Hang(), sides.wire(1))
    observed = sides.examine(1, 1, mirror="baseline = 0\nwarmup = true", candidate="timeout = 0.5")
    assert kinds(observed) == [[], []]
    assert {(one.outcome, one.candidate_error) for one in observed} == {("compared", "")}
