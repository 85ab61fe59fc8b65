"""Builds a `Difference`: one place for its sentence, its shown values and its fingerprint."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from shadow.compare.difference import Difference, Kind, Severity, Where
from shadow.compare.documents.values import json_type
from shadow.compare.fingerprint import fingerprint
from shadow.compare.wording import LONGEST, around, legible, sentence, shown

__all__ = ["described"]

_LONGEST_SUMMARY = 1200
"""Characters; no sentence of ours is longer, but a name out of traffic may be."""


def described(
    where: Where,
    path: str,
    kind: Kind,
    class_: str,
    legacy: Any,
    candidate: Any,
    *,
    pattern: str | None = None,
    severity: Severity = "difference",
    summary: str = "",
    explained: str = "",
    detail: Hashable = "",
) -> Difference:
    """A difference between two values (JSON's, or `ABSENT`).

    ``summary`` defaults to a sentence of both values, with ``explained`` in brackets. ``detail`` is what else tells
    this fault from others at the same place: the status pair, or which cookie.
    """
    pattern = path if pattern is None else pattern
    said = summary or sentence(kind, legacy, candidate)
    summary = f"{said} ({explained})" if explained else said
    legacy_shown, candidate_shown = around(legacy, candidate, LONGEST)
    return Difference(
        where=where,
        path=legible(path),
        pattern=legible(pattern),
        kind=kind,
        class_=class_,
        severity=severity,
        legacy=shown(legacy_shown),
        candidate=shown(candidate_shown),
        summary=legible(summary, _LONGEST_SUMMARY),
        fingerprint=fingerprint(where, pattern, kind, class_, json_type(legacy), json_type(candidate), detail),
    )
