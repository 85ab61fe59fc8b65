"""Everything that a verdict is reached from, for one route, with the two questions answered that numbers can answer."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import msgspec

from shadow.config.settings import VerdictSettings
from shadow.evidence.latency import Latency
from shadow.verdict.credentials import Refusal
from shadow.verdict.model import Verdict
from shadow.verdict.rate import by_rate, clean_needed
from shadow.verdict.statistics import needed, upper_bound
from shadow.verdict.tally import Tally

__all__ = ["Case", "Finding"]


class Finding(NamedTuple):
    """One thing that speaks against "ready"."""

    demands: Verdict | None
    """The verdict; None for a warning."""
    sentence: str
    advice: str = ""
    """How the sentence goes on where there is something to do about it."""


class Case(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One route's evidence, counted under today's acceptances, and the limits that it is held against."""

    route: str
    limits: VerdictSettings
    counters: dict[str, int]
    seen: int
    latency: Latency
    tally: Tally
    paused: bool
    elsewhere: str = ""
    """What there is evidence of, where there is none of the current versions and rules: the newest of the past."""
    recomparable: bool = False
    """Whether only the rules are others there, and pairs are recorded."""
    shared: frozenset[str] = frozenset()
    """Fingerprints that other routes have shown, too."""
    refusals: tuple[Refusal, ...] = ()
    """The sides whose credentials are at fault, by the evidence of all routes."""

    def count(self, name: str) -> int:
        return self.counters.get(name, 0)

    @cached_property
    def timed(self) -> int:
        return self.latency.timed

    @cached_property
    def slow(self) -> int:
        """Of the ``timed`` requests."""
        return self.latency.slow(self.limits.max_latency_ratio, self.limits.latency_slack_ms)

    @property
    def unanswered(self) -> int:
        """Requests to which the candidate gave no answer at all, also when asked again; they are not in n."""
        return self.count("error:timeout") + self.count("error:connection")

    @cached_property
    def parity(self) -> Verdict:
        """What the differences say, taken alone."""
        if self.limits.on_difference == "fail" and self.hits:
            return Verdict.NOT_READY
        found = self._by_rate(unconfirmed=0)
        # What differed and could not be confirmed is held against the route only where it would be ready otherwise.
        if found is Verdict.READY and self._by_rate(self.unconfirmed) is not Verdict.READY:
            return Verdict.INCONCLUSIVE
        return found

    def _by_rate(self, unconfirmed: int) -> Verdict:
        return by_rate(
            self.trials + unconfirmed,
            self.hits + unconfirmed,
            limit=self.limits.max_divergence,
            confidence=self.limits.confidence,
            enough=self.limits.enough,
        )

    @property
    def unconfirmed(self) -> int:
        """Requests in which the sides differed, but which could not be looked at again; they are not in n."""
        return self.count("unconfirmed")

    @cached_property
    def needed(self) -> int:
        """Further distinct clean requests until parity is proven; 0 where no number of them would do."""
        if self.parity is Verdict.NOT_READY:
            return 0
        return clean_needed(
            self.trials + self.unconfirmed,
            self.hits + self.unconfirmed,
            limit=self.limits.max_divergence,
            confidence=self.limits.confidence,
            enough=self.limits.enough,
        )

    @cached_property
    def bound(self) -> float:
        """At ``confidence`` the true share of differing requests is below this; 1.0 without evidence."""
        return upper_bound(self.tally.distinct, self.tally.differing, self.limits.confidence)

    @cached_property
    def speed(self) -> Verdict:
        """What the timings say, taken alone: is the share of slow requests below `max_slow`?"""
        limits, enough = self.limits, self.limits.enough
        return by_rate(
            self.timed,
            self.slow,
            limit=limits.max_slow,
            confidence=limits.confidence,
            enough=enough,
            ready_after=None if enough == "statistics" else min(enough, self._timings_for_certainty),
        )

    @cached_property
    def timings_needed(self) -> int:
        """Further timed requests, none of them slow, until speed is proven."""
        enough = self.limits.enough
        if enough != "statistics":
            enough = min(enough, self._timings_for_certainty)
        return clean_needed(
            self.timed, self.slow, limit=self.limits.max_slow, confidence=self.limits.confidence, enough=enough
        )

    @property
    def _timings_for_certainty(self) -> int:
        return needed(0, 0, self.limits.max_slow, self.limits.confidence)

    @property
    def trials(self) -> int:
        """What parity is decided by: the distinct requests, and those that got no answer."""
        return self.tally.distinct + self.unanswered

    @property
    def hits(self) -> int:
        """Those of the trials that speak against the candidate."""
        # Where only the rate decides, a request without an answer must count somewhere.
        return self.tally.differing + self.unanswered
