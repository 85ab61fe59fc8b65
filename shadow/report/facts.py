"""What became of a route's requests and how its candidate failed, in sentences: only what there is to say."""

from __future__ import annotations

from typing import NamedTuple

from shadow.report.wording import CANDIDATE_ERRORS, TITLES, count, percent
from shadow.verdict.model import RouteVerdict
from shadow.verdict.wording import plural

__all__ = ["ErrorRow", "Fate", "candidate_errors", "fates", "ledger_sentence", "no_errors_sentence"]

_UNPROVEN = ("raced", "unproductive", "shed", "failed", "lost")
_SENT = ("compared", "raced", "unproductive", "failed")
"""Fates of requests that went to the candidate."""


class Fate(NamedTuple):
    """What became of so many requests."""

    title: str
    number: int


class ErrorRow(NamedTuple):
    title: str
    number: int
    share: str
    """Of the requests that went to the candidate."""
    last_seen: float | None


def fates(verdict: RouteVerdict) -> list[Fate]:
    """What became of the requests that were not compared, as far as there are any, the most frequent first."""
    found = [Fate(TITLES[name], verdict.requests.get(name, 0)) for name in _UNPROVEN]
    found += [Fate(f"skipped: {TITLES.get(name, name)}", number) for name, number in verdict.skipped.items()]
    return sorted((fate for fate in found if fate.number), key=lambda fate: -fate.number)


def ledger_sentence(verdict: RouteVerdict) -> str:
    """``All 846 requests seen were compared; 412 of these are distinct.``, or how many were."""
    seen, compared = verdict.requests.get("seen", 0), verdict.requests.get("compared", 0)
    distinct = verdict.requests.get("distinct", 0)
    if not seen:
        return "No request has been seen."
    if not compared:
        return f"{plural(seen, 'request')} seen, none compared."
    which = f"all {plural(seen, 'request')}" if compared == seen > 1 else f"{count(compared)} of {count(seen)} requests"
    if seen == 1:
        which = "the one request"
    were = "was" if compared == 1 else "were"
    return f"{which[0].upper()}{which[1:]} seen {were} compared; {count(distinct)} distinct."


def candidate_errors(verdict: RouteVerdict) -> list[ErrorRow]:
    """The errors that there were, the most frequent first."""
    sent = _sent(verdict)
    found = [
        ErrorRow(
            title=CANDIDATE_ERRORS[name][number != 1] if name in CANDIDATE_ERRORS else name,
            number=number,
            share=percent(number / sent) if sent else "–",
            last_seen=verdict.candidate_errors_at.get(name),
        )
        for name, number in verdict.candidate_errors.items()
        if number
    ]
    return sorted(found, key=lambda row: -row.number)


def no_errors_sentence(verdict: RouteVerdict) -> str:
    """For a candidate without errors."""
    sent = _sent(verdict)
    if not sent:
        return "Nothing has been sent to it."
    return f"No 5xx answer, timeout or failed connection in {plural(sent, 'request')}."


def _sent(verdict: RouteVerdict) -> int:
    return sum(verdict.requests.get(name, 0) for name in _SENT)
