"""Why a route's test fails: the verdict in sentences, its open differences in groups, and what to do about them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from shadow.config.route_settings import glob_of
from shadow.exchange import Side
from shadow.pytest_plugin.difference_lines import MOST_GROUPS, group_lines, line, more_lines
from shadow.report.accept_block import acceptable
from shadow.report.document import Document
from shadow.report.example.urls import example_url
from shadow.report.log_text import for_log
from shadow.report.visible import visible
from shadow.report.wording import evidence_sentence, percent
from shadow.verdict.model import JudgedDifference, RouteVerdict
from shadow.verdict.wording import plural

__all__ = ["route_text"]

_LONGEST_SENTENCE = 1_000


def route_text(verdict: RouteVerdict, document: Document, config: str | None) -> str:
    """``config`` is the file that ``--shadow-config`` names, which the commands need, too."""
    return "\n".join(_lines(verdict, document, f" --config {shlex.quote(config)}" if config else ""))


def _lines(verdict: RouteVerdict, document: Document, option: str) -> Iterator[str]:
    for reason in [reason.message for reason in verdict.reasons] or [verdict.summary]:
        yield line(reason, most=_LONGEST_SENTENCE)
    yield line(evidence_sentence(verdict))
    found = [difference for difference in verdict.differences if difference.status == "open"]
    if found:
        yield ""
        yield f"{plural(len(found), 'group of differences', 'groups of differences')}:"
    for difference in found[:MOST_GROUPS]:
        yield ""
        yield from _group(difference, document)
    yield from more_lines(found)
    yield ""
    yield from _what_to_do(verdict, found, document, option)


def _group(found: JudgedDifference, document: Document) -> Iterator[str]:
    often = f"{percent(found.share)} of distinct requests"
    example = next(iter(found.evidence.examples), None)
    if example is None:
        yield from group_lines(found, often, ())
        return
    here = [one for one in example.differences if one.fingerprint == found.evidence.fingerprint]
    origin = f"{example.pair.legacy.request.method} {example_url(example, Side.LEGACY, document)}"
    yield from group_lines(found, often, here, origin)


def _what_to_do(verdict: RouteVerdict, found: list[JudgedDifference], document: Document, option: str) -> Iterator[str]:
    route = shlex.quote(_typable(verdict.route))
    first = next((difference for difference in found if acceptable(difference, verdict.route)), None)
    if first is not None:
        fingerprint = first.evidence.fingerprint
        where = f" --route {route}" if _seen_on(fingerprint, document) > 1 else ""
        yield "Correct the candidate, or accept what is all right:"
        yield f"  shadow accept {fingerprint} --reason '…' --until DATE{where}{option}"
    yield "All that is known of this route:"
    yield f"  shadow explain {route}{option}"


def _seen_on(fingerprint: str, document: Document) -> int:
    return sum(
        any(difference.evidence.fingerprint == fingerprint for difference in verdict.differences)
        for verdict in document.verdicts
    )


def _typable(route: str) -> str:
    """The name, or a glob where it holds what nobody can type, or what a CI job would obey."""
    return _CODE_POINT.sub("*", for_log(visible(glob_of(route))))


_CODE_POINT = re.compile(r"‹U\+[0-9A-F]+›|[⇥↵]")
"""What `visible` and `for_log` write for a character."""
