"""Asking the sides: who is asked, how often, in which order, and whether the answer may have been a cold start."""

from __future__ import annotations

import time
from typing import NamedTuple

from shadow.config import Settings
from shadow.exchange import Exchange, Response, Side
from shadow.mirror.client import SideClient
from shadow.mirror.translation import is_conditional, translate
from shadow.pipeline.lag import LagWatch
from shadow.pipeline.route_state import RouteState
from shadow.routes import RouteTable
from shadow.routes.sides import Sides

__all__ = ["Answers", "Asker", "NoAnswerError", "paired"]

IDLE = 300.0
"""Seconds without a request after which a Lambda may have gone cold."""
RETRIES = 1
MEASURABLE = 2.0
"""Milliseconds by which every event loop may be late."""


class Answers(NamedTuple):
    """Both sides' answers to one request, as the worker (or, for the first, the proxy) got them."""

    legacy: Exchange
    candidate: Exchange
    timed: bool
    """The worker itself sent both and was not too busy to time them, so their durations can be compared."""
    cold: bool

    @property
    def responses(self) -> tuple[Response, Response]:
        """Legacy's and the candidate's; answers are complete, else there are none."""
        legacy, candidate = self.legacy.response, self.candidate.response
        assert isinstance(legacy, Response)
        assert isinstance(candidate, Response)
        return legacy, candidate


class NoAnswerError(Exception):
    """A side gave no answer, so there is no pair; ``exchange`` has the failure."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        super().__init__()


class Asker:
    """Sends a client's request to the sides. Owns no connection: ``clients`` are used, not closed."""

    def __init__(self, settings: Settings, table: RouteTable, sides: Sides, clients: dict[Side, SideClient]) -> None:
        self._settings = settings
        self._table = table
        self._sides = sides
        self._clients = clients

    async def first(self, exchange: Exchange, route: RouteState, relative: str, *, safe: bool) -> list[Answers]:
        """First the pair to compare, then (for a baseline request) the pair that the worker itself asked for.

        Raises NoAnswerError, and what sending raises: BodyTooLargeError, UnsendableError.
        """
        if safe and self._settings.mirror.warmup and not route.warmed:
            route.warmed = True
            await self._ask(exchange, exchange.side.other, route, relative)
        if safe and is_conditional(exchange.request):
            # The client's answer depends on what its cache holds; compare what both sides say without that.
            return [await self.both(exchange, route, relative)]
        if safe and route.take_baseline(self._settings.mirror.baseline):
            own = await self.both(exchange, route, relative)
            other = own.legacy if exchange.side is Side.CANDIDATE else own.candidate
            return [paired(exchange, other, cold=own.cold), own]
        other, cold = await self._ask_patiently(exchange, exchange.side.other, route, relative, retry=safe)
        return [paired(exchange, other, cold=cold)]

    async def both(self, exchange: Exchange, route: RouteState, relative: str) -> Answers:
        """Both sides, one after the other; who goes first alternates, so that neither always finds warm caches."""
        route.rounds += 1
        order = (Side.LEGACY, Side.CANDIDATE) if route.rounds % 2 else (Side.CANDIDATE, Side.LEGACY)
        answers: dict[Side, Exchange] = {}
        cold = False
        async with LagWatch() as lag:
            for side in order:
                answers[side], was_cold = await self._ask_patiently(exchange, side, route, relative, retry=True)
                cold = cold or was_cold
        # The slack that the verdict allows must cover what the worker adds by being busy itself.
        timed = lag.worst * 1000 <= max(MEASURABLE, route.settings.verdict.latency_slack_ms)
        return Answers(answers[Side.LEGACY], answers[Side.CANDIDATE], timed=timed, cold=cold)

    async def _ask_patiently(
        self, exchange: Exchange, side: Side, route: RouteState, relative: str, *, retry: bool
    ) -> tuple[Exchange, bool]:
        """A side's answer, and whether it may have been cold: first after idle, or only the retry brought it.

        Raises NoAnswerError where none came.
        """
        idle = side is Side.CANDIDATE and time.monotonic() - route.last_candidate > IDLE
        answer = await self._ask(exchange, side, route, relative)
        late = False
        for _ in range(RETRIES if retry else 0):
            if isinstance(answer.response, Response):
                break
            late = answer.response.kind == "timeout"
            answer = await self._ask(exchange, side, route, relative)
        if not isinstance(answer.response, Response):
            raise NoAnswerError(answer)
        return answer, idle or (late and side is Side.CANDIDATE)

    async def _ask(self, exchange: Exchange, side: Side, route: RouteState, relative: str) -> Exchange:
        if side is Side.CANDIDATE:
            route.last_candidate = time.monotonic()
        outgoing = translate(
            exchange.request,
            asked=exchange.side,
            to=side,
            path=self._table.translate(route.name, exchange.side, side, relative),
            settings=self._settings,
            route=route.settings,
            sides=self._sides,
        )
        return await self._clients[side].send(outgoing)


def paired(exchange: Exchange, other: Exchange, *, cold: bool = False) -> Answers:
    """The client's own exchange beside the other side's."""
    legacy, candidate = (exchange, other) if exchange.side is Side.LEGACY else (other, exchange)
    return Answers(legacy, candidate, timed=False, cold=cold)
