"""A side that gives no answers is left alone, and asked again with care."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, precondition, rule

from shadow.mirror.breaker import FAILURES, FIRST_PAUSE, LONGEST_PAUSE, Breaker, State, Turn


class Clock:
    """Seconds, as a test sets them."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def fail(breaker: Breaker, times: int = 1) -> None:
    for _ in range(times):
        turn = breaker.enter(safe=True)
        assert turn is not None
        breaker.leave(turn, "refused")


def opened(clock: Clock) -> Breaker:
    breaker = Breaker(clock=clock)
    fail(breaker, FAILURES)
    return breaker


def test_it_opens_at_so_many_failures_in_a_row_and_not_before():
    breaker = Breaker(clock=Clock())
    fail(breaker, FAILURES - 1)
    assert breaker.state is State.CLOSED
    fail(breaker)
    assert breaker.state is State.OPEN
    assert (breaker.failures, breaker.last_failure) == (FAILURES, "refused")


def test_any_answer_starts_the_count_afresh():
    breaker = Breaker(clock=Clock())
    fail(breaker, FAILURES - 1)
    breaker.leave(breaker.enter(safe=True))
    fail(breaker, FAILURES - 1)
    assert breaker.state is State.CLOSED


def test_after_the_pause_one_safe_request_goes_out_and_its_answer_closes():
    clock = Clock()
    breaker = opened(clock)
    clock.now += FIRST_PAUSE - 0.001
    assert breaker.enter(safe=True) is None
    clock.now += 0.001
    assert breaker.enter(safe=False) is None, "a write is no probe while a safe request may come"
    probe = breaker.enter(safe=True)
    assert probe is not None
    assert breaker.enter(safe=True) is None, "one probe is enough"
    breaker.leave(probe)
    assert breaker.state is State.CLOSED
    assert breaker.failures == 0
    assert breaker.enter(safe=False) is not None


def test_where_only_writes_come_one_of_them_is_the_probe_after_twice_the_pause():
    """Else it would never close."""
    clock = Clock()
    breaker = opened(clock)
    for pause in (FIRST_PAUSE, 2 * FIRST_PAUSE):
        clock.now += 2 * pause - 0.001
        assert breaker.enter(safe=False) is None
        clock.now += 0.001
        probe = breaker.enter(safe=False)
        assert probe is not None
        assert breaker.enter(safe=False) is None, "one probe is enough"
        breaker.leave(probe, "refused" if pause == FIRST_PAUSE else "")
    assert breaker.state is State.CLOSED


def test_each_probe_that_fails_doubles_the_pause_up_to_the_longest():
    clock = Clock()
    breaker = opened(clock)
    pauses = []
    for _ in range(8):
        pauses.append(breaker.pause)
        clock.now += breaker.pause
        fail(breaker)
    assert pauses == [min(LONGEST_PAUSE, FIRST_PAUSE * 2**n) for n in range(8)]
    assert breaker.failures == FAILURES + 8
    clock.now += breaker.pause
    breaker.leave(breaker.enter(safe=True))
    fail(breaker, FAILURES)
    assert breaker.pause == FIRST_PAUSE, "what has been well starts afresh"


def test_requests_that_were_under_way_when_it_opened_neither_close_it_nor_lengthen_the_pause():
    clock = Clock()
    breaker = Breaker(clock=clock)
    under_way = [breaker.enter(safe=True) for _ in range(64)]
    for turn in under_way[:60]:
        clock.now += 1
        breaker.leave(turn, "no answer")
    assert breaker.pause == FIRST_PAUSE
    assert breaker.failures == 60
    breaker.leave(under_way[60])
    assert breaker.state is State.OPEN
    probe = breaker.enter(safe=True)
    breaker.leave(under_way[61], "no answer")
    breaker.leave(under_way[62])
    assert breaker.state is State.HALF_OPEN
    breaker.leave(probe)
    breaker.leave(under_way[63], "no answer")
    assert (breaker.state, breaker.failures) == (State.CLOSED, 0)


def test_a_probe_that_was_never_sent_leaves_the_next_request_to_be_it():
    clock = Clock()
    breaker = opened(clock)
    clock.now += FIRST_PAUSE
    breaker.abandon(breaker.enter(safe=True))
    assert breaker.state is State.OPEN
    assert breaker.enter(safe=True) is not None


def test_a_request_that_was_never_sent_decides_nothing():
    breaker = Breaker(clock=Clock())
    fail(breaker, FAILURES - 1)
    breaker.abandon(breaker.enter(safe=True))
    assert (breaker.state, breaker.failures) == (State.CLOSED, FAILURES - 1)


