"""One route's verdict at length, for a terminal: evidence, reasons, differences with examples."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.padding import Padding

from shadow.cli.verdict_lines import STYLES, printable
from shadow.evidence.observation import Example
from shadow.report.coverage_view import coverage_sentence
from shadow.report.document import Document
from shadow.report.example.side_by_side import Block
from shadow.report.example.view import ExampleView, Place, view_example
from shadow.report.visible import clip
from shadow.report.wording import (
    ICONS,
    TITLES,
    WORDS,
    cold_sentence,
    count,
    evidence_sentence,
    milliseconds,
    noise_sentence,
    percent,
    utc,
)
from shadow.verdict.model import JudgedDifference, Quantiles, RouteVerdict

__all__ = ["explain"]

_DIFF_LINES = 20
"""Lines of the two bodies that are shown; the report has them all."""
_LONGEST = 200
_MOST_GONE = 10
_SEVERITY_STYLES = {"open": "bold red", "accepted": "green", "noise": "dim", "notice": "dim"}


def explain(console: Console, verdict: RouteVerdict, document: Document, examples: int) -> None:
    """Print the verdict with its evidence, and ``examples`` examples of each group of differences."""
    page = _Page(console)
    required = "" if verdict.required else " (not required)"
    page.line(f"{ICONS[verdict.verdict]} {WORDS[verdict.verdict]}: {verdict.route}{required}", STYLES[verdict.verdict])
    for sentence in [reason.message for reason in verdict.reasons] or [verdict.summary]:
        page.line(sentence, indent=2)
    page.head("Evidence")
    for line in _evidence(verdict):
        page.line(line, indent=2)
    notes = [note.sentence for note in document.notes if verdict.route in note.routes]
    if notes:
        page.head("Notes")
    for note in notes:
        page.line(clip(note, 500), indent=2)
    if verdict.differences:
        page.head("Differences")
    for difference in verdict.differences:
        _difference(page, difference)
        for example in difference.evidence.examples[:examples]:
            _example(page, example, difference, document)
    if verdict.differences and not verdict.candidate_version:
        page.line("")
        page.line(_AFTER_A_FIX)


_AFTER_A_FIX = (
    "After a fix: `shadow forget ROUTE`, or give each build a `candidate.version`; "
    "without one, what earlier builds showed still counts."
)


class _Page:
    """Lines for a terminal of any width and encoding."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def head(self, text: str) -> None:
        self.line("")
        self.line(text, "bold")

    def line(self, text: str, style: str = "", *, indent: int = 0) -> None:
        shown = printable(self._console, text, style)
        if self._console.is_terminal:
            self._console.print(Padding(shown, (0, 0, 0, indent)))
        else:
            self._console.print(printable(self._console, " " * indent) + shown, soft_wrap=True)


def _evidence(verdict: RouteVerdict) -> Iterator[str]:
    requests = verdict.requests
    seen, compared, distinct = (count(requests[name]) for name in ("seen", "compared", "distinct"))
    yield f"{seen} requests seen, {compared} compared, {distinct} distinct"
    others = {name: requests[name] for name in ("raced", "unproductive", "shed", "failed", "lost")} | verdict.skipped
    told = [f"{count(number)} {TITLES.get(name, name)}" for name, number in others.items() if number]
    if told:
        yield f"not compared: {', '.join(told)}"
    yield evidence_sentence(verdict)
    if verdict.coverage.requests:
        yield coverage_sentence(verdict.coverage)
    if verdict.divergence.needed:
        yield f"{count(verdict.divergence.needed)} more clean distinct requests are needed"
    errors = [f"{count(number)} {name}" for name, number in verdict.candidate_errors.items() if number]
    if errors:
        yield f"errors of the candidate: {', '.join(errors)}"
    if verdict.latency.timed:
        legacy, candidate = _quantiles(verdict.latency.legacy_ms), _quantiles(verdict.latency.candidate_ms)
        slow = f"{percent(verdict.latency.slow)} of {count(verdict.latency.timed)} slow"
        yield f"latency p50/p95/p99: legacy {legacy}, candidate {candidate}; {slow}"
    if verdict.latency.cold:
        yield cold_sentence(verdict.latency)
    version = f", candidate version {verdict.candidate_version}" if verdict.candidate_version else ""
    if verdict.history.sentence:
        yield clip(verdict.history.sentence, 2 * _LONGEST)
    yield from _gone(verdict)
    if verdict.first_seen is not None:
        yield f"from {utc(verdict.first_seen)} to {utc(verdict.last_seen)}{version}"


