"""report.json: everything that a report knows, for machines.

The shape is a contract with CI jobs, described by report.schema.json beside this module: it grows, and never breaks.
"""

from __future__ import annotations

from typing import Any

from shadow.evidence.observation import Example
from shadow.exchange import Side
from shadow.report.coverage_view import coverage_json
from shadow.report.document import Document
from shadow.report.example.urls import example_url
from shadow.report.history_json import as_json, what_it_is
from shadow.report.json_values import json_file
from shadow.report.wording import rfc3339
from shadow.verdict.model import Bucket, JudgedDifference, LatencySummary, Quantiles, RouteVerdict
from shadow.verdict.timeline import merged, width_for

__all__ = ["SCHEMA", "as_dict", "heading", "render"]

SCHEMA = "shadow/report/1"
_BUCKETS = 40
"""Of a timeline, about."""
_FATES = ("seen", "compared", "distinct", "raced", "unproductive", "shed", "failed", "lost")
_SKIPPED = ("write", "sampled", "too-large", "streamed", "upgrade", "rate", "breaker", "paused", "excluded", "redacted")
_CANDIDATE_ERRORS = ("timeout", "connection", "5xx")


def render(document: Document) -> bytes:
    """The file: no NaN, no lone surrogates, no bottomless nesting."""
    return json_file(as_dict(document))


def as_dict(document: Document) -> dict[str, Any]:
    """The report as plain values, in the order of the contract; values from traffic as they were found."""
    return {
        **heading(SCHEMA, document),
        "never_seen": list(document.never_seen),
        "paused": document.paused,
        **({"failure": document.failure} if document.failure else {}),
        "notes": [note.sentence for note in document.notes],
        "summary": {str(verdict): number for verdict, number in document.summary.items()},
        "routes": [_route(verdict, document) for verdict in document.verdicts],
    }


def heading(schema: str, document: Document) -> dict[str, Any]:
    """How every file for machines begins: what it is, and what was compared with what, when."""
    return {
        "schema": schema,
        "generated_at": rfc3339(document.generated_at),
        "legacy": document.legacy,
        "candidate": document.candidate,
        "legacy_version": document.legacy_version,
        "candidate_version": document.candidate_version,
    }


def _route(verdict: RouteVerdict, document: Document) -> dict[str, Any]:
    found = verdict.divergence
    return {
        "route": verdict.route,
        "verdict": str(verdict.verdict),
        "required": verdict.required,
        "summary": verdict.summary,
        "reasons": [{"code": reason.code, "message": reason.message} for reason in verdict.reasons],
        "requests": {
            **_counts(verdict.requests, _FATES),
            "skipped": _counts(verdict.skipped, _SKIPPED),
        },
        "divergence": {
            "distinct": found.distinct,
            "rate": found.rate,
            "upper": found.upper,
            "confidence": found.confidence,
            "needed": found.needed,
        },
        "coverage": coverage_json(verdict.coverage),
        "timeline": _timeline(verdict.timeline),
        "latency": _latency(verdict.latency),
        "candidate_errors": _counts(verdict.candidate_errors, _CANDIDATE_ERRORS),
        "candidate_version": verdict.candidate_version,
        "first_seen": rfc3339(verdict.first_seen),
        "last_seen": rfc3339(verdict.last_seen),
        "history": as_json(verdict.history),
        "differences": [_difference(difference, document) for difference in verdict.differences],
    }


def _timeline(timeline: tuple[Bucket, ...]) -> list[dict[str, Any]]:
    """As fine as a picture shows it; what is counted in wider buckets stays in them, so the numbers add up."""
    if not timeline:
        return []
    end = max(bucket.start + bucket.width for bucket in timeline)
    return [
        {
            "start": rfc3339(bucket.start),
            "seconds": bucket.width,
            "compared": bucket.compared,
            "differing": bucket.differing,
            "excused": bucket.excused,
        }
        for bucket in merged([timeline], width_for(end - timeline[0].start, _BUCKETS))
    ]


def _difference(judged: JudgedDifference, document: Document) -> dict[str, Any]:
    evidence = judged.evidence
    accepted = judged.accepted_by
    return {
        **what_it_is(evidence),
        "severity": evidence.severity,
        "count": evidence.count,
        "distinct": judged.distinct,
        "share": judged.share,
        "status": judged.status,
        "change": judged.change,
        "noise": evidence.noise,
        "accepted": accepted
        and {"reason": accepted.reason, "until": accepted.until.isoformat() if accepted.until else None},
        "summary": evidence.summary,
        "first_seen": rfc3339(evidence.first_seen),
        "last_seen": rfc3339(evidence.last_seen),
        "examples": [
            found for example in evidence.examples for found in _example(example, evidence.fingerprint, document)
        ],
    }


def _example(example: Example, fingerprint: str, document: Document) -> list[dict[str, Any]]:
    """The first place in the pair that shows the fingerprint; none where the example doesn't hold it."""
    request = example.pair.of(Side.LEGACY).request
    return [
        {
            "request": {"method": request.method, "url": example_url(example, Side.LEGACY, document)},
            "path": difference.path,
            "legacy": difference.legacy,
            "candidate": difference.candidate,
        }
        for difference in example.differences
        if difference.fingerprint == fingerprint
    ][:1]


def _latency(latency: LatencySummary) -> dict[str, Any]:
    return {
        "legacy_ms": _quantiles(latency.legacy_ms),
        "candidate_ms": _quantiles(latency.candidate_ms),
        "cold": latency.cold,
        "cold_ms": _quantiles(latency.cold_ms),
        "cold_kinds": latency.cold_kinds,
        "timed": latency.timed,
        "slow": latency.slow,
    }


def _quantiles(quantiles: Quantiles) -> dict[str, float | None]:
    return {"p50": quantiles.p50, "p95": quantiles.p95, "p99": quantiles.p99}


def _counts(found: dict[str, int], names: tuple[str, ...]) -> dict[str, int]:
    """All of ``names``, zeros included, and whatever else was counted."""
    return {**dict.fromkeys(names, 0), **found}
