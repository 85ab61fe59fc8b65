"""What has been counted for one route so far, as the verdict reads it. Adds up; knows nothing of acceptance."""

from __future__ import annotations

import msgspec

from shadow.evidence.activity import Activity
from shadow.evidence.coverage import CoverageEvidence
from shadow.evidence.latency import Latency
from shadow.evidence.observation import Epoch, Example
from shadow.evidence.rule_evidence import RuleEvidence

__all__ = ["DistinctGroup", "FingerprintEvidence", "RouteEvidence"]


class DistinctGroup(msgspec.Struct, frozen=True):
    """Distinct requests that have shown exactly these fingerprints, over all the times they were seen."""

    fingerprints: frozenset[str]
    requests: int


class FingerprintEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """One group of differences (or notices)."""

    fingerprint: str
    where: str
    path: str
    """The pattern: indexes and ids taken out."""
    kind: str
    class_: str
    severity: str
    summary: str
    statuses: tuple[int, int] | None = None
    """For ``where == "status"``: (legacy's, candidate's)."""
    count: int
    """Observations that showed it."""
    noise: int = 0
    """Distinct requests in which legacy was asked again and showed it with itself, as far as they are kept."""
    first_seen: float
    last_seen: float
    examples: tuple[Example, ...] = ()


class RouteEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """The evidence of one epoch of one route, no older than asked for.

    ``counters`` maps a name to a count; names: ``compared``, ``raced``, ``unproductive``, ``shed``, ``failed``,
    ``lost``, ``skipped:REASON``, ``ok`` (legacy answered 2xx/3xx), ``cold`` and ``cold:`` with every `ColdKind`,
    ``same-backend``, ``unconfirmed``, ``error:`` with every `CandidateError`.
    """

    epoch: Epoch
    first_seen: float
    last_seen: float
    counters: dict[str, int]
    distinct: tuple[DistinctGroup, ...] = ()
    fingerprints: tuple[FingerprintEvidence, ...] = ()
    latency: Latency = msgspec.field(default_factory=Latency)
    rules: dict[str, RuleEvidence] = msgspec.field(default_factory=dict)
    """`BodyRule.key` → what the rule has found."""
    coverage: CoverageEvidence = msgspec.field(default_factory=CoverageEvidence)
    activity: tuple[Activity, ...] = ()
    """When requests were compared, by time."""
    last_times: dict[str, float] = {}
    """Name of a counter → when it last went up, in seconds since the epoch."""

    @property
    def seen(self) -> int:
        """All exchanges of this route: what was compared and what became of the rest."""
        return sum(count for name, count in self.counters.items() if name.split(":")[0] in _FATES)


_FATES = {"compared", "raced", "unproductive", "skipped", "shed", "failed", "lost"}
