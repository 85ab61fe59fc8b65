"""Confirming: asks both sides again until it is clear what a pair's differences are, and no more often than that."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

from shadow.compare import Difference, compare
from shadow.config import Settings
from shadow.evidence.days import day_of
from shadow.exchange import Exchange, Response
from shadow.mirror.policy import RateLimit
from shadow.pipeline.asking import Answers, Asker
from shadow.pipeline.confirm import ANSWERS_FOR_NOISE, Fate, Settled, once, settle, settle_as, shown_by_legacy
from shadow.pipeline.route_state import RouteState

__all__ = ["Confirmer"]


class _Enough(NamedTuple):
    """Answers of legacy after which a fate is believed."""

    usually: int
    new: int
    """… of a fingerprint that has hardly been asked about so far …"""
    noisy: int
    """… and of one that has been noise before."""


_ENOUGH: Mapping[Fate, _Enough] = {
    # Of a field with two values at random, n answers of legacy are the same with a probability of 1/2^(n-1), and n of
    # each side, but different, with 1/2^(2n-1): one in 32 for 3, one in 8 million for 12. Where the field is known to
    # be noise there are many requests for which that may come true. Where it is not, `mirror.confirm` says how often.
    Fate.CONFIRMED: _Enough(0, 0, 12),
    Fate.UNSTABLE: _Enough(12, 12, 24),
    # Three answers of legacy hardly tell whether it only moves, or comes back to what it has said before.
    Fate.RACED: _Enough(ANSWERS_FOR_NOISE, 6, 6),
    Fate.NOISE: _Enough(0, 0, 0),
}


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
        wanted = list(dict.fromkeys(d.fingerprint for d in differences if d.severity == "difference"))
        usual = route.fates.usual(wanted, request, day)
        if usual is not None and not _contradicted(usual, differences, rounds, route):
            return settle_as(differences, usual)

        async def ask() -> None:
            # Unconfirmed, a difference proves little: rather wait for the rate limit than judge by one answer.
            await self._rate.wait()
            await route.rate.wait()
            rounds.append(await self._asker.both(exchange, route, relative))

        confirmed_by = _legacy_answers(rounds) + self._settings.mirror.confirm
        fates = None
        if all(route.fates.is_noise(fingerprint, request) for fingerprint in wanted):
            if _legacy_answers(rounds) < 2:
                await ask()
            fates = _known_noise(wanted, rounds, route, last_write())
        if fates is None:
            while _legacy_answers(rounds) < confirmed_by:
                await ask()
            settled = await self._look_closely(differences, rounds, route, ask, last_write)
        else:
            settled = settle_as(differences, fates)
        route.fates.remember(settled.fates, request, day)
        return settled

    @staticmethod
    async def _look_closely(
        differences: list[Difference],
        rounds: list[Answers],
        route: RouteState,
        ask: Callable[[], Awaitable[None]],
        last_write: Callable[[], float],
    ) -> Settled:
        settled = _settled(differences, rounds, route)
        while _is_doubtful(settled, rounds, route):
            await ask()
            settled = _settled(differences, rounds, route)
        if settled.noise and (since := _after(last_write(), rounds)) != rounds:
            # The session itself changed something meanwhile: what looks like noise may be its own write, unless legacy
            # goes on like that without any.
            while _legacy_answers(since) < ANSWERS_FOR_NOISE and _legacy_answers(rounds) < MOST_FOR_WRITES:
                await ask()
                since = _after(last_write(), rounds)
            return _without_writes(settled, differences, since, route)
        return settled


MOST_FOR_WRITES = 6
"""Answers of legacy, while the session goes on writing."""


def _contradicted(
    usual: Mapping[str, Fate], differences: Sequence[Difference], rounds: Sequence[Answers], route: RouteState
) -> bool:
    """Whether something that usually proves nothing looks proven this time: noise that may have settled."""
    excused = [fingerprint for fingerprint, fate in usual.items() if fate in {Fate.NOISE, Fate.RACED}]
    if not excused or _legacy_answers(rounds) < 2:
        return False
    now = _settled(differences, rounds, route).fates
    return any(now[fingerprint] in {Fate.CONFIRMED, Fate.UNSTABLE} for fingerprint in excused)


def _is_doubtful(settled: Settled, rounds: Sequence[Answers], route: RouteState) -> bool:
    """Whether another round is worth its while."""
    answers = _legacy_answers(rounds)
    # Statuses are not drawn by lot; and who fails now and then should not be asked more often than need be.
    clear = {difference.fingerprint for difference in settled.found if difference.where == "status"}
    return any(
        answers < _enough(fingerprint, fate, route)
        for fingerprint, fate in settled.fates.items()
        if fingerprint not in clear
    )


def _enough(fingerprint: str, fate: Fate, route: RouteState) -> int:
    enough = _ENOUGH[fate]
    if route.fates.was_noise(fingerprint):
        return enough.noisy
    return enough.new if route.fates.is_new(fingerprint) else enough.usually


def _known_noise(
    wanted: Sequence[str], rounds: list[Answers], route: RouteState, write: float
) -> dict[str, Fate] | None:
    """What is known to be noise shows it at once, where it is noise this time; None where that is not clear."""
    if _after(write, rounds) != rounds or len({answers.responses[1].status for answers in rounds}) > 1:
        return None
    if not shown_by_legacy(_legacy(rounds), _compare(route)).issuperset(wanted):
        return None
    return dict.fromkeys(wanted, Fate.NOISE)


def _without_writes(
    settled: Settled, differences: Sequence[Difference], since: Sequence[Answers], route: RouteState
) -> Settled:
    """The same, where only that is noise which legacy has shown with itself ``since`` its session last wrote."""
    shown = _settled(differences, since, route).fates if _legacy_answers(since) >= ANSWERS_FOR_NOISE else {}
    fates = {
        fingerprint: Fate.RACED if fate is Fate.NOISE and shown.get(fingerprint) is not Fate.NOISE else fate
        for fingerprint, fate in settled.fates.items()
    }
    return settle_as(settled.found, fates)


def _after(write: float, rounds: list[Answers]) -> list[Answers]:
    """The rounds in which legacy was asked after that moment."""
    return [answers for answers in rounds if answers.legacy.started > write]


def _settled(differences: Sequence[Difference], rounds: Sequence[Answers], route: RouteState) -> Settled:
    return settle(differences, [answers.responses for answers in rounds], _compare(route))


def _legacy_answers(rounds: Sequence[Answers]) -> int:
    """How often legacy was asked; the first two rounds of a baseline request may have its answer in common."""
    return len(once(_legacy(rounds)))


def _legacy(rounds: Sequence[Answers]) -> list[Response]:
    return [answers.responses[0] for answers in rounds]


def _compare(route: RouteState) -> Callable[[Response, Response], list[Difference]]:
    return lambda a, b: compare(a, b, route.rules)
