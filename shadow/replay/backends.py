"""Whether the sides can be asked now, and what to do with requests that got no answer until that is known."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from shadow.errors import BackendError
from shadow.exchange import Side
from shadow.mirror.breaker import Breaker, State
from shadow.pipeline.breakers import Breakers
from shadow.replay.tally import Tally

__all__ = ["Backends"]

PATIENCE = 20.0
"""Seconds for which a side that has answered may give no answers, until the replay ends."""
LOOK = 0.05


class _Kept(NamedTuple):
    at: float
    count_it: Callable[[], None]
    send_again: Callable[[], None] | None


class Backends:
    """Holds requests back while mirroring is paused, or a side gives no answers.

    A side that is gone is no evidence against anybody: what failed since it was there is kept here until both sides
    have answered again. Then it is counted, or sent again where the side was really gone. Where they never answer
    again, it is as if it had not been sent, so that the replay can go on there.

    Whether a side is there again is asked with a request that was answered before: others may be of a route that never
    answers, which is evidence against that route.
    """

    def __init__(self, breakers: Breakers, paused: Callable[[], bool], sides: tuple[Side, ...], tally: Tally) -> None:
        self._breakers = breakers
        self._paused = paused
        self._sides = sides
        self._answered = False
        self._gone = False
        self._kept: list[_Kept] = []
        self._tally = tally
        self._known: Callable[[], Awaitable[bool]] | None = None
        self._looking = False

    async def ready(self, stopping: Callable[[], bool], *, safe: bool) -> bool:
        """Wait until a request may be sent; False where the replay ends before. Raises BackendError."""
        while not stopping():
            if self._paused():
                self._tally.waiting_for = "paused; `shadow resume` lets it go on"
            elif self._known is not None and self._may_be_there_again():
                await self._look(self._known)
            elif down := next((side for side in self._sides if not self._breaker(side).allows(safe=safe)), None):
                self._wait_for(down)
            else:
                self._tally.waiting_for = ""
                return True
            await asyncio.sleep(LOOK)
        return False

    def failed(self, count_it: Callable[[], None], send_again: Callable[[], None] | None) -> None:
        """A request got no answer of a side; ``send_again`` is None where that must not be."""
        self._kept.append(_Kept(time.monotonic(), count_it, send_again))
        self._gone = self._gone or not all(self._breaker(side).state is State.CLOSED for side in self._sides)

    def answered(self, began: float, known: Callable[[], Awaitable[bool]] | None = None) -> None:
        """Both sides have answered a request that was begun at that moment of the monotonic clock; ``known`` sends it
        again, for nothing but whether both answer, where that may be.

        What failed later may have failed because a side has gone since.
        """
        self._answered = True
        self._known = known or self._known
        if self._kept and self._kept[-1].at < began:
            self.settle()

    def settle(self) -> bool:
        """Count what failed, or send it again; False where there was nothing."""
        kept, self._kept = self._kept, []
        gone, self._gone = self._gone, False
        for each in kept:
            if gone and each.send_again is not None:
                each.send_again()
            else:
                each.count_it()
        return bool(kept)

    def _may_be_there_again(self) -> bool:
        breakers = [self._breaker(side) for side in self._sides]
        shut = any(breaker.state is not State.CLOSED for breaker in breakers)
        return shut and not self._looking and all(breaker.allows(safe=True) for breaker in breakers)

    async def _look(self, known: Callable[[], Awaitable[bool]]) -> None:
        self._looking, began = True, time.monotonic()
        try:
            if await known():
                self.answered(began)
        finally:
            self._looking = False

    def _breaker(self, side: Side) -> Breaker:
        return self._breakers.of(side)

    def _wait_for(self, side: Side) -> None:
        self._gone = True
        breaker = self._breaker(side)
        gone_for = time.monotonic() - breaker.opened_at
        # Where nobody listens nothing else need be tried. The first requests may be of a route that never answers.
        at_once = not self._answered and breaker.last_failure.startswith("ConnectError")
        if breaker.state is not State.CLOSED and (at_once or gone_for > PATIENCE):
            since = f"for {gone_for:.0f} s" if self._answered else "at all"
            raise BackendError(f"{side} gives no answers {since} ({self._breakers.reason(side)}), so the replay ends")
        self._tally.waiting_for = f"{side} gives no answers; waiting for it"
