"""Numbers and verdicts in words: the sentences and units that all formats for people share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import PurePath

import msgspec

from shadow.evidence.observation import ColdKind
from shadow.evidence.route_evidence import FingerprintEvidence
from shadow.report.document import Document
from shadow.verdict.model import JudgedDifference, LatencySummary, RouteVerdict, Verdict
from shadow.verdict.tally import NOISE_AFTER, perhaps_noise
from shadow.verdict.wording import percent, percent_below, plural

__all__ = [
    "CANDIDATE_ERRORS",
    "GROUPS",
    "ICONS",
    "TITLES",
    "WORDS",
    "WRITES_DIFFER",
    "Group",
    "became",
    "brief",
    "cold_sentence",
    "count",
    "counted",
    "evidence_sentence",
    "grouped",
    "headline",
    "latency_pair",
    "milliseconds",
    "noise_sentence",
    "occurrence",
    "percent",
    "place",
    "progress",
    "progress_sentence",
    "rfc3339",
    "seen_sentence",
    "sentence",
    "settings_name",
    "slow_sentence",
    "standing",
    "unsettled",
    "utc",
]

WORDS: dict[Verdict, str] = {
    Verdict.NOT_READY: "not ready",
    Verdict.INCONCLUSIVE: "inconclusive",
    Verdict.READY: "ready",
}
"""Worst first."""
ICONS: dict[Verdict, str] = {Verdict.NOT_READY: "✗", Verdict.INCONCLUSIVE: "?", Verdict.READY: "✓"}
TITLES: dict[str, str] = {
    "write": "writes, not opted in",
    "sampled": "not in the sample",
    "too-large": "body too large",
    "streamed": "streamed",
    "upgrade": "protocol upgrade",
    "rate": "over the rate limit",
    "breaker": "circuit breaker open",
    "paused": "while paused",
    "excluded": "excluded",
    "redacted": "recorded, with a secret in it",
    "raced": "raced with a write",
    "unproductive": "both sides failed alike",
    "shed": "shed (queue full)",
    "failed": "failed in the harness",
    "lost": "lost (worker died)",
}
"""What became of a request that proves nothing → words for a person."""
CANDIDATE_ERRORS: dict[str, tuple[str, str]] = {
    "5xx": ("5xx answer", "5xx answers"),
    "timeout": ("timeout", "timeouts"),
    "connection": ("failed connection", "failed connections"),
}
"""Error of the candidate → words for one, and for several."""
WRITES_DIFFER = (
    "Writes can't be asked again to confirm a difference. What each side makes up for itself, such as a generated id "
    "or a time stamp, differs for ever until it is accepted."
)


class Group(msgspec.Struct, frozen=True):
    """Differences that mean the same for the verdict."""

    name: str
    """The status of each, or what is said instead; see `standing`."""
    title: str
    meaning: str


GROUPS: tuple[Group, ...] = (
    Group("open", "Open differences", "each keeps the route from being ready until it is fixed or accepted"),
    Group(
        "undecided",
        "Not decided yet",
        "perhaps noise: legacy has shown each with itself, but in too few requests to be sure; until then they count "
        "neither for the route nor against it",
    ),
    Group("accepted", "Accepted", "differences that shadow.toml accepts, with a reason"),
    Group("noise", "Noise", "legacy differs like this with itself"),
    Group("notice", "Notices", "shown and counted, but never a reason against a route"),
)
"""In the order in which people read them."""


def headline(document: Document) -> str:
    """The answer to the question that people open a report with."""
    if document.failure:
        return "Nothing could be judged"
    required = [verdict for verdict in document.verdicts if verdict.required]
    if not document.verdicts:
        return "No route has been seen yet"
    if not required:
        return "No route is required, so nothing has been decided"
    ready = sum(verdict.verdict is Verdict.READY for verdict in required)
    if ready < len(required):
        return f"{count(ready)} of {count(len(required))} required routes {'is' if ready == 1 else 'are'} ready"
    return f"All {count(ready)} required routes are ready" if ready > 1 else "The one required route is ready"


def sentence(verdict: RouteVerdict) -> str:
    """The one sentence that explains the verdict."""
    if verdict.verdict is not Verdict.READY and verdict.reasons:
        return verdict.reasons[0].message
    return verdict.summary


def brief(verdict: RouteVerdict) -> str:
    """`sentence` without what to do about it: for a line among many."""
    found = sentence(verdict)
    advice = verdict.reasons[0].advice if verdict.reasons else ""
    return found.removesuffix(advice) if advice else found


def became(found: FingerprintEvidence) -> str:
    """What became of the value, for where its place stands beside it."""
    return found.summary.removeprefix(f"header {found.path}: ")


def place(found: FingerprintEvidence) -> str:
    """Where it is: ``body $.total``, ``header etag``, ``status``."""
    return found.path if found.where == found.path else f"{found.where} {found.path}"


def evidence_sentence(verdict: RouteVerdict) -> str:
    """What the evidence says, whatever was decided: ``3 of 412 distinct requests differ; at 95% …``."""
    distinct = verdict.requests.get("distinct", 0)
    if not distinct:
        return "Nothing has been compared yet."
    found = verdict.divergence
    noun, verb = ("request", "differs") if distinct == 1 else ("requests", "differ")
    told = f"{count(found.distinct)} of {count(distinct)} distinct {noun} {verb}"
    if found.upper >= 1:  # That fewer than all do says nothing.
        return f"{told}."
    return f"{told}; at {percent(found.confidence)} confidence fewer than {percent_below(found.upper)} do."


def unsettled(judged: JudgedDifference) -> bool:
    """Whether this group isn't decided yet: it is perhaps noise.

    Its status is `open`, but legacy has shown it with itself in every distinct request that showed it, in fewer than it
    takes to be sure. The requests that showed it are left out of all counts until then: it keeps no route from being
    ready, and it isn't worth accepting.
    """
    return perhaps_noise(judged)


def standing(judged: JudgedDifference) -> str:
    """Its status for people: the name of its group in `GROUPS`."""
    return "undecided" if unsettled(judged) else judged.status


def grouped(differences: Sequence[JudgedDifference]) -> list[tuple[Group, list[JudgedDifference]]]:
    """The groups that have any of ``differences``, which keep their order."""
    found = [(group, [one for one in differences if standing(one) == group.name]) for group in GROUPS]
    return [(group, several) for group, several in found if several]


def noise_sentence(found: JudgedDifference) -> str:
    """How common it is that legacy differs from itself like that; "" where it is not known to."""
    noise = found.evidence.noise
    if not noise:
        return ""
    told = f"legacy shows this with itself, in {percent(found.share)} of distinct requests"
    if unsettled(found):
        return f"{told}; not decided yet: {count(noise)} of the {NOISE_AFTER} needed to be sure"
    return told if found.status == "noise" else f"{told}; {count(noise)} of the {NOISE_AFTER} needed to be sure"


def counted(judged: JudgedDifference) -> bool:
    """Whether it is known how many distinct requests showed it: none is remembered for notices."""
    return judged.status != "notice" or judged.distinct > 0


def occurrence(judged: JudgedDifference) -> str:
    """How often and when: ``in 24 distinct requests (100%), 48 times in all; first …, last …``."""
    found = judged.evidence
    often = f"{plural(found.count, 'time')} in all; first {utc(found.first_seen)}, last {utc(found.last_seen)}"
    if not counted(judged):
        return often
    return f"in {plural(judged.distinct, 'distinct request')} ({percent(judged.share)}), {often}"


def cold_sentence(latency: LatencySummary) -> str:
    """Which cold starts were met and how long they took; "" where none was."""
    told = [f"{count(number)} {words}" for kind, words in _COLD.items() if (number := latency.cold_kinds.get(kind))]
    if not told:
        return ""
    took = "/".join(milliseconds(value) for value in (latency.cold_ms.p50, latency.cold_ms.p95, latency.cold_ms.p99))
    return f"cold starts, left out of latency: {', '.join(told)}; p50/p95/p99 {took}"


_COLD: dict[ColdKind, str] = {
    "init": "told by the candidate",
    "timeout": "timed out and answered when asked again",
    "idle": "first after idle",
}


def slow_sentence(latency: LatencySummary) -> str:
    """How many of the timed requests were too slow."""
    if not latency.timed:
        return "No request has been timed on both sides yet."
    were = "was" if latency.timed == 1 else "were"
    timed = plural(latency.timed, "request")
    return f"{percent(latency.slow)} of {timed} timed on both sides {were} slower than allowed."


def seen_sentence(verdict: RouteVerdict) -> str:
    """From when to when the route was seen."""
    if verdict.first_seen is not None:
        first, last = utc(verdict.first_seen), utc(verdict.last_seen)
        return f"Seen at {first}." if first == last else f"Seen from {first} to {last}."
    return "Not seen under these versions and rules." if verdict.history.versions else "Never seen."


def progress_sentence(verdict: RouteVerdict) -> str:
    """What is missing until the route can be ready; "" for one that is not ready, which no number of requests helps."""
    if verdict.verdict is Verdict.NOT_READY:
        return ""
    needed = verdict.divergence.needed
    if not needed:
        return "enough distinct requests"
    return f"{plural(needed, 'more distinct clean request')} until this route can be ready"


def progress(verdict: RouteVerdict) -> float:
    """How far the route is on its way to enough clean requests, 0 to 1."""
    distinct = verdict.requests.get("distinct", 0)
    total = distinct + verdict.divergence.needed
    return distinct / total if total else 0.0


def settings_name(document: Document) -> str:
    """The name of the settings' file. Reports are sent around, so the folders of the machine are nobody's business."""
    return PurePath(document.settings_source).name


def count(number: int) -> str:
    """``12,345``."""
    return f"{number:,}"


def milliseconds(value: float | None) -> str:
    """``0.84 ms``, ``12 ms``, ``1.2 s``; a dash where nothing was timed."""
    if value is None:
        return "–"
    if value >= 999.5:
        return f"{value / 1000:.1f} s"
    return f"{value:.0f} ms" if value >= 9.95 else f"{value:.2g} ms"


def latency_pair(legacy: float | None, candidate: float | None) -> str:
    """``12 ms → 15 ms``; a dash where neither side was timed."""
    if legacy is None and candidate is None:
        return "–"
    return f"{milliseconds(legacy)} → {milliseconds(candidate)}"


def utc(seconds: float | None) -> str:
    """Seconds since the epoch as ``2026-11-23 10:09 UTC``; a dash for none."""
    if seconds is None:
        return "–"
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%d %H:%M UTC")


def rfc3339(seconds: float | None) -> str | None:
    """Seconds since the epoch as ``2026-11-23T10:09:41Z``; None for none."""
    return None if seconds is None else dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
