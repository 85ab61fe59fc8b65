"""cutover.json: the ready routes, and nothing else, in a form that a deployment can consume.

What moves traffic needs no opinion of its own: a route that is not in ``routes`` stays on legacy. The shape is a
contract, described by cutover.schema.json beside this module: it grows, and never breaks.
"""

from __future__ import annotations

from typing import Any

from shadow.report.document import Document
from shadow.report.json_report import heading
from shadow.report.json_values import json_file
from shadow.report.wording import rfc3339
from shadow.verdict.model import JudgedDifference, RouteVerdict, Verdict

__all__ = ["SCHEMA", "render"]

SCHEMA = "shadow/cutover/1"


def render(document: Document) -> bytes:
    """The file; the document must have a standing for every ready route (`shadow.report.standing`)."""
    ready = [verdict for verdict in document.verdicts if verdict.verdict is Verdict.READY]
    return json_file(
        {
            **heading(SCHEMA, document),
            **({"failure": document.failure} if document.failure else {}),
            "routes": [_route(verdict, document) for verdict in sorted(ready, key=_by_path)],
            # A number and no names, so that nobody can deploy them by mistake.
            "left_out": {
                str(verdict): number for verdict, number in document.summary.items() if verdict is not Verdict.READY
            },
        }
    )


def _by_path(verdict: RouteVerdict) -> tuple[str, str]:
    method, _, template = verdict.route.partition(" ")
    return template, method


def _route(verdict: RouteVerdict, document: Document) -> dict[str, Any]:
    standing = document.standings[verdict.route]
    method, _, template = verdict.route.partition(" ")
    return {
        "route": verdict.route,
        "method": method,
        "template": template,
        "legacy_path": standing.legacy_path,
        "candidate_path": standing.candidate_path,
        "required": verdict.required,
        "known_from": standing.origin,
        "expires": {"at": rfc3339(standing.until), "because": standing.because, "message": standing.sentence},
        "evidence": {
            "distinct": verdict.requests.get("distinct", 0),
            "compared": verdict.requests.get("compared", 0),
            "differing": verdict.divergence.distinct,
            "upper": verdict.divergence.upper,
            "confidence": verdict.divergence.confidence,
            "legacy_version": verdict.legacy_version,
            "candidate_version": verdict.candidate_version,
            "first_seen": rfc3339(verdict.first_seen),
            "last_seen": rfc3339(verdict.last_seen),
            "accepted": [_accepted(found) for found in verdict.differences if found.status == "accepted"],
        },
    }


def _accepted(found: JudgedDifference) -> dict[str, Any]:
    accept = found.accepted_by
    assert accept is not None
    return {
        "fingerprint": found.evidence.fingerprint,
        "where": found.evidence.where,
        "path": found.evidence.path,
        "summary": found.evidence.summary,
        "distinct": found.distinct,
        "reason": accept.reason,
        "until": accept.until.isoformat() if accept.until else None,
    }
