"""Asking the sides about recorded requests, which nobody has sent yet."""

from __future__ import annotations

import asyncio
from typing import Any, Literal

import msgspec

from shadow.evidence.observation import ColdStart
from shadow.exchange import Exchange, Response, Side
from shadow.pipeline.asking import Answers, Asker, HeldError, NoAnswerError, paired
from shadow.pipeline.route_state import RouteState
from shadow.redact import Redactor
from shadow.redact.marks import MARK

__all__ = ["AskBoth", "AskCandidate", "is_marked"]

LOOK = 0.05
"""Seconds between two looks whether the candidate may be asked."""


class AskBoth(Asker):
    """Asks both sides, for what is compared is what they answer today."""

    stands = False

    def held(self, asked: Side, *, safe: bool) -> Literal["", "paused", "breaker"]:  # noqa: ARG002 - both are asked
        if self._paused():
            return "paused"
        return "" if all(self._breakers.of(side).allows(safe=safe) for side in Side) else "breaker"

    async def first(self, exchange: Exchange, route: RouteState, relative: str, *, safe: bool) -> list[Answers]:
        """The pair to compare. A write goes to legacy and then to the candidate, to each once at most, and to neither
        where it is known that the candidate can't get it."""
        if safe:
            if self._settings.mirror.warmup:
                await self._warm_up(exchange, route, relative)
            try:
                return [await self.both(exchange, route, relative)]
            except NoAnswerError as error:
                if error.exchange.side is Side.LEGACY or error.other is not None:
                    raise
                # Where legacy gives none either (a stream that never ends, say), it is no fault of the candidate's.
                legacy, _ = await self._ask_patiently(exchange, Side.LEGACY, route, relative, safe=True)
                raise NoAnswerError(error.exchange, legacy) from error
        self._outgoing(exchange, Side.CANDIDATE, route, relative)
        await self._clients[Side.CANDIDATE].ready()
        legacy, _ = await self._ask_patiently(exchange, Side.LEGACY, route, relative, safe=False)
        try:
            candidate, cold = await self._ask_as_soon_as_it_may_be(exchange, route, relative)
        except NoAnswerError as error:
            raise NoAnswerError(error.exchange, legacy) from error
        return [Answers(legacy, candidate, timed=False, cold=cold)]

    async def _ask_as_soon_as_it_may_be(
        self, exchange: Exchange, route: RouteState, relative: str
    ) -> tuple[Exchange, ColdStart | None]:
        """The candidate's answer to a write that legacy has got: without it, the sides would no longer be alike."""
        while True:
            try:
                return await self._ask_patiently(exchange, Side.CANDIDATE, route, relative, safe=False)
            except HeldError:
                await asyncio.sleep(LOOK)

    def asked_as(self, exchange: Exchange, answers: Answers) -> str:  # noqa: ARG002 - not by whom it was recorded
        told = [self._clients[answer.side].asked_as(answer.request) for answer in (answers.legacy, answers.candidate)]
        # One person on both sides is the one that a client of the proxy would be.
        return told[0] if told[0] == told[1] else f"both:{told[0]}\0{told[1]}"


class AskCandidate(Asker):
    """Asks only the candidate: legacy's answer is the recorded one, and there is no other."""

    def __init__(self, *arguments: Any, redactor: Redactor, keep_auth: bool) -> None:
        """``arguments``: those of an `Asker`; ``keep_auth``: the recorded credentials are sent."""
        super().__init__(*arguments)
        self._redactor = redactor
        self._keep_auth = keep_auth

    async def first(self, exchange: Exchange, route: RouteState, relative: str, *, safe: bool) -> list[Answers]:
        """The pair to compare."""
        sent = exchange if self._keep_auth else self._without_credentials(exchange)
        if safe and self._settings.mirror.warmup:
            await self._warm_up(sent, route, relative)
        other, cold = await self._ask_patiently(sent, Side.CANDIDATE, route, relative, safe=safe)
        return [paired(exchange, self._as_recorded(exchange, other), cold=cold)]

    def asked_as(self, exchange: Exchange, answers: Answers) -> str:  # noqa: ARG002 - not by whom it was recorded
        return self._clients[Side.CANDIDATE].asked_as(answers.candidate.request)

    def _without_credentials(self, exchange: Exchange) -> Exchange:
        headers = self._redactor.without_credentials(exchange.request.headers)
        return msgspec.structs.replace(exchange, request=msgspec.structs.replace(exchange.request, headers=headers))

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
