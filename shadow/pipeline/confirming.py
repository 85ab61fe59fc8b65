"""Confirming: asks both sides again until it is clear what a pair's differences are, and no more often than that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from shadow.compare import Difference, compare
from shadow.config import Settings
from shadow.evidence.days import day_of
from shadow.exchange import Exchange
from shadow.mirror.policy import RateLimit
from shadow.pipeline.asking import Answers, Asker
from shadow.pipeline.confirm import ANSWERS_FOR_NOISE, Fate, Settled, once, settle, settle_as
from shadow.pipeline.route_state import RouteState

__all__ = ["Confirmer"]

DOUBTFUL = 6
"""Answers of each side before something is called steady that legacy was noisy about before: see `verdict.noise`."""


class Confirmer:
    """Owns nothing: asks through ``asker``, within ``rate``."""

    def __init__(self, settings: Settings, asker: Asker, rate: RateLimit) -> None:
        self._settings = settings
        self._asker = asker
        self._rate = rate

    async def confirm(
        self,
        differences: list[Difference],
        rounds: list[Answers],
        exchange: Exchange,
        route: RouteState,
        relative: str,
        request: bytes,
        last_write: Callable[[], float],
    ) -> Settled:
        """Decide about the differences of the first of the ``rounds``, adding to these as often as both are asked.

        ``request`` is the digest of the request; ``last_write`` says when its session last wrote, in seconds since the
        epoch, as far as is known by then. Once the fate of every fingerprint is well known it is taken for granted,
        unless the rounds that there are (a baseline request has two) speak against it.
        """
        day = day_of(exchange.started)
        wanted = [d.fingerprint for d in differences if d.severity == "difference"]
        usual = route.fates.usual(wanted, request, day)
        if usual is not None and not self._contradicted(usual, differences, rounds, route):
            return settle_as(differences, usual)
        for _ in range(self._settings.mirror.confirm):
            await self._ask(rounds, exchange, route, relative)
        settled = _settled(differences, rounds, route)
        while _is_doubtful(settled, rounds, route):
            await self._ask(rounds, exchange, route, relative)
            settled = _settled(differences, rounds, route)
        if settled.noise and (since := _after(last_write(), rounds)) != rounds:
            # The session itself changed something meanwhile: what looks like noise may be its own write, unless legacy
            # goes on like that without any.
            while _legacy_answers(since) < ANSWERS_FOR_NOISE and len(rounds) < DOUBTFUL:
                await self._ask(rounds, exchange, route, relative)
                since = _after(last_write(), rounds)
            settled = _without_writes(settled, differences, since, route)
        route.fates.remember(settled.fates, request, day)
        return settled

    async def _ask(self, rounds: list[Answers], exchange: Exchange, route: RouteState, relative: str) -> None:
        # Unconfirmed, a difference proves little: rather wait for the rate limit than judge by one answer.
        await self._rate.wait()
        await route.rate.wait()
        rounds.append(await self._asker.both(exchange, route, relative))

    @staticmethod
    def _contradicted(
        usual: Mapping[str, Fate], differences: Sequence[Difference], rounds: Sequence[Answers], route: RouteState
    ) -> bool:
        """Whether something that usually proves nothing looks proven this time: noise that may have settled."""
        excused = [fingerprint for fingerprint, fate in usual.items() if fate in {Fate.NOISE, Fate.RACED}]
        if not excused or _legacy_answers(rounds) < 2:
            return False
        now = _settled(differences, rounds, route).fates
        return any(now[fingerprint] in {Fate.CONFIRMED, Fate.UNSTABLE} for fingerprint in excused)


def _legacy_answers(rounds: Sequence[Answers]) -> int:
    """How often legacy was asked; the first two rounds of a baseline request may have its answer in common."""
    return len(once(answers.responses[0] for answers in rounds))


def _settled(differences: Sequence[Difference], rounds: Sequence[Answers], route: RouteState) -> Settled:
    return settle(differences, [answers.responses for answers in rounds], lambda a, b: compare(a, b, route.rules))


def _after(write: float, rounds: list[Answers]) -> list[Answers]:
    """The rounds in which legacy was asked after that moment."""
    return [answers for answers in rounds if answers.legacy.started > write]


def _without_writes(
    settled: Settled, differences: Sequence[Difference], since: Sequence[Answers], route: RouteState
) -> Settled:
    """The same, where only that is noise which legacy has shown with itself ``since`` its session last wrote."""
    shown = _settled(differences, since, route).fates if _legacy_answers(since) >= ANSWERS_FOR_NOISE else {}
    fates = {
        fingerprint: Fate.RACED if fate is Fate.NOISE and shown.get(fingerprint) is not Fate.NOISE else fate
        for fingerprint, fate in settled.fates.items()
    }
    return settle_as(differences, fates, settled.steady, asked=True)


def _is_doubtful(settled: Settled, rounds: Sequence[Answers], route: RouteState) -> bool:
    """Whether another round is worth its while."""
    answers = _legacy_answers(rounds)
    if answers < ANSWERS_FOR_NOISE and Fate.RACED in settled.fates.values():
        return True
    return answers < DOUBTFUL and any(map(route.fates.was_noise, settled.steady))
