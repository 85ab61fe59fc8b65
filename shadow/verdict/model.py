"""The decision about a route, as a value: what the report prints and the gate exits with."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

import msgspec

from shadow.config.settings import Accept
from shadow.evidence.coverage import CoverageEvidence
from shadow.evidence.observation import ColdKind
from shadow.evidence.route_evidence import FingerprintEvidence

__all__ = [
    "Bucket",
    "Change",
    "Divergence",
    "History",
    "JudgedDifference",
    "LatencyColumn",
    "LatencySummary",
    "PastVersion",
    "Quantiles",
    "Reason",
    "ReasonCode",
    "RouteVerdict",
    "Status",
    "Trend",
    "Verdict",
]

ReasonCode = Literal[
    "divergence",
    "candidate-errors",
    "candidate-unstable",
    "same-backend",
    "credentials",
    "latency",
    "not-enough-requests",
    "unproductive",
    "raced",
    "not-seen",
    "writes-not-mirrored",
    "shed",
    "paused",
    "expired-acceptance",
]
Status = Literal["open", "accepted", "noise", "notice"]
Change = Literal["", "new", "back"]
"""Against the last version before: it did not show this; the same, but an earlier one did. "" where neither is sure."""
Trend = Literal["", "better", "worse", "same"]
"""Against the last version before; "" where there is none, or nothing has been compared yet."""


class Verdict(StrEnum):
    READY = "ready"
    NOT_READY = "not-ready"
    INCONCLUSIVE = "inconclusive"


class Reason(msgspec.Struct, frozen=True):
    code: ReasonCode
    message: str
    """One sentence for a person, with the numbers and what to do."""
    advice: str = ""
    """The end of the message, where it says what to do."""


class Divergence(msgspec.Struct, frozen=True, kw_only=True):
    """How many distinct requests differ, and what that proves."""

    distinct: int
    """Distinct requests with an open difference."""
    rate: float | None
    """``distinct`` as a share of all distinct requests; None where there are none."""
    upper: float
    """At ``confidence`` the true share is below this (1.0 with no requests)."""
    confidence: float
    needed: int
    """Further distinct clean requests until the route can be ready; 0 when there are enough."""


class Quantiles(msgspec.Struct, frozen=True):
    """Milliseconds; None where nothing was timed."""

    p50: float | None
    p95: float | None
    p99: float | None


class Bucket(msgspec.Struct, frozen=True):
    """What was compared in one stretch of time."""

    start: int
    """Seconds since the epoch."""
    width: int
    """Seconds."""
    compared: int
    """Requests, each time that they came."""
    differing: int
    """Those of them with an open difference."""
    excused: int
    """Those that differed in nothing that is open: all of it is accepted or noise, or not decided yet."""


class LatencyColumn(msgspec.Struct, frozen=True):
    """Requests by how long they took: a column of a histogram on a logarithmic axis."""

    least_ms: float
    """Longer than that, and no longer than ``most_ms``."""
    most_ms: float
    legacy: int
    candidate: int
    """Of the timed requests; a cold start is none of them."""
    cold: int
    """Cold starts of the candidate."""


class LatencySummary(msgspec.Struct, frozen=True, kw_only=True):
    legacy_ms: Quantiles
    candidate_ms: Quantiles
    cold: int
    """Requests that met a cold start, or what looks like one; in no other number here."""
    timed: int
    """Warm requests that the worker timed on both sides."""
    slow: float | None
    """Share of ``timed`` where candidate > ratio x legacy + slack."""
    cold_ms: Quantiles = Quantiles(None, None, None)
    """How long the candidate took for those ``cold`` ones."""
    cold_kinds: dict[ColdKind, int] = {}
    """Each `ColdKind`, zeros included."""
    columns: tuple[LatencyColumn, ...] = ()
    """The distributions, the quickest first, one column beside the other."""
    ratio: float | None = None
    """`max_latency_ratio`: what ``slow`` was counted by; None where that is not known. The same goes for the others."""
    slack_ms: float | None = None
    """`latency_slack_ms`."""
    most_slow: float | None = None
    """`max_slow`."""


class JudgedDifference(msgspec.Struct, frozen=True, kw_only=True):
    evidence: FingerprintEvidence
    status: Status
    distinct: int
    """Distinct requests that showed it."""
    share: float
    """``distinct`` as a share of all distinct requests."""
    accepted_by: Accept | None = None
    expired: Accept | None = None
    """An acceptance that once covered it and has run out."""
    change: Change = ""
    elsewhere: bool = False
    """Other routes have shown this fingerprint, too."""


class PastVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A past version of a route, as it would be judged today."""

    legacy_version: str
    candidate_version: str
    before: bool
    """It was first seen before the current version was; otherwise it has been put aside, as by a rollback."""
    alike: bool
    """It was compared under today's rules; otherwise the two can't be held against each other."""
    sampled: bool = False
    """Its counts are those of a sample of its distinct requests."""
    first_seen: float
    last_seen: float
    distinct: int
    differing: int
    """Those of ``distinct`` with an open difference."""
    unanswered: int = 0
    """Requests to which the candidate gave no answer."""
    upper: float
    """At the route's ``confidence`` the share of differing requests was below this."""
    verdict: Verdict
    """What the differences say, taken alone."""
    differences: tuple[JudgedDifference, ...] = ()
    """Without examples; open ones first, then by share."""
    timeline: tuple[Bucket, ...] = ()
    """As that of the verdict."""

    @property
    def open(self) -> list[JudgedDifference]:
        return [found for found in self.differences if found.status == "open"]

    @property
    def rate(self) -> float | None:
        return self.differing / self.distinct if self.distinct else None

    @property
    def trials(self) -> int:
        """As `Case.trials`."""
        return self.distinct + self.unanswered

    @property
    def hits(self) -> int:
        """As `Case.hits`."""
        return self.differing + self.unanswered


