"""Everything that speaks against "ready", in the order in which it is worth reading."""

from __future__ import annotations

from collections.abc import Callable

from shadow.verdict import not_ready, undecided
from shadow.verdict.case import Case, Finding
from shadow.verdict.model import Reason, ReasonCode, Verdict
from shadow.verdict.wording import percent, percent_below, plural

__all__ = ["find_reasons", "ready_sentence"]

_REASONS: tuple[tuple[ReasonCode, Callable[[Case], Finding | None]], ...] = (
    ("same-backend", not_ready.same_backend),
    ("candidate-errors", not_ready.candidate_errors),
    ("credentials", not_ready.credentials),
    ("candidate-unstable", not_ready.candidate_unstable),
    ("divergence", not_ready.divergence),
    ("expired-acceptance", not_ready.expired_acceptance),
    ("credentials", undecided.refused_credentials),
    ("credentials", undecided.no_credentials),
    ("paused", undecided.paused),
    ("not-seen", undecided.not_seen),
    ("writes-not-mirrored", undecided.writes_not_mirrored),
    ("unproductive", undecided.unproductive),
    ("candidate-errors", undecided.breaker),
    ("raced", undecided.raced),
    ("shed", undecided.shed),
    ("not-enough-requests", undecided.not_enough_requests),
    ("latency", not_ready.latency),
    ("latency", not_ready.cold_timeouts),
)
"""The first that demands the verdict is the sentence that people read."""


def find_reasons(case: Case) -> list[tuple[Verdict | None, Reason]]:
    """Each reason with the verdict that it demands; None for a warning, which demands none."""
    found = [(code, find(case)) for code, find in _REASONS]
    return [
        (finding.demands, Reason(code, finding.sentence + finding.advice, finding.advice))
        for code, finding in found
        if finding
    ]


def ready_sentence(case: Case) -> str:
    """What a ready route has proven, and how firmly."""
    tally, confidence = case.tally, percent(case.limits.confidence)
    verb = "differs" if tally.distinct == 1 else "differ"
    seen = f"{tally.differing:,} of {plural(tally.distinct, 'distinct request')} {verb}"
    bound = percent_below(case.bound)
    if case.limits.enough == "statistics":
        return f"{seen}; at {confidence} confidence fewer than {bound} do"
    return (
        f"{seen}, which is enough by your settings (enough = {case.limits.enough}); "
        f"so few prove only that, at {confidence} confidence, fewer than {bound} do"
    )