def _gone(verdict: RouteVerdict) -> Iterator[str]:
    """What the version before had shown and this one has not; what is new or back is marked among the differences."""
    for words, differences in (("gone", verdict.history.gone), ("not seen yet", verdict.history.not_seen_yet)):
        places = [f"{found.evidence.where} {clip(found.evidence.path, 60)}" for found in differences[:_MOST_GONE]]
        if len(differences) > len(places):
            places.append(f"{count(len(differences) - len(places))} more")
        if places:
            yield f"{words}: {', '.join(places)}"


def _quantiles(found: Quantiles) -> str:
    return "/".join(milliseconds(value) for value in (found.p50, found.p95, found.p99))


def _difference(page: _Page, found: JudgedDifference) -> None:
    evidence = found.evidence
    status = f"{found.status}, {found.change}" if found.change else found.status
    page.line("")
    page.line(
        f"{status}  {evidence.fingerprint}  {evidence.where} {clip(evidence.path, _LONGEST)}  {evidence.class_}",
        _SEVERITY_STYLES[found.status],
        indent=2,
    )
    page.line(clip(evidence.summary, _LONGEST), indent=4)
    page.line(
        f"{count(found.distinct)} distinct requests ({percent(found.share)}), seen {count(evidence.count)} times, "
        f"last {utc(evidence.last_seen)}",
        indent=4,
    )
    if said := noise_sentence(found):
        page.line(f"noise: {said}", indent=4)
    if found.accepted_by:
        until = f" until {found.accepted_by.until}" if found.accepted_by.until else ""
        page.line(f"accepted{until}: {found.accepted_by.reason}", indent=4)
    if found.expired:
        page.line(f"was accepted until {found.expired.until}: {found.expired.reason}", indent=4)


def _example(page: _Page, example: Example, difference: JudgedDifference, document: Document) -> None:
    view = view_example(example, difference.evidence.fingerprint, document)
    page.line(f"example: {view.method} {clip(view.legacy_url, _LONGEST)}  ({utc(view.at)})", indent=4)
    for place in view.places:
        page.line(f"{clip(place.path, _LONGEST)}: {_values(place)}", indent=6)
    if difference.evidence.where == "body":
        _body_diff(page, view)


def _values(place: Place) -> str:
    legacy, candidate = (
        "absent" if value is None else clip(value, _LONGEST) for value in (place.legacy, place.candidate)
    )
    return f"legacy {legacy}, candidate {candidate}"


def _body_diff(page: _Page, view: ExampleView) -> None:
    lines = [line for block in view.diff for line in _diff_lines(block)]
    for line in lines[:_DIFF_LINES]:
        page.line(clip(line, _LONGEST), {"-": "red", "+": "green"}.get(line[0], "dim"), indent=6)
    if len(lines) > _DIFF_LINES:
        page.line(f"… {count(len(lines) - _DIFF_LINES)} more lines", "dim", indent=6)


def _diff_lines(block: Block) -> Iterator[str]:
    """`-` legacy's lines, `+` the candidate's, two blanks before what is equal."""
    if block.folded:
        yield f"  … {count(block.size)} equal lines"
        return
    for row in block.rows:
        legacy, candidate = (cell and cell.text for cell in (row.legacy, row.candidate))
        if row.kind == "equal":
            yield f"  {legacy}"
            continue
        if legacy is not None:
            yield f"- {legacy}"
        if candidate is not None:
            yield f"+ {candidate}"
    if block.left_out:
        yield f"  … {count(block.left_out)} more lines"
