"""Asking the sides about recorded requests, which nobody has sent yet."""

from __future__ import annotations

import time
from typing import Any, Literal

import msgspec

from shadow.exchange import Exchange, Response, Side, TransportFailure
from shadow.pipeline.asking import Answers, Asker, HeldError, NoAnswerError, paired
from shadow.pipeline.route_state import RouteState
from shadow.redact import Redactor
from shadow.redact.marks import MARK

__all__ = ["AskBoth", "AskCandidate", "is_marked"]


class AskBoth(Asker):
    """Asks both sides, for what is compared is what they answer today."""

    stands = False

    def held(self, asked: Side, *, safe: bool) -> Literal["", "paused", "breaker"]:  # noqa: ARG002 - both are asked
        if self._paused():
            return "paused"
        return "" if all(self._breakers.of(side).allows(safe=safe) for side in Side) else "breaker"

    async def first(self, exchange: Exchange, route: RouteState, relative: str, *, safe: bool) -> list[Answers]:
        """The pair to compare. A write goes to legacy and then to the candidate, to each once at most."""
        if safe:
            if self._settings.mirror.warmup:
                await self._warm_up(exchange, route, relative)
            return [await self.both(exchange, route, relative)]
        legacy, _ = await self._ask_patiently(exchange, Side.LEGACY, route, relative, safe=False)
        try:
            candidate, cold = await self._ask_patiently(exchange, Side.CANDIDATE, route, relative, safe=False)
        except NoAnswerError as error:
            raise NoAnswerError(error.exchange, legacy) from error
        except HeldError as held:
            # Legacy has it already, so it can't be tried again later.
            failure = TransportFailure("connection", f"it was not asked ({held.reason})")
            raise NoAnswerError(Exchange(Side.CANDIDATE, exchange.request, failure, time.time(), 0.0), legacy) from held
        return [Answers(legacy, candidate, timed=False, cold=cold)]

    def asked_as(self, exchange: Exchange, answers: Answers) -> str:  # noqa: ARG002 - not by whom it was recorded
        told = [self._clients[answer.side].asked_as(answer.request) for answer in (answers.legacy, answers.candidate)]
        # One person on both sides is the one that a client of the proxy would be.
        return told[0] if told[0] == told[1] else f"both:{told[0]}\0{told[1]}"


class AskCandidate(Asker):
    """Asks only the candidate: legacy's answer is the recorded one, and there is no other."""

    def __init__(self, *arguments: Any, redactor: Redactor) -> None:
        """``arguments``: those of an `Asker`."""
        super().__init__(*arguments)
        self._redactor = redactor

    async def first(self, exchange: Exchange, route: RouteState, relative: str, *, safe: bool) -> list[Answers]:
        """The pair to compare."""
        if safe and self._settings.mirror.warmup:
            await self._warm_up(exchange, route, relative)
        other, cold = await self._ask_patiently(exchange, Side.CANDIDATE, route, relative, safe=safe)
        return [paired(exchange, self._as_recorded(exchange, other), cold=cold)]

    def asked_as(self, exchange: Exchange, answers: Answers) -> str:  # noqa: ARG002 - not by whom it was recorded
        return self._clients[Side.CANDIDATE].asked_as(answers.candidate.request)

    def _as_recorded(self, exchange: Exchange, other: Exchange) -> Exchange:
        """The candidate's answer without its secrets where legacy's was recorded without them: equal ones have equal
        marks."""
        if not isinstance(exchange.response, Response) or not is_marked(exchange.response):
            return other
        return msgspec.structs.replace(other, response=self._redactor.exchange(other).response)


def is_marked(response: Response) -> bool:
    """Whether a secret has been taken out of it."""
    return MARK.search(response.body.decode("latin-1")) is not None or any(
        MARK.search(value) for _, value in response.headers
    )
