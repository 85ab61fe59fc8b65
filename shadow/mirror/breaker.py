"""A circuit breaker: stops sending to a side that gives no answers, and finds out with care when it does again.

Only a request without any answer is a failure: the connection failed, or the time ran out. Every HTTP answer is a
success, 502, 503 and 504 of a gateway too: it is evidence (a difference, or unproductive), it is about the one route
that was asked (there is a Lambda for each, behind one gateway), and it shows that the side can be reached. A breaker
that opened at them would hide every other route behind the one that is broken.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

__all__ = ["Breaker", "State", "Turn"]

FAILURES = 5
"""Requests in a row without an answer, after which nothing more is sent."""
FIRST_PAUSE = 5.0
"""Seconds until the first probe; each that fails doubles them."""
LONGEST_PAUSE = 120.0


class State(StrEnum):
    CLOSED = "closed"
    """Requests go through."""
    OPEN = "open"
    """Nothing is sent until the pause is over; then the next safe request is the probe, or the next write, where none
    comes for as long again."""
    HALF_OPEN = "half-open"
    """The probe is under way, and nothing else is sent."""


class Turn(NamedTuple):
    """Leave for one request, to be given back with what became of it."""

    period: int
    """How often the breaker had changed its state before: what is known of an earlier period decides nothing."""


class Breaker:
    """The breaker of one side. Pure but for the clock: it sends nothing, and never waits.

    ``on_change`` is called when it opens (out of the closed state) and when it closes, after the change.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        on_change: Callable[[Breaker], None] = lambda _: None,
    ) -> None:
        self.state = State.CLOSED
        self.failures = 0
        """In a row, those since it opened included."""
        self.last_failure = ""
        """Why the last one failed; may quote what the other side sent."""
        self.pause = 0.0
        """Seconds from the last failure that mattered to the next probe; 0.0 while closed."""
        self.opened_at = 0.0
        self._clock = clock
        self._on_change = on_change
        self._period = 0
        self._paused_at = 0.0

    def allows(self, *, safe: bool) -> bool:
        """Whether `enter` would give leave now."""
        if self.state is State.OPEN:
            # A write that fails is lost for the other side, but so is each that isn't sent; and where there is nothing
            # but writes, the breaker would never close.
            return self._clock() - self._paused_at >= (self.pause if safe else 2 * self.pause)
        return self.state is State.CLOSED

    def enter(self, *, safe: bool) -> Turn | None:
        """Leave to send one request, None where it must not be sent. It may be the probe, rather if it is ``safe``.

        Every leave must be given back, with `leave` or `abandon`.
        """
        if not self.allows(safe=safe):
            return None
        if self.state is State.OPEN:
            self._become(State.HALF_OPEN)
        return Turn(self._period)

    def leave(self, turn: Turn, failure: str = "") -> None:
        """Give leave back: the side has answered, or there was this failure."""
        if failure:
            self._failed(turn, failure)
        elif turn.period == self._period:
            self._succeeded()

    def abandon(self, turn: Turn) -> None:
        """Give leave back where nothing was learnt: the request was not sent, or nobody waits for its answer."""
        if turn.period == self._period and self.state is State.HALF_OPEN:
            self._become(State.OPEN)

    def _failed(self, turn: Turn, failure: str) -> None:
        sent_before = turn.period != self._period
        if sent_before and self.state is State.CLOSED:
            return
        self.failures += 1
        self.last_failure = failure
        if sent_before:
            return  # many were under way when it opened; only the probe decides when it closes
        if self.state is State.HALF_OPEN:
            self.pause = min(2 * self.pause, LONGEST_PAUSE)
            self._paused_at = self._clock()
            self._become(State.OPEN)
        elif self.failures >= FAILURES:
            self.pause = FIRST_PAUSE
            self.opened_at = self._paused_at = self._clock()
            self._become(State.OPEN)
            self._on_change(self)

    def _succeeded(self) -> None:
        if self.state is State.HALF_OPEN:
            self._become(State.CLOSED)
            self.pause = 0.0
            self._on_change(self)
        self.failures = 0

    def _become(self, state: State) -> None:
        self.state = state
        self._period += 1