def test_opening_and_closing_are_told_and_failed_probes_are_not():
    clock = Clock()
    told: list[tuple[State, int]] = []
    breaker = Breaker(clock=clock, on_change=lambda one: told.append((one.state, one.failures)))
    fail(breaker, FAILURES)
    clock.now += LONGEST_PAUSE
    fail(breaker)
    clock.now += LONGEST_PAUSE
    breaker.leave(breaker.enter(safe=True))
    assert told == [(State.OPEN, FAILURES), (State.CLOSED, FAILURES + 1)]


@pytest.mark.parametrize("safe", [True, False])
def test_asking_whether_it_allows_takes_nothing(safe):
    clock = Clock()
    breaker = opened(clock)
    clock.now += FIRST_PAUSE
    assert [breaker.allows(safe=safe) for _ in range(3)] == [safe] * 3
    assert breaker.state is State.OPEN


class AnyTraffic(RuleBasedStateMachine):
    """Requests come and go in any order while time passes; the breaker is held against what it promises."""

    turns = Bundle("turns")

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.breaker = Breaker(clock=self.clock, on_change=lambda one: self.told.append(one.state))
        self.told: list[State] = []
        self.probe: Turn | None = None
        self.since = 0
        """Failures in a row, of requests that were sent since it closed last."""
        self.shut_until = 0.0

    def _enter(self, *, safe: bool) -> Turn | None:
        before = self.breaker.state
        turn = self.breaker.enter(safe=safe)
        if before is State.OPEN:
            patience = 0 if safe else self.breaker.pause
            assert (turn is not None) == (self.clock.now >= self.shut_until + patience)
            self.probe = turn
        else:
            assert (turn is not None) == (before is State.CLOSED)
        return turn

    @rule(target=turns, safe=st.booleans())
    def enter(self, safe: bool) -> object:
        turn = self._enter(safe=safe)
        if turn is None:
            return None
        return [turn, turn is self.probe, self.breaker.state is State.CLOSED, len(self.told)]

    @rule(turn=consumes(turns), how=st.sampled_from(["answer", "failure", "nothing"]))
    def leave(self, turn: list[object] | None, how: str) -> None:
        if turn is None:
            return
        leave, is_probe, was_closed, era = turn
        assert isinstance(leave, Turn)
        before, pause = self.breaker.state, self.breaker.pause
        if how == "nothing":
            self.breaker.abandon(leave)
        else:
            self.breaker.leave(leave, "" if how == "answer" else "no answer")
        after = self.breaker.state
        if is_probe:
            assert before is State.HALF_OPEN
            self.probe = None
            assert after is (State.CLOSED if how == "answer" else State.OPEN)
            if how == "failure":
                assert self.breaker.pause == min(2 * pause, LONGEST_PAUSE)
                self.shut_until = self.clock.now + self.breaker.pause
            if how == "answer":
                self.since = 0
        elif was_closed and before is State.CLOSED and era == len(self.told) - (after is not before):
            self.since = self.since + 1 if how == "failure" else 0 if how == "answer" else self.since
            assert (after is State.OPEN) == (self.since == FAILURES)
            if after is State.OPEN:
                assert self.breaker.pause == FIRST_PAUSE
                self.shut_until = self.clock.now + FIRST_PAUSE
                self.since = 0
        else:
            assert (after, self.breaker.pause) == (before, pause), "what was sent in another era decides nothing"

    @rule(seconds=st.sampled_from([0.5, FIRST_PAUSE, LONGEST_PAUSE]))
    def wait(self, seconds: float) -> None:
        self.clock.now += seconds

    @precondition(lambda self: self.breaker.state is State.CLOSED)
    @rule(target=turns)
    def enter_closed(self) -> object:
        return self.enter(safe=True)

    @invariant()
    def there_is_a_probe_exactly_while_half_open(self) -> None:
        assert (self.breaker.state is State.HALF_OPEN) == (self.probe is not None)

    @invariant()
    def openings_and_closings_take_turns(self) -> None:
        assert self.told == [State.OPEN, State.CLOSED] * (len(self.told) // 2) + [State.OPEN] * (len(self.told) % 2)

    @invariant()
    def the_pause_is_bounded(self) -> None:
        assert self.breaker.pause <= LONGEST_PAUSE
        assert (self.breaker.pause == 0) == (self.breaker.state is State.CLOSED)


TestAnyTraffic = AnyTraffic.TestCase
