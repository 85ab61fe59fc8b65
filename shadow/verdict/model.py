"""The decision about a route, as a value: what the report prints and the gate exits with."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

import msgspec

from shadow.config.settings import Accept
from shadow.evidence.observation import ColdKind
from shadow.evidence.route_evidence import FingerprintEvidence

__all__ = [
    "Divergence",
    "JudgedDifference",
    "LatencySummary",
    "Quantiles",
    "Reason",
    "ReasonCode",
    "RouteVerdict",
    "Status",
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


class Verdict(StrEnum):
    READY = "ready"
    NOT_READY = "not-ready"
    INCONCLUSIVE = "inconclusive"


class Reason(msgspec.Struct, frozen=True):
    code: ReasonCode
    message: str
    """One sentence for a person, with the numbers and what to do."""


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
    differences: tuple[JudgedDifference, ...]
    """Open ones first, then by share."""
    candidate_version: str = ""
    first_seen: float | None = None
    last_seen: float | None = None
