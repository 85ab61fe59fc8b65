"""One request of a replay: sent when it may be, judged, and counted once."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import msgspec

from shadow.evidence.observation import Observation
from shadow.exchange import Exchange
from shadow.mirror.policy import SAFE_METHODS, effective_method
from shadow.pipeline.examine import Examiner, Place
from shadow.pipeline.faults import place_of
from shadow.pipeline.witness import Examined
from shadow.replay.backends import Backends
from shadow.replay.ledger import Done, Open
from shadow.replay.selection import Chosen
from shadow.replay.storing import Storing
from shadow.replay.tally import Tally

__all__ = ["Sender"]

AGAIN = 2
"""Times that a request is sent again that got no answer while a side was gone; then that is the request's own fault."""
_HELD = {"paused", "breaker"}


class Sender:
    """``before`` is what an earlier try has done; once ``stopping`` says so, nothing is sent any more; ``queue`` has a
    request sent again, later.
    """

    def __init__(
        self,
        examiner: Examiner,
        backends: Backends,
        storing: Storing,
        tally: Tally,
        before: Done,
        *,
        stopping: Callable[[], bool],
        queue: Callable[[Chosen, Place, int], None],
        say: Callable[[str], None],
    ) -> None:
        self._examiner = examiner
        self._backends = backends
        self._storing = storing
        self._tally = tally
        self._before = before
        self._open = Open(before.below)
        self._stopping = stopping
        self._queue = queue
        self._say = say

    def begin(self, chosen: Chosen) -> Place:
        """Take a request, in the order of the recording; returns which others it waits for."""
        self._open.begin(chosen.number)
        known_by = msgspec.structs.replace(chosen.exchange, request=chosen.recorded)
        return self._examiner.place(known_by, chosen.client, chosen.address)

    async def send(self, chosen: Chosen, place: Place, tried: int) -> None:
        """Send it as soon as it may be, and count what that proves; nothing where the replay ends before.

        ``tried``: how often it got no answer while a side was gone, and that side was there again. Raises BackendError.
        """
        if chosen.secret and self._examiner.may_mirror(chosen.exchange):
            self._count(chosen, self._examiner.skip(_now(chosen), "redacted").observation)
            return
        if self._before.lost(chosen.number):
            observation = self._examiner.skip(_now(chosen), "").observation
            self._count(chosen, msgspec.structs.replace(observation, outcome="lost"))
            return
        safe = not _writes(chosen.exchange)
        while await self._backends.ready(self._stopping, safe=safe):
            began = time.monotonic()
            examined = await self._examined(chosen, place)
            observation = examined.observation
            if observation.skip in _HELD:
                continue
            if examined.silent is None:
                self._count(chosen, observation)
                if _proves_answers(observation):
                    known = partial(self._is_answered, chosen, place) if safe and not examined.differs else None
                    self._backends.answered(began, known)
            elif tried == AGAIN:
                self._count(chosen, observation)
            else:
                send_again = partial(self._queue, chosen, place, tried + 1) if safe else None
                self._backends.failed(partial(self._count, chosen, observation), send_again)
            return

    async def _is_answered(self, chosen: Chosen, place: Place) -> bool:
        return _proves_answers((await self._examined(chosen, place)).observation)

    async def _examined(self, chosen: Chosen, place: Place) -> Examined:
        exchange = _now(chosen)
        writes = _writes(exchange)
        if writes and self._examiner.may_mirror(exchange):
            await self._storing.note_sent(chosen.number)
        try:
            return await self._examiner.examine(exchange, place.session)
        except Exception as error:  # noqa: BLE001 - one request must not end the replay
            self._say(f"a fault of shadow's own while comparing: {place_of(error)}")
            observation = msgspec.structs.replace(self._examiner.skip(exchange, "").observation, outcome="failed")
            return Examined(observation, "", differs=False)
        finally:
            if writes:
                ended = time.time() - exchange.started
                self._examiner.note_write(msgspec.structs.replace(exchange, duration=ended), place.session)

    def _count(self, chosen: Chosen, observation: Observation) -> None:
        self._tally.add(observation)
        self._storing.add(chosen.number, self._open.end(chosen.number), observation)


def _writes(exchange: Exchange) -> bool:
    return effective_method(exchange.request) not in SAFE_METHODS


def _proves_answers(observation: Observation) -> bool:
    """Whether both sides have answered."""
    return observation.outcome in {"compared", "raced", "unproductive"}


def _now(chosen: Chosen) -> Exchange:
    return msgspec.structs.replace(chosen.exchange, started=time.time())
