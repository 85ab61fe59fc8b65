"""A route's history as report.json has it."""

from __future__ import annotations

from typing import Any

from shadow.evidence.route_evidence import FingerprintEvidence
from shadow.report.wording import rfc3339
from shadow.verdict.model import History, JudgedDifference, PastVersion

__all__ = ["as_json", "what_it_is"]


def as_json(history: History) -> dict[str, Any]:
    return {
        "trend": history.trend,
        "sentence": history.sentence,
        "versions": [_version(one) for one in history.versions],
        "gone": [_past_difference(found) for found in history.gone],
        "not_seen_yet": [_past_difference(found) for found in history.not_seen_yet],
    }


def _version(one: PastVersion) -> dict[str, Any]:
    return {
        "legacy_version": one.legacy_version,
        "candidate_version": one.candidate_version,
        "before": one.before,
        "same_rules": one.alike,
        "sampled": one.sampled,
        "first_seen": rfc3339(one.first_seen),
        "last_seen": rfc3339(one.last_seen),
        "distinct": one.distinct,
        "differing": one.differing,
        "unanswered": one.unanswered,
        "rate": one.rate,
        "upper": one.upper,
        "verdict": str(one.verdict),
        "open": [found.evidence.fingerprint for found in one.open],
    }


def what_it_is(found: FingerprintEvidence) -> dict[str, Any]:
    """What tells a group of differences from others, as report.json has it for those of now and of the past."""
    return {
        "fingerprint": found.fingerprint,
        "where": found.where,
        "path": found.path,
        "kind": found.kind,
        "class": found.class_,
    }


def _past_difference(judged: JudgedDifference) -> dict[str, Any]:
    return {
        **what_it_is(judged.evidence),
        "distinct": judged.distinct,
        "share": judged.share,
        "summary": judged.evidence.summary,
    }
