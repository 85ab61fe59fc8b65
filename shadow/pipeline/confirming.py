"""Confirming: asks both sides again until it is clear what a pair's differences are, and no more often than that."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

from shadow.compare import Difference, compare
from shadow.compare.rules import Rules
from shadow.config import Settings
from shadow.evidence.days import day_of
from shadow.exchange import Exchange, Response
from shadow.mirror.policy import RateLimit
from shadow.pipeline.asking import Answers, Asker
from shadow.pipeline.confirm import (
    ANSWERS_FOR_NOISE,
    ANSWERS_IN_LISTS,
    Fate,
    Settled,
    once,
    settle,
    settle_as,
    shown_by_legacy,
)
from shadow.pipeline.fates import Fates
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


_LARGE = 64 * 1024
"""Bytes of a body from which on nothing is asked more often than `_FEW` times: each answer is compared with each."""
_FEW = 6
MOST_FOR_WRITES = 6
"""Answers of legacy, while the session goes on writing."""


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
        *,
        fates: Fates,
        request: bytes,
        last_write: Callable[[], float],
    ) -> Settled:
        """Decide about the differences of the first of the ``rounds``, adding to these as often as both are asked.

        ``fates`` are those of the route's epoch, ``request`` is the digest of the request; ``last_write`` says when
        its session last wrote, in seconds since the epoch, as far as is known by then. Once the fate of every
        fingerprint is well known it is taken for granted, unless the rounds that there are (a baseline request has two)
        speak against it.
        """

        async def ask() -> None:
            # Unconfirmed, a difference proves little: rather wait for the rate limit than judge by one answer.
            await self._rate.wait()
            await route.rate.wait()
            rounds.append(await self._asker.both(exchange, route, relative))

        look = _Look(differences, rounds, route.rules, fates, ask)
        day = day_of(exchange.started)
        usual = fates.usual(look.wanted, request, day)
        if usual is not None:
            if len(rounds) > 1 and look.legacy_answers() < 2 and _excused(usual):
                await ask()
            if not look.contradicts(usual):
                return settle_as(differences, usual)
        settled = await look.by_known_noise(request, last_write)
        if settled is None:
            settled = await look.closely(look.began_with + self._settings.mirror.confirm, last_write)
        fates.remember(settled.fates, request, day)
        return settled


def _excused(usual: Mapping[str, Fate]) -> list[str]:
    """The fingerprints that usually prove nothing, or nothing that lasts."""
    return [fingerprint for fingerprint, fate in usual.items() if fate is not Fate.CONFIRMED]


class _Look:
    """One pair that differs, and all answers to its request so far. No two answers are compared twice."""

    def __init__(
        self,
        differences: list[Difference],
        rounds: list[Answers],
        rules: Rules,
        fates: Fates,
        ask: Callable[[], Awaitable[None]],
    ) -> None:
        self._differences = differences
        self._rounds = rounds
        self._rules = rules
        self._fates = fates
        self._ask = ask
        self._compared: dict[tuple[int, int], list[Difference]] = {}
        self.wanted = list(dict.fromkeys(d.fingerprint for d in differences if d.severity == "difference"))
        self.began_with = self.legacy_answers()

    def legacy_answers(self, rounds: Sequence[Answers] | None = None) -> int:
        """How often legacy was asked; the first two rounds of a baseline request may have its answer in common."""
        return len(once(answers.responses[0] for answers in (self._rounds if rounds is None else rounds)))

    def contradicts(self, usual: Mapping[str, Fate]) -> bool:
        """Whether what is usually excused looks proven this time: noise that may have settled."""
        excused = _excused(usual)
        if not excused or self.legacy_answers() < 2:
            return False
        now = self._settled().fates
        return any(
            now[each] is Fate.CONFIRMED or (now[each] is Fate.UNSTABLE and usual[each] is not Fate.UNSTABLE)
            for each in excused
        )

    async def by_known_noise(self, request: bytes, last_write: Callable[[], float]) -> Settled | None:
        """What is known to be noise shows it at once, where it is noise this time; None where that is not clear."""
        if not all(self._fates.is_noise(fingerprint, request) for fingerprint in self.wanted):
            return None
        if self.legacy_answers() < 2:
            await self._ask()
        now = self._settled()
        proven = {Fate.CONFIRMED, Fate.UNSTABLE}.intersection(now.fates.values())
        more = len(now.found) > len(self._differences)
        if proven or more or now.unclear or self._since(last_write()) != self._rounds:
            return None
        legacy = [answers.responses[0] for answers in self._rounds]
        if not shown_by_legacy(legacy, self._compare).issuperset(self.wanted):
            return None
        return settle_as(self._differences, dict.fromkeys(self.wanted, Fate.NOISE))

    async def closely(self, answers: int, last_write: Callable[[], float]) -> Settled:
        """What all answers say, of which legacy has given so many at the least."""
        while self.legacy_answers() < answers:
            await self._ask()
        settled = self._settled()
        while self._is_doubtful(settled):
            await self._ask()
            settled = self._settled()
        if settled.noise and (since := self._since(last_write())) != self._rounds:
            # The session itself changed something meanwhile: what looks like noise may be its own write, unless legacy
            # goes on like that without any.
            while self.legacy_answers(since) < ANSWERS_FOR_NOISE and self.legacy_answers() < MOST_FOR_WRITES:
                await self._ask()
                since = self._since(last_write())
            return self._without_writes(settled, since)
        return settled

    def _is_doubtful(self, settled: Settled) -> bool:
        """Whether another round is worth its while."""
        answers = self.legacy_answers()
        if answers >= _FEW and len(self._rounds[0].responses[0].body) > _LARGE:
            return False
        # Statuses are not drawn by lot; and who fails now and then should not be asked more often than need be.
        clear = {difference.fingerprint for difference in settled.found if difference.where == "status"}
        return (bool(settled.unclear) and answers < ANSWERS_IN_LISTS) or any(
            answers < self._enough(fingerprint, fate)
            for fingerprint, fate in settled.fates.items()
            if fingerprint not in clear
        )

    def _enough(self, fingerprint: str, fate: Fate) -> int:
        enough = _ENOUGH[fate]
        if self._fates.was_noise(fingerprint):
            return enough.noisy
        return enough.new if self._fates.is_new(fingerprint) else enough.usually

    def _without_writes(self, settled: Settled, since: Sequence[Answers]) -> Settled:
        """The same, where only that is noise which legacy has shown with itself ``since`` its session last wrote."""
        shown = self._settled(since).fates if self.legacy_answers(since) >= ANSWERS_FOR_NOISE else {}
        fates = {
            fingerprint: Fate.RACED if fate is Fate.NOISE and shown.get(fingerprint) is not Fate.NOISE else fate
            for fingerprint, fate in settled.fates.items()
        }
        return settle_as(settled.found, fates)

    def _since(self, write: float) -> list[Answers]:
        """The rounds in which legacy was asked after that moment."""
        return [answers for answers in self._rounds if answers.legacy.started > write]

    def _settled(self, rounds: Sequence[Answers] | None = None) -> Settled:
        answers = [each.responses for each in (self._rounds if rounds is None else rounds)]
        return settle(self._differences, answers, self._compare)

    def _compare(self, one: Response, other: Response) -> list[Difference]:
        # All answers live as long as this does, so their identities are their own.
        key = id(one), id(other)
        known = self._compared.get(key)
        if known is None:
            known = self._compared[key] = compare(one, other, self._rules)
        return known
