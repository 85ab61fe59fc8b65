"""Holds the verdicts against the plan."""

from __future__ import annotations

from collections.abc import Sequence

from shadow.demo.routes import ROUTES, Expected, Planted, Release
from shadow.verdict.model import RouteVerdict

__all__ = ["faults"]


def faults(verdicts: Sequence[RouteVerdict], release: Release) -> list[str]:
    """One sentence for each verdict that is not the planted one; none means that shadow found exactly what is there."""
    found = {verdict.route: verdict for verdict in verdicts}
    sentences = [sentence for planted in ROUTES if (sentence := _fault(planted, found.get(planted.route), release))]
    unknown = sorted(set(found) - {planted.route for planted in ROUTES})
    return sentences + [f"{route}: there is a verdict, but the demo has no such route" for route in unknown]


def _fault(planted: Planted, verdict: RouteVerdict | None, release: Release) -> str:
    expected = release.expected(planted)
    if verdict is None:
        return f"{planted.route}: there is no verdict, but {_words(expected)} was planted"
    reason = verdict.reasons[0].code if verdict.reasons else None
    if verdict.verdict is not expected.verdict or (expected.reason and reason != expected.reason):
        said = _words(Expected(verdict.verdict, reason))
        return f"{planted.route}: the verdict is {said}, but {_words(expected)} was planted: {verdict.summary}"
    missing = release.classes(planted) - {difference.evidence.class_ for difference in verdict.differences}
    if missing:
        return f"{planted.route}: no difference of class {', '.join(sorted(missing))} was found"
    return ""


def _words(expected: Expected) -> str:
    return f"{expected.verdict} ({expected.reason})" if expected.reason else str(expected.verdict)
