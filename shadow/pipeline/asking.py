"""Asking the sides: who is asked, how often, in which order, and whether the answer may have been a cold start."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Literal, NamedTuple

from shadow.config import Settings
from shadow.evidence.observation import ColdStart
from shadow.exchange import Exchange, Request, Response, Side, TransportFailure
from shadow.mirror.client import BodyTooLargeError, SideClient, WithdrawnError
from shadow.mirror.translation import is_conditional, side_settings, translate
from shadow.pipeline.breakers import Breakers
from shadow.pipeline.cold import cold_start
from shadow.pipeline.lag import LagWatch, Lateness
from shadow.pipeline.route_state import RouteState
from shadow.routes import RouteTable
from shadow.routes.sides import Sides
from shadow.session import identity

__all__ = ["NOT_ASKED", "Answers", "Asker", "HeldError", "NoAnswerError", "StarvedError", "paired"]

RETRIES = 1
MEASURABLE = 2.0
"""Milliseconds by which every event loop may be late."""
STARVED = 0.1
"""Share of a side's `timeout` for which the worker may have been kept from its work when that runs out."""


class Answers(NamedTuple):
    """Both sides' answers to one request, as the worker (or, for the first, the proxy) got them."""

    legacy: Exchange
    candidate: Exchange
    timed: bool
    """The worker itself sent both and was not too busy to time them, so their durations can be compared."""
    cold: ColdStart | None
    """Where the candidate may have been cold."""

    @property
    def responses(self) -> tuple[Response, Response]:
        """Legacy's and the candidate's; answers are complete, else there are none."""
        legacy, candidate = self.legacy.response, self.candidate.response
        assert isinstance(legacy, Response)
        assert isinstance(candidate, Response)
        return legacy, candidate


NOT_ASKED = TransportFailure("connection", "it was not asked")
"""What stands for the answer of a recorded request that nobody has sent yet."""


class NoAnswerError(Exception):
    """A side gave no answer, so there is no pair; ``exchange`` has the failure, ``other`` the other side's answer where
    the worker got that."""

    def __init__(self, exchange: Exchange, other: Exchange | None = None) -> None:
        self.exchange = exchange
        self.other = other
        super().__init__()


class HeldError(Exception):
    """Nothing more may be sent now; ``reason`` is a skip reason."""

    def __init__(self, reason: Literal["paused", "breaker"]) -> None:
        self.reason: Literal["paused", "breaker"] = reason
        super().__init__()


class StarvedError(Exception):
    """The time ran out while the worker itself was kept from its work, which says nothing of the side.

    ``answer`` has the failure where the worker was kept from it for the smaller part of the time only: if the side
    answers the next time, that may well have been a cold start. None otherwise.
    """

    def __init__(self, answer: Exchange | None) -> None:
        self.answer = answer
        super().__init__()


