"""The groups of differences of one route, each with what to do about it and examples."""

from __future__ import annotations

from collections.abc import Sequence

from shadow.cli.body_diff import print_bodies
from shadow.evidence.observation import Example
from shadow.report.accept_block import acceptable
from shadow.report.commands import accept_words
from shadow.report.document import Document
from shadow.report.example.view import ExampleView, Place, view_example
from shadow.report.terminal.writer import Writer, shell_lines
from shadow.report.visible import clip
from shadow.report.wording import WRITES_DIFFER, count, grouped, noise_sentence, occurrence, standing, utc
from shadow.verdict.model import JudgedDifference, RouteVerdict
from shadow.verdict.wording import plural

__all__ = ["explain_differences"]

_LONGEST, _LONGEST_REASON = 300, 1_000
_MOST_OF_A_GROUP = 50
_WRITES = {"POST", "PUT", "PATCH", "DELETE"}
_STYLES = {"open": "bold red", "undecided": "yellow", "accepted": "green", "noise": "dim", "notice": "dim"}
_WITH_EXAMPLES = {"open", "undecided", "accepted"}
"""Groups of which examples show the bodies; of the others only the values."""


def explain_differences(
    page: Writer, verdict: RouteVerdict, document: Document, examples: int, option: Sequence[str] = ()
) -> None:
    """All groups, the open ones first; ``examples`` of each difference. See `explain`."""
    shown: dict[_Bodies, str] = {}
    for group, differences in grouped(verdict.differences):
        page.head(f"{group.title} ({count(len(differences))})", group.meaning)
        if group.name == "open" and verdict.route.partition(" ")[0] in _WRITES:
            page.line(WRITES_DIFFER, indent=2)
        for found in differences[:_MOST_OF_A_GROUP]:
            if group.name != "notice":
                page.line()
            _difference(page, found)
            for example in found.evidence.examples[:examples]:
                _example(page, example, found, document, shown)
            if acceptable(found, verdict.route) and group.name == "open":
                _accept(page, found, verdict.route, option)
        if len(differences) > _MOST_OF_A_GROUP:
            page.line(f"{count(len(differences) - _MOST_OF_A_GROUP)} more are in report.json.", indent=2)


def _difference(page: Writer, found: JudgedDifference) -> None:
    evidence = found.evidence
    status = f"{standing(found)}, {found.change}" if found.change else standing(found)
    place = clip(evidence.path, _LONGEST)
    page.line(
        (status, _STYLES[standing(found)]),
        f"  {evidence.fingerprint}  ",
        (place if evidence.where == evidence.path else f"{evidence.where} {place}", "bold"),
        f"  {clip(evidence.class_, 60)}",
        indent=2,
        hang=2,
    )
    page.line(clip(evidence.summary, _LONGEST), indent=4)
    page.line((f"{evidence.kind}, {occurrence(found)}", "dim"), indent=4)
    if said := noise_sentence(found):
        page.line(f"noise: {said}", indent=4)
    if found.accepted_by:
        until = f" until {found.accepted_by.until}" if found.accepted_by.until else ""
        page.line(f"accepted{until}: {clip(found.accepted_by.reason, _LONGEST_REASON)}", indent=4)
    if found.expired:
        page.line(
            f"an acceptance ran out on {found.expired.until}: {clip(found.expired.reason, _LONGEST_REASON)}", indent=4
        )


def _accept(page: Writer, found: JudgedDifference, route: str, option: Sequence[str]) -> None:
    words = [*accept_words(found, route), *option]
    page.line(("to accept it:", "dim"), indent=4)
    for line in shell_lines(words, page.width - 6) if page.laid_out else [" ".join(words)]:
        page.whole(line, indent=6)


_Bodies = tuple[tuple[str, ...], tuple[str, ...]]


def _example(
    page: Writer, example: Example, found: JudgedDifference, document: Document, shown: dict[_Bodies, str]
) -> None:
    view = view_example(example, found.evidence.fingerprint, document)
    page.line(f"example: {view.method} {clip(view.legacy_url, _LONGEST)}  ({utc(view.at)})", indent=4, hang=2)
    for place in view.places:
        _values(page, place)
    if view.more_places:
        page.line(f"and at {plural(view.more_places, 'more place')} like that in this response", indent=6)
    if view.legacy_outcome != view.candidate_outcome or not view.places:
        page.line(f"outcome: legacy {view.legacy_outcome}, candidate {view.candidate_outcome}", indent=6, hang=2)
    if standing(found) in _WITH_EXAMPLES:
        _bodies(page, view, found.evidence.fingerprint, shown)


def _values(page: Writer, place: Place) -> None:
    legacy, candidate = (
        "absent" if value is None else clip(value, _LONGEST) for value in (place.legacy, place.candidate)
    )
    page.line(
        f"{clip(place.path, _LONGEST)}: legacy ",
        (legacy, "red"),
        ", candidate ",
        (candidate, "green"),
        indent=6,
        hang=2,
    )


def _bodies(page: Writer, view: ExampleView, fingerprint: str, shown: dict[_Bodies, str]) -> None:
    """Both bodies, once: the same example often shows several differences."""
    bodies = (view.legacy_body.lines, view.candidate_body.lines)
    if bodies[0] == bodies[1]:
        return
    if bodies in shown:
        page.line((f"bodies: as under {shown[bodies]}", "dim"), indent=6)
        return
    shown[bodies] = fingerprint
    for side, body in (("legacy", view.legacy_body), ("candidate", view.candidate_body)):
        if body.note:
            page.line(f"{side}: {clip(body.note, _LONGEST)}", indent=6)
    print_bodies(page, view.diff, indent=6)
