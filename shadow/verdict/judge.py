"""Evidence, settings and the time of day → verdict. Pure: nothing is read, nothing is remembered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import get_args

import msgspec

from shadow.config import Settings, route_settings
from shadow.evidence.latency import histogram, quantile
from shadow.evidence.observation import ColdKind, Epoch, SkipReason
from shadow.evidence.past import PastEvidence
from shadow.evidence.route_evidence import RouteEvidence
from shadow.exchange import Side
from shadow.verdict.acceptance import Acceptances
from shadow.verdict.case import Case
from shadow.verdict.credentials import Refusal, refusals
from shadow.verdict.history import history_of, judge_past, newest_of, only_rules_changed, with_changes
from shadow.verdict.model import (
    Divergence,
    LatencyColumn,
    LatencySummary,
    PastVersion,
    Quantiles,
    Reason,
    RouteVerdict,
    Verdict,
)
from shadow.verdict.reasons import find_reasons, ready_sentence
from shadow.verdict.required import is_required
from shadow.verdict.tally import tally
from shadow.verdict.timeline import timeline

__all__ = ["judge", "judge_all"]

_ERRORS = ("timeout", "connection", "5xx")
_MOST_COLUMNS = 60
"""Of a histogram; with more nobody sees more."""
_BADNESS = {Verdict.NOT_READY: 0, Verdict.INCONCLUSIVE: 1, Verdict.READY: 2}


def judge_all(
    evidences: Sequence[RouteEvidence],
    settings: Settings,
    inventory: Collection[str],
    now: float,
    *,
    paused: bool = False,
    served: Collection[str] = (),
    past: Mapping[str, Sequence[PastEvidence]] | None = None,
) -> list[RouteVerdict]:
    """Judge every route that was seen or is in ``inventory``; the worst first, then by divergence and name.

    ``served`` are routes that legacy has answered well, under whatever versions and rules: none of them is forgotten
    because its evidence has started afresh. ``past`` is what past versions of routes have shown; it changes no verdict,
    and makes no route known.

    ``now`` is in seconds since the epoch; ``paused``: mirroring is stopped, so nothing more will be learnt for now.
    """
    by_route = {evidence.epoch.route: evidence for evidence in evidences}
    refused = refusals(evidences)
    versions = judge_past(past or {}, settings, now)
    shown_by = Counter(found.fingerprint for evidence in evidences for found in evidence.fingerprints)
    shared = frozenset(fingerprint for fingerprint, routes in shown_by.items() if routes > 1)
    verdicts = []
    for route in sorted({*by_route, *inventory, *served}):
        evidence = by_route.get(route)
        required = is_required(settings, inventory, route, evidence, served=route in served)
        verdicts.append(
            judge(
                evidence,
                route,
                settings,
                now,
                required=required,
                paused=paused,
                refusals=refused,
                past=versions.get(route, ()),
                shared=shared,
            )
        )
    return sorted(verdicts, key=lambda verdict: (_BADNESS[verdict.verdict], -(verdict.divergence.rate or 0.0)))


def judge(
    evidence: RouteEvidence | None,
    route: str,
    settings: Settings,
    now: float,
    *,
    required: bool,
    paused: bool = False,
    refusals: tuple[Refusal, ...] = (),
    past: Sequence[PastVersion] = (),
    shared: frozenset[str] = frozenset(),
) -> RouteVerdict:
    """Judge one route by the evidence of its current epoch, None where there is none.

    ``refusals`` is what all routes together say about the sides' credentials; ``past`` are the route's past versions;
    ``shared`` are fingerprints that several routes have shown.
    """
    evidence = _nothing(route, settings) if evidence is None else evidence
    case = Case(
        route=route,
        limits=route_settings(settings, route).verdict,
        counters=evidence.counters,
        seen=evidence.seen,
        latency=evidence.latency,
        tally=tally(evidence, Acceptances.of(settings, route, now), [refusal.side for refusal in refusals]),
        paused=paused,
        elsewhere=newest_of(past, evidence.epoch),
        recomparable=settings.store.record == "all" and only_rules_changed(past, evidence.epoch),
        shared=shared,
        refusals=refusals,
    )
    verdict, reasons = _decide(case)
    return RouteVerdict(
        route=route,
        verdict=verdict,
        required=required,
        reasons=reasons,
        summary=ready_sentence(case) if verdict is Verdict.READY else reasons[0].message,
        requests=_requests(case),
        skipped={reason: case.count(f"skipped:{reason}") for reason in get_args(SkipReason) if reason},
        divergence=_divergence(case),
        latency=_latency(case),
        candidate_errors={error: case.count(f"error:{error}") for error in _ERRORS},
        candidate_errors_at={
            error: evidence.last_times[f"error:{error}"] for error in _ERRORS if f"error:{error}" in evidence.last_times
        },
        differences=tuple(
            msgspec.structs.replace(found, elsewhere=True) if found.evidence.fingerprint in shared else found
            for found in with_changes(past, case)
        ),
        coverage=evidence.coverage,
        timeline=timeline(evidence.activity, case.tally),
        parity=case.parity if case.trials else None,
        legacy_version=evidence.epoch.legacy_version,
        candidate_version=evidence.epoch.candidate_version,
        first_seen=evidence.first_seen if case.seen else None,
        last_seen=evidence.last_seen if case.seen else None,
        history=history_of(past, case, evidence.epoch),
    )


def _decide(case: Case) -> tuple[Verdict, tuple[Reason, ...]]:
    """The worst that any reason demands; told are the reasons that demand it, then the warnings."""
    found = find_reasons(case)
    verdict = min((effect for effect, _ in found if effect), key=_BADNESS.__getitem__, default=Verdict.READY)
    deciding = [reason for effect, reason in found if effect is verdict]
    return verdict, (*deciding, *(reason for effect, reason in found if effect is None))


def _nothing(route: str, settings: Settings) -> RouteEvidence:
    epoch = Epoch(
        route,
        settings.legacy.url,
        settings.candidate.url,
        settings.legacy.version,
        settings.candidate.version,
        rules="",
    )
    return RouteEvidence(epoch=epoch, first_seen=0.0, last_seen=0.0, counters={})


def _requests(case: Case) -> dict[str, int]:
    fates = {fate: case.count(fate) for fate in ("raced", "unproductive", "shed", "failed", "lost")}
    return {"seen": case.seen, "compared": case.count("compared"), "distinct": case.tally.distinct, **fates}


def _divergence(case: Case) -> Divergence:
    n, s = case.tally.distinct, case.tally.differing
    return Divergence(
        distinct=s,
        rate=s / n if n else None,
        upper=case.bound,
        confidence=case.limits.confidence,
        needed=case.needed,
    )


def _latency(case: Case) -> LatencySummary:
    return LatencySummary(
        legacy_ms=_quantiles(case.latency.of(Side.LEGACY)),
        candidate_ms=_quantiles(case.latency.of(Side.CANDIDATE)),
        cold=case.count("cold"),
        cold_ms=_quantiles(case.latency.cold),
        cold_kinds={kind: case.count(f"cold:{kind}") for kind in get_args(ColdKind)},
        timed=case.timed,
        slow=case.slow / case.timed if case.timed else None,
        columns=tuple(LatencyColumn(*column) for column in histogram(case.latency, _MOST_COLUMNS)),
        ratio=case.limits.max_latency_ratio,
        slack_ms=case.limits.latency_slack_ms,
        most_slow=case.limits.max_slow,
    )


def _quantiles(buckets: Mapping[int, int]) -> Quantiles:
    p50, p95, p99 = (quantile(dict(buckets), q) for q in (0.5, 0.95, 0.99))
    return Quantiles(p50, p95, p99)