class Asker:
    """Sends a client's request to the sides. Owns no connection: ``clients`` are used, not closed.

    Just before anything is sent, ``paused`` and the side's breaker are asked whether it may be, so that this holds for
    confirmations, baseline and retries too.
    """

    stands = True
    """Whether the answer that an exchange comes with is one to compare with."""

    def __init__(
        self,
        settings: Settings,
        table: RouteTable,
        sides: Sides,
        clients: dict[Side, SideClient],
        breakers: Breakers,
        paused: Callable[[], bool],
        lateness: Lateness,
    ) -> None:
        self._settings = settings
        self._table = table
        self._sides = sides
        self._clients = clients
        self._breakers = breakers
        self._paused = paused
        self._lateness = lateness

    def held(self, asked: Side, *, safe: bool) -> Literal["", "paused", "breaker"]:
        """Why a request that the client sent to ``asked`` can't be mirrored now, as a skip reason."""
        if self._paused():
            return "paused"
        return "" if self._breakers.of(asked.other).allows(safe=safe) else "breaker"

    async def first(self, exchange: Exchange, route: RouteState, relative: str, *, safe: bool) -> list[Answers]:
        """First the pair to compare, then (for a baseline request) the pair that the worker itself asked for.

        Raises NoAnswerError, HeldError, StarvedError, and what sending raises: BodyTooLargeError, UnsendableError.
        """
        if exchange.side is Side.CANDIDATE:
            route.last_candidate = time.monotonic()
        if safe and self._settings.mirror.warmup:
            await self._warm_up(exchange, route, relative)
        if safe and is_conditional(exchange.request):
            # The client's answer depends on what its cache holds; compare what both sides say without that.
            return [await self.both(exchange, route, relative)]
        both_answer = self._breakers.of(exchange.side).allows(safe=True)
        if safe and both_answer and route.take_baseline(self._settings.mirror.baseline):
            own = await self.both(exchange, route, relative)
            other = own.legacy if exchange.side is Side.CANDIDATE else own.candidate
            return [paired(exchange, other, cold=own.cold), own]
        other, cold = await self._ask_patiently(exchange, exchange.side.other, route, relative, safe=safe)
        return [paired(exchange, other, cold=cold)]

    async def both(self, exchange: Exchange, route: RouteState, relative: str) -> Answers:
        """Both sides, one after the other; who goes first alternates, so that neither always finds warm caches.

        Only for safe requests. Raises as `first` does.
        """
        if not all(self._breakers.of(side).allows(safe=True) for side in Side):
            raise HeldError("breaker")
        route.rounds += 1
        order = (Side.LEGACY, Side.CANDIDATE) if route.rounds % 2 else (Side.CANDIDATE, Side.LEGACY)
        answers: dict[Side, Exchange] = {}
        cold = None
        async with LagWatch() as lag:
            for side in order:
                try:
                    answers[side], start = await self._ask_patiently(exchange, side, route, relative, safe=True)
                except NoAnswerError as error:
                    raise NoAnswerError(error.exchange, answers.get(side.other)) from error
                cold = cold or start
        # The slack that the verdict allows must cover what the worker adds by being busy itself.
        timed = lag.worst * 1000 <= max(MEASURABLE, route.settings.verdict.latency_slack_ms)
        return Answers(answers[Side.LEGACY], answers[Side.CANDIDATE], timed=timed, cold=cold)

    def asked_as(self, exchange: Exchange, answers: Answers) -> str:  # noqa: ARG002 - of recorded requests, they tell
        """Who has asked, with secrets in it, as `session.identity` says it."""
        return identity(exchange.request.headers)

    async def _ask_patiently(
        self, exchange: Exchange, side: Side, route: RouteState, relative: str, *, safe: bool
    ) -> tuple[Exchange, ColdStart | None]:
        """A side's answer, and whether the candidate may have been cold.

        Raises NoAnswerError where none came, and StarvedError where that may be the worker's fault. Only what is
        ``safe`` is sent again.
        """
        idle = route.idle()
        tries: list[Exchange] = []
        late: list[Exchange] = []
        starved: StarvedError | None = None
        for _ in range(1 + RETRIES if safe else 1):
            try:
                tries.append(await self._ask(exchange, side, route, relative, safe=safe))
            except StarvedError as error:
                starved = error
                late += [error.answer] if error.answer else []
                continue
            except HeldError as held:
                if held.reason == "breaker" and tries:
                    raise NoAnswerError(tries[-1]) from held  # the failure that opened it stands
                raise
            if isinstance(tries[-1].response, Response):
                return tries[-1], cold_start([*late, *tries], idle=idle) if side is Side.CANDIDATE else None
        raise starved or NoAnswerError(tries[-1])

    async def _warm_up(self, exchange: Exchange, route: RouteState, relative: str) -> None:
        """Where the route's function may be cold, ask it something that is not judged; others of the route wait."""
        async with route.warming:
            if route.idle():
                with suppress(BodyTooLargeError, StarvedError):
                    await self._ask(exchange, Side.CANDIDATE, route, relative, safe=True)

    def _outgoing(self, exchange: Exchange, side: Side, route: RouteState, relative: str) -> Request:
        """The request as that side is to get it. Raises AstrayError."""
        return translate(
            exchange.request,
            asked=exchange.side,
            to=side,
            path=self._table.translate(route.name, exchange.side, side, relative),
            settings=self._settings,
            route=route.settings,
            sides=self._sides,
        )

    async def _ask(self, exchange: Exchange, side: Side, route: RouteState, relative: str, *, safe: bool) -> Exchange:
        outgoing = self._outgoing(exchange, side, route, relative)
        if self._paused():
            raise HeldError("paused")
        breaker = self._breakers.of(side)
        if (turn := breaker.enter(safe=safe)) is None:
            raise HeldError("breaker")
        if side is Side.CANDIDATE:
            route.last_candidate = time.monotonic()
        late = self._lateness.seconds
        try:
            answer = await self._clients[side].send(outgoing)
            self._check_patience(answer, self._lateness.seconds - late)
        except BodyTooLargeError:
            breaker.leave(turn)  # it has answered
            raise
        except WithdrawnError as error:
            breaker.abandon(turn)
            raise HeldError("paused") from error
        except BaseException:
            breaker.abandon(turn)
            raise
        breaker.leave(turn, "" if isinstance(answer.response, Response) else answer.response.message)
        return answer

    def _check_patience(self, answer: Exchange, late: float) -> None:
        """Raises StarvedError where it is no wonder that there is no answer: the worker was ``late`` seconds late."""
        if isinstance(answer.response, Response) or answer.response.kind != "timeout":
            return
        timeout = side_settings(self._settings, answer.side).timeout
        if late > STARVED * timeout:
            raise StarvedError(answer if late < timeout / 2 else None)


def paired(exchange: Exchange, other: Exchange, *, cold: ColdStart | None = None) -> Answers:
    """The client's own exchange beside the other side's."""
    legacy, candidate = (exchange, other) if exchange.side is Side.LEGACY else (other, exchange)
    return Answers(legacy, candidate, timed=False, cold=cold)
