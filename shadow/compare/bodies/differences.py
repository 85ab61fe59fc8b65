"""Compares the bodies of a pair: JSON value by value, text line by line, anything else byte by byte."""

from __future__ import annotations

import time
from typing import Any

from shadow.compare.bodies.codings import codings
from shadow.compare.bodies.kinds import Binary, Broken, Content, Empty, Text, contents
from shadow.compare.bodies.media_types import media_type
from shadow.compare.bodies.text import text_difference
from shadow.compare.description import described
from shadow.compare.difference import Difference, Kind
from shadow.compare.documents.differences import json_differences
from shadow.compare.documents.reader import Document
from shadow.compare.documents.values import ABSENT
from shadow.compare.rules import Rules
from shadow.exchange import Response

__all__ = ["body_differences"]

_NO_CONTENT = frozenset({204, 304})
"""Statuses whose responses have no content (RFC 9110 §15.3.5, §15.4.5)."""


def body_differences(legacy: Response, candidate: Response, rules: Rules) -> list[Difference]:
    """All differences of the two bodies; none when they say the same. Never raises."""
    if _surely_same(legacy, candidate):
        return []
    if legacy.status != candidate.status and _NO_CONTENT & {legacy.status, candidate.status}:
        # A status without content: that the body is gone is part of the status's difference, and accepted with it.
        return []
    one, other = contents(legacy, candidate)
    differences = _differences(one, other, rules, deadline=time.thread_time() + rules.budget)
    if legacy.status // 100 != candidate.status // 100 and _any_open(differences):
        # A success and an error have nothing in common to be compared member by member.
        return [_error_shape(one, other)]
    return differences


def _surely_same(legacy: Response, candidate: Response) -> bool:
    return legacy.body == candidate.body and (
        not legacy.body
        or (
            codings(legacy) == codings(candidate)
            and media_type(legacy).charset == media_type(candidate).charset
            and (legacy.status in _NO_CONTENT) == (candidate.status in _NO_CONTENT)
        )
    )


def _differences(one: Content, other: Content, rules: Rules, deadline: float) -> list[Difference]:
    if isinstance(one, Document) and isinstance(other, Document):
        return json_differences(one, other, rules, deadline)
    if isinstance(one, Broken) or isinstance(other, Broken):
        return [_broken(one, other)]
    if one == other:
        return []
    if isinstance(one, Empty) or isinstance(other, Empty):
        kind: Kind = "missing" if isinstance(other, Empty) else "added"
        return [described("body", "$", kind, "empty-body", _whole(one), _whole(other))]
    if isinstance(one, Text) and isinstance(other, Text):
        return text_difference(one.text, other.text, rules.urls)
    class_ = "bytes" if isinstance(one, Binary) and isinstance(other, Binary) else "format"
    return [described("body", "$", "body-changed", class_, _whole(one), _whole(other))]


def _broken(one: Content, other: Content) -> Difference:
    broken = [(side, c) for side, c in (("legacy", one), ("candidate", other)) if isinstance(c, Broken)]
    reasons = "; ".join(f"{side}: {content.reason}" for side, content in broken)
    unfinished = all(content.unfinished for _, content in broken)
    return described(
        "body",
        "$",
        "truncated" if unfinished else "malformed",
        "truncated" if unfinished else "malformed",
        _whole(one),
        _whole(other),
        summary=f"not compared: {reasons}" if unfinished else reasons,
        detail="+".join(side for side, _ in broken),
    )


def _error_shape(one: Content, other: Content) -> Difference:
    return described(
        "body",
        "$",
        "body-changed",
        "error-shape",
        _whole(one),
        _whole(other),
        explained="one side answers with an error",
    )


def _whole(content: Content) -> Any:
    """A whole body as a value."""
    match content:
        case Empty():
            return ABSENT
        case Document():
            return content.value
        case Text():
            return content.text
        case Binary():
            return content.shown
        case Broken():
            return content.reason


def _any_open(differences: list[Difference]) -> bool:
    return any(difference.severity == "difference" for difference in differences)
