"""The circuit breakers of both sides, and what is said about them."""

from __future__ import annotations

import time
from collections.abc import Callable

from shadow.exchange import Side
from shadow.mirror.breaker import FAILURES, LONGEST_PAUSE, Breaker, State

__all__ = ["Breakers"]


class Breakers:
    """One breaker per side. ``say`` gets a line when one opens and when it closes; ``redact`` takes secrets out of a
    failure's message, which may quote anything."""

    def __init__(
        self,
        say: Callable[[str], None],
        redact: Callable[[str], str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._say = say
        self._redact = redact
        self._clock = clock
        self._sides = {side: Breaker(clock=clock, on_change=self._changed) for side in Side}

    def of(self, side: Side) -> Breaker:
        return self._sides[side]

    def reason(self, side: Side) -> str:
        """Why the side's last request got no answer."""
        return self._reason(self._sides[side])

    def status(self) -> str:
        """What is not sent now, for `shadow status`; "" where nothing is held back."""
        return "; ".join(
            f"nothing is sent to {side} for {self._seconds_since(breaker.opened_at):.0f} s: {breaker.failures:,} "
            f"requests in a row got no answer (last: {self._reason(breaker)})"
            for side, breaker in self._sides.items()
            if breaker.state is not State.CLOSED
        )

    def _changed(self, breaker: Breaker) -> None:
        side = next(side for side, one in self._sides.items() if one is breaker)
        if breaker.state is State.OPEN:
            self._say(
                f"{side} gave no answer to {FAILURES} requests in a row (last: {self._reason(breaker)}); "
                f"nothing more is sent to it, and exchanges are counted as skipped (breaker); the next safe request "
                f"after {breaker.pause:.0f} s tries again, later ones at most {LONGEST_PAUSE:.0f} s apart"
            )
        else:
            self._say(
                f"{side} answers again, after {self._seconds_since(breaker.opened_at):.0f} s and {breaker.failures:,} "
                "requests without an answer; mirroring to it goes on"
            )

    def _reason(self, breaker: Breaker) -> str:
        return " ".join(self._redact(breaker.last_failure).split())[:200]

    def _seconds_since(self, moment: float) -> float:
        return self._clock() - moment