class History(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a route's past versions, and how this one compares. It changes no verdict."""

    versions: tuple[PastVersion, ...] = ()
    """Those that answered last first; a few at most."""
    trend: Trend = ""
    sentence: str = ""
    """What the trend is, against which version and by what numbers; or why there is none. "" where there is no past."""
    gone: tuple[JudgedDifference, ...] = ()
    """Open in the last version before, and not shown by this one, which has been asked enough to be sure of it."""
    not_seen_yet: tuple[JudgedDifference, ...] = ()
    """The same, but this version has not been asked enough."""

    @property
    def last(self) -> PastVersion | None:
        """The version that this one is held against: the last one before it that was compared in the same way."""
        return next((one for one in self.versions if one.before and one.alike), None)


class RouteVerdict(msgspec.Struct, frozen=True, kw_only=True):
    route: str
    verdict: Verdict
    required: bool
    reasons: tuple[Reason, ...]
    """Why; the first is the sentence to print. A ready route has none, or warnings."""
    summary: str
    """One sentence that explains the verdict, also when it is ready."""
    requests: dict[str, int]
    """seen, compared, distinct, raced, unproductive, shed, failed, lost."""
    skipped: dict[str, int]
    """Every skip reason (see `SkipReason`) → count, zeros included."""
    divergence: Divergence
    latency: LatencySummary
    candidate_errors: dict[str, int]
    """timeout, connection, 5xx."""
    candidate_errors_at: dict[str, float] = {}
    """The same → when that was last seen, in seconds since the epoch; left out where it never was."""
    differences: tuple[JudgedDifference, ...]
    """Open ones first, then by share."""
    coverage: CoverageEvidence = msgspec.field(default_factory=CoverageEvidence)
    """What kinds of requests were compared; decides nothing."""
    timeline: tuple[Bucket, ...] = ()
    """When, in order of time; no two buckets have both the same start and the same width. Decides nothing."""
    parity: Verdict | None = None
    """What the differences say, taken alone, as for past versions; None where nothing has been compared."""
    legacy_version: str = ""
    candidate_version: str = ""
    first_seen: float | None = None
    last_seen: float | None = None
    history: History = History()
