"""Compares the bodies of a pair: documents value by value, text line by line, anything else byte by byte."""

from __future__ import annotations

import time
from typing import Any

from shadow.compare.bodies.binary import binary_difference
from shadow.compare.bodies.codings import codings
from shadow.compare.bodies.content import Binary, Broken, Content, Empty, Structured, Text
from shadow.compare.bodies.kinds import contents
from shadow.compare.bodies.media_types import media_type
from shadow.compare.bodies.order import Orders
from shadow.compare.bodies.text import text_difference
from shadow.compare.description import described
from shadow.compare.difference import Difference, Kind
from shadow.compare.documents.differences import json_differences
from shadow.compare.documents.values import ABSENT
from shadow.compare.gateways import gateway_error
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
    if not _any_open(differences):
        return differences
    if legacy.status // 100 != candidate.status // 100:
        # A success and an error have nothing in common to be compared member by member.
        return [_error_shape(one, other)]
    said = gateway_error(legacy), gateway_error(candidate)
    if _gateway(said[0]) != _gateway(said[1]):
        # Nor have a gateway's words and an application's, or those of two gateways.
        return [_gateway_error(one, other, *said, statuses=(legacy.status, candidate.status))]
    return differences


def _surely_same(legacy: Response, candidate: Response) -> bool:
    return legacy.body == candidate.body and (
        not legacy.body
        or (
            codings(legacy) == codings(candidate)
            and _reading(legacy) == _reading(candidate)
            and (legacy.status in _NO_CONTENT) == (candidate.status in _NO_CONTENT)
        )
    )


def _reading(response: Response) -> tuple[str, str | None]:
    """What a media type says of how the bytes are to be read."""
    type_ = media_type(response)
    return type_.charset, dict(type_.parameters).get("boundary")


def _differences(one: Content, other: Content, rules: Rules, deadline: float) -> list[Difference]:
    if isinstance(one, Structured) and isinstance(other, Structured) and one.kind == other.kind:
        return _walked(one, other, rules, deadline)
    if isinstance(one, Broken) or isinstance(other, Broken):
        return [_broken(one, other)]
    if isinstance(one, Empty) or isinstance(other, Empty):
        return _empty(one, other)
    if isinstance(one, Text) and isinstance(other, Text):
        return text_difference(one.text, other.text, rules.urls)
    if isinstance(one, Binary) and isinstance(other, Binary):
        return binary_difference(one, other)
    return [described("body", "$", "body-changed", "format", _whole(one), _whole(other))]


def _walked(one: Structured, other: Structured, rules: Rules, deadline: float) -> list[Difference]:
    if not (one.markup and other.markup):
        return json_differences(one.document, other.document, rules, deadline)
    orders = Orders(set(one.markup) & set(other.markup))
    found = json_differences(one.document, other.document, rules, deadline, explained=orders.explained)
    return [orders.told(difference) for difference in found]


def _empty(one: Content, other: Content) -> list[Difference]:
    if isinstance(one, Empty) and isinstance(other, Empty):
        return []
    kind: Kind = "missing" if isinstance(other, Empty) else "added"
    return [described("body", "$", kind, "empty-body", _whole(one), _whole(other))]


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


def _gateway_error(
    one: Content, other: Content, legacy: str | None, candidate: str | None, statuses: tuple[int, int]
) -> Difference:
    said = [f"{side} answers with {error}" for side, error in (("legacy", legacy), ("candidate", candidate)) if error]
    return described(
        "body",
        "$",
        "body-changed",
        "gateway-error",
        _whole(one),
        _whole(other),
        summary=f"the error is not the application's: {'; '.join(said)}",
        # What the body looks like doesn't matter, only whose words it has.
        detail=(_gateway(legacy), _gateway(candidate), statuses),
    )


def _gateway(said: str | None) -> str | None:
    return None if said is None else said.partition(":")[0]


def _whole(content: Content) -> Any:
    """A whole body as a value."""
    match content:
        case Empty():
            return ABSENT
        case Structured():
            return content.shown
        case Text():
            return content.text
        case Binary():
            return content.described()
        case Broken():
            return content.reason


def _any_open(differences: list[Difference]) -> bool:
    return any(difference.severity == "difference" for difference in differences)
