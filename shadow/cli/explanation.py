"""One route's verdict at length: what the HTML report says of it, in the same words and order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console

from shadow.cli.explained_difference import explain_differences
from shadow.report.coverage_view import coverage_rows, coverage_sentence
from shadow.report.document import Document
from shadow.report.history_view import HistoryList, VersionRow, view_history
from shadow.report.terminal.verdict_rows import STYLES
from shadow.report.terminal.writer import Writer
from shadow.report.visible import clip
from shadow.report.wording import (
    CANDIDATE_ERRORS,
    ICONS,
    TITLES,
    WORDS,
    cold_sentence,
    count,
    evidence_sentence,
    milliseconds,
    progress,
    progress_sentence,
    seen_sentence,
    sentence,
    slow_sentence,
)
from shadow.verdict.model import LatencySummary, RouteVerdict
from shadow.verdict.wording import plural

__all__ = ["explain"]

_LONGEST_ROUTE, _LONGEST_REASON, _LONGEST_NOTE, _LONGEST_PLACE = 300, 1_000, 500, 120
_MOST_VERSIONS, _MOST_ROWS = 10, 20
_BAR = 24
"""Columns of the bar that shows the progress."""
_AFTER_A_FIX = (
    "After a fix: `shadow forget ROUTE`, or give each build a `candidate.version`; "
    "without one, what earlier builds showed still counts."
)


def explain(
    console: Console, verdict: RouteVerdict, document: Document, examples: int, option: Sequence[str] = ()
) -> None:
    """Print the verdict with its evidence, and ``examples`` examples of each group of differences.

    ``option`` is what the commands need to find the same settings, as in ``["--config", "FILE"]``.
    """
    page = Writer(console)
    required = "" if verdict.required else " (not required)"
    title = f"{ICONS[verdict.verdict]} {WORDS[verdict.verdict]}: {clip(verdict.route, _LONGEST_ROUTE)}{required}"
    page.line((title, STYLES[verdict.verdict]), hang=2)
    _reasons(page, verdict)
    _evidence(page, verdict)
    _requests(page, verdict)
    _latency(page, verdict.latency)
    _candidate(page, verdict)
    _history(page, verdict)
    explain_differences(page, verdict, document, examples, option)
    _coverage(page, verdict)
    _notes(page, verdict, document)
    if verdict.differences and not verdict.candidate_version:
        page.line()
        page.line(_AFTER_A_FIX)


def _reasons(page: Writer, verdict: RouteVerdict) -> None:
    for reason in verdict.reasons:
        page.line((reason.code, "bold"), f": {clip(reason.message, _LONGEST_REASON)}", indent=2, hang=2)
    if not verdict.reasons:
        page.line(clip(sentence(verdict), _LONGEST_REASON), indent=2)


def _evidence(page: Writer, verdict: RouteVerdict) -> None:
    page.head("Evidence")
    page.line(evidence_sentence(verdict), indent=2)
    if told := progress_sentence(verdict):
        page.line(*_bar(page, progress(verdict)), told, indent=2)


def _bar(page: Writer, share: float) -> Iterator[tuple[str, str]]:
    """A picture of what the sentence says, where there is room for one."""
    if page.laid_out and page.width > 4 * _BAR and page.console.encoding.startswith("utf"):
        full = round(share * _BAR)
        yield "━" * full, "green"
        yield "─" * (_BAR - full) + "  ", "dim"


def _requests(page: Writer, verdict: RouteVerdict) -> None:
    page.head("Requests")
    requests = verdict.requests
    seen, compared, distinct = (requests.get(name, 0) for name in ("seen", "compared", "distinct"))
    page.line(f"{plural(seen, 'request')} seen, {count(compared)} compared, {count(distinct)} distinct", indent=2)
    others = {name: requests.get(name, 0) for name in ("raced", "unproductive", "shed", "failed", "lost")}
    told = [f"{count(number)} {TITLES[name]}" for name, number in others.items() if number]
    if told:
        page.line(f"not compared: {', '.join(told)}", indent=2)
    told = [f"{count(number)} {TITLES.get(name, name)}" for name, number in verdict.skipped.items() if number]
    if told:
        page.line(f"skipped: {', '.join(told)}", indent=2)


def _latency(page: Writer, latency: LatencySummary) -> None:
    page.head("Latency")
    if latency.timed:
        sides = (("legacy", latency.legacy_ms), ("candidate", latency.candidate_ms))
        rows = [(name, *map(milliseconds, (found.p50, found.p95, found.p99))) for name, found in sides]
        for name, *cells in [("", "p50", "p95", "p99"), *rows]:
            page.line(f"{name:9}", *(f"  {cell:>7}" for cell in cells), indent=2)
    page.line(slow_sentence(latency), indent=2)
    if cold := cold_sentence(latency):
        page.line(f"{cold[0].upper()}{cold[1:]}.", indent=2)


def _candidate(page: Writer, verdict: RouteVerdict) -> None:
    page.head("Candidate")
    numbers = {words: verdict.candidate_errors.get(name, 0) for name, (_, words) in CANDIDATE_ERRORS.items()}
    told = [f"{words}: {count(number)}" for words, number in {**numbers, "cold starts": verdict.latency.cold}.items()]
    page.line(", ".join(told), indent=2)
    if verdict.candidate_version:
        page.line(f"version: {clip(verdict.candidate_version, 60)}", indent=2)
    page.line(seen_sentence(verdict), indent=2)


def _history(page: Writer, verdict: RouteVerdict) -> None:
    history = view_history(verdict, _MOST_VERSIONS)
    if history is None:
        return
    page.head("Versions", "earlier ones, judged by today's settings; they change no verdict")
    if history.sentence:
        page.line(clip(history.sentence, 400), indent=2)
    for row in history.rows:
        _version(page, row)
    for found in history.lists:
        _places(page, found)
    if history.left_out:
        page.line(f"{plural(history.left_out, 'earlier version is', 'earlier versions are')} in report.json.", indent=2)


def _version(page: Writer, row: VersionRow) -> None:
    word = f"{ICONS[row.verdict]} {WORDS[row.verdict]}"
    about = f", {row.about}" if row.about else ""
    told = f"  {clip(row.version, 60)}: {row.differ} of {row.distinct} distinct differ, seen {row.when}{about}"
    page.line((word, STYLES[row.verdict]), told, indent=2, hang=2)


def _places(page: Writer, found: HistoryList) -> None:
    places = [_place(judged.evidence.where, judged.evidence.path) for judged in found.differences]
    if more := found.amount - len(found.differences):
        places.append(f"{count(more)} more in report.json")
    page.line((found.title, "bold"), f" ({found.meaning}): {', '.join(places)}", indent=2, hang=2)


def _place(where: str, path: str) -> str:
    shown = clip(path, _LONGEST_PLACE)
    return shown if where == path else f"{where} {shown}"


def _coverage(page: Writer, verdict: RouteVerdict) -> None:
    if not verdict.coverage.requests:
        return
    page.head("Coverage")
    page.line(coverage_sentence(verdict.coverage), indent=2)
    for row in coverage_rows(verdict.coverage, _MOST_ROWS):
        page.line((" ".join(filter(None, (row.title, row.name))), "bold"), f": {row.values}", indent=2, hang=2)


def _notes(page: Writer, verdict: RouteVerdict, document: Document) -> None:
    found: Sequence[str] = [note.sentence for note in document.notes if verdict.route in note.routes]
    if found:
        page.head("Notes")
    for one in found:
        page.line(clip(one, _LONGEST_NOTE), indent=2, hang=2)
