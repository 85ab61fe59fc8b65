"""How much an HTML page has room for, in bytes and in the time that it takes to write it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from markupsafe import Markup

from shadow.evidence.observation import Example
from shadow.report.document import Document
from shadow.report.example.view import ExampleView, view_example
from shadow.report.html.anchors import anchor
from shadow.report.html.environment import rendered
from shadow.verdict.model import RouteVerdict

__all__ = ["MOST_BYTES", "Examples", "choose_examples", "differences_per_route"]

MOST_BYTES = 10_000_000
"""Of the whole page: mail, chat and CI artifacts carry it, and a phone opens it."""
_MOST_DIFFERENCES = 1_500
"""Groups of differences on the whole page."""
_MOST_EXAMPLES = 400
_MOST_LINES = 100_000
"""Lines of bodies that are laid out and aligned, over all examples: about five seconds. The report is written again
every few seconds while traffic flows, so the time that it takes must not depend on what traffic holds."""
_PER_EXAMPLE = MOST_BYTES // 10
"""No example may take more than a tenth of the page."""

Examples = dict[tuple[str, str], list[Markup]]
"""(route, fingerprint) → its examples as HTML."""


def differences_per_route(verdicts: tuple[RouteVerdict, ...]) -> Iterator[int]:
    """How many groups of differences to show per route: the most that are in order, then ever fewer, at last none."""
    for most in (100, 50, 25, 10, 5, 2, 1, 0):
        if sum(min(most, len(verdict.differences)) for verdict in verdicts) <= _MOST_DIFFERENCES:
            yield most


def choose_examples(
    document: Document, verdicts: tuple[RouteVerdict, ...], most_differences: int, *, room: int
) -> Examples:
    """The examples that fit into ``room`` bytes, as HTML: the first of every group of differences before the second
    of any, worst routes first, so that one route with huge bodies can't crowd out the others."""
    chosen: Examples = {}
    lines = 0
    for route, fingerprint, example in islice(_in_turn(verdicts, most_differences), _MOST_EXAMPLES):
        if room <= 0 or lines >= _MOST_LINES:
            break
        group = chosen.setdefault((route, fingerprint), [])
        view = view_example(example, fingerprint, document)
        lines += _effort(view)
        name = f"{anchor(route)}-{fingerprint}-{len(group) + 1}"
        html = rendered("example.html.j2", example=view, first=not group, name=name)
        size = len(html.encode())
        if size <= min(room, _PER_EXAMPLE):
            group.append(html)
            room -= size
    return chosen


def _effort(view: ExampleView) -> int:
    """What the bodies cost to lay out, in lines of ordinary length."""
    lines = (*view.legacy_body.lines, *view.candidate_body.lines)
    return len(lines) + sum(map(len, lines)) // 100


def _in_turn(verdicts: tuple[RouteVerdict, ...], most_differences: int) -> Iterator[tuple[str, str, Example]]:
    groups = [
        (verdict.route, judged.evidence)
        for verdict in verdicts
        for judged in verdict.differences[:most_differences]
        if judged.evidence.examples
    ]
    for turn in range(max((len(evidence.examples) for _, evidence in groups), default=0)):
        for route, evidence in groups:
            if turn < len(evidence.examples):
                yield route, evidence.fingerprint, evidence.examples[turn]
