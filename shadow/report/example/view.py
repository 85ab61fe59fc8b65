"""One example as a person reads it: the request, the two values, both statuses, headers and bodies side by side."""

from __future__ import annotations

import json
from itertools import zip_longest
from typing import Any

import msgspec

from shadow.compare.difference import Difference
from shadow.evidence.observation import Example
from shadow.exchange import Exchange, Response, Side, TransportFailure
from shadow.report.document import Document
from shadow.report.example.body_lines import BodyLines, bodies
from shadow.report.example.side_by_side import Block, side_by_side
from shadow.report.example.urls import example_url
from shadow.report.visible import clip

__all__ = ["ExampleView", "HeaderRow", "Place", "place_of", "view_example"]

_LONGEST_VALUE = 1_000
_MOST_PLACES = 5
_MOST_HEADERS = 80


class Place(msgspec.Struct, frozen=True):
    """Both values at one exact place; None where the place isn't there."""

    path: str
    legacy: str | None
    candidate: str | None


class HeaderRow(msgspec.Struct, frozen=True):
    name: str
    legacy: str | None
    candidate: str | None

    @property
    def differs(self) -> bool:
        return self.legacy != self.candidate


class ExampleView(msgspec.Struct, frozen=True, kw_only=True):
    method: str
    legacy_url: str
    candidate_url: str
    at: float
    """When legacy was asked, in seconds since the epoch."""
    answering: Side
    request_headers: tuple[tuple[str, str], ...]
    request_body: BodyLines
    places: tuple[Place, ...]
    more_places: int
    legacy_outcome: str
    """The status, or what failed."""
    candidate_outcome: str
    headers: tuple[HeaderRow, ...]
    legacy_body: BodyLines
    candidate_body: BodyLines
    diff: tuple[Block, ...]


def view_example(example: Example, fingerprint: str, document: Document) -> ExampleView:
    """What to show of ``example`` under the group of differences with that fingerprint."""
    pair = example.pair
    places = [difference for difference in example.differences if difference.fingerprint == fingerprint]
    legacy, candidate = _response(pair.legacy), _response(pair.candidate)
    left, right = bodies(legacy, candidate)
    request = pair.of(pair.answering).request
    return ExampleView(
        method=clip(request.method, 40),
        legacy_url=clip(example_url(example, Side.LEGACY, document), _LONGEST_VALUE),
        candidate_url=clip(example_url(example, Side.CANDIDATE, document), _LONGEST_VALUE),
        at=pair.legacy.started,
        answering=pair.answering,
        request_headers=tuple((name, clip(value, _LONGEST_VALUE)) for name, value in request.headers[:_MOST_HEADERS]),
        request_body=bodies(*[Response(0, request.headers, request.body)] * 2)[0],
        places=tuple(place_of(difference) for difference in places[:_MOST_PLACES]),
        more_places=max(0, len(places) - _MOST_PLACES),
        legacy_outcome=_outcome(pair.legacy),
        candidate_outcome=_outcome(pair.candidate),
        headers=tuple(_headers(legacy, candidate)),
        legacy_body=left,
        candidate_body=right,
        diff=side_by_side(left.lines, right.lines),
    )


def place_of(difference: Difference) -> Place:
    """Where it is, and both values as JSON."""
    absent_legacy = difference.kind in ("added", "header-added")
    absent_candidate = difference.kind in ("missing", "header-missing")
    return Place(
        clip(difference.path, 300),
        None if absent_legacy else _value(difference.legacy),
        None if absent_candidate else _value(difference.candidate),
    )


def _value(value: Any) -> str:
    """The value as JSON, so that 1, "1" and null can be told apart."""
    try:
        text = json.dumps(value, ensure_ascii=False, default=repr)
    except (ValueError, RecursionError):  # an integer of thousands of digits; bottomless nesting
        text = "a value that is too large to show"
    return clip(text, _LONGEST_VALUE)


def _response(exchange: Exchange) -> Response:
    if isinstance(exchange.response, TransportFailure):
        return Response(0, [])
    return exchange.response


def _outcome(exchange: Exchange) -> str:
    if isinstance(exchange.response, TransportFailure):
        return clip(f"{exchange.response.kind}: {exchange.response.message}", 300)
    return str(exchange.response.status)


def _headers(legacy: Response, candidate: Response) -> list[HeaderRow]:
    """Names of both sides in legacy's order; a name that occurs more than once has as many rows."""
    ours, theirs = _by_name(legacy), _by_name(candidate)
    return [
        HeaderRow(clip(name, 100), *values)
        for name in list({**ours, **theirs})[:_MOST_HEADERS]
        for values in zip_longest(ours.get(name, []), theirs.get(name, []))
    ][:_MOST_HEADERS]


def _by_name(response: Response) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in response.headers:
        found.setdefault(name.lower(), []).append(clip(value, _LONGEST_VALUE))
    return found
