"""One example as a person reads it: the request, the two values, both statuses, headers and bodies side by side."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from shadow.compare.difference import Difference
from shadow.evidence.observation import Example
from shadow.exchange import Exchange, Response, Side, TransportFailure
from shadow.report.document import Document
from shadow.report.example.body_lines import BodyLines, bodies, one_body
from shadow.report.example.curl import Curl, curl
from shadow.report.example.header_rows import HeaderRow, header_rows
from shadow.report.example.places import rows_of
from shadow.report.example.side_by_side import Block, side_by_side
from shadow.report.example.urls import example_url
from shadow.report.example.words import Segment, shortened, whole, words_marked
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

    @property
    def marked(self) -> tuple[tuple[Segment, ...] | None, tuple[Segment, ...] | None]:
        """Both values, cut where they differ."""
        if self.legacy is None or self.candidate is None:
            alone = [None if value is None else whole(value) for value in (self.legacy, self.candidate)]
            return alone[0], alone[1]
        left, right = words_marked(self.legacy, self.candidate)
        return shortened(left), shortened(right)


class ExampleView(msgspec.Struct, frozen=True, kw_only=True):
    method: str
    target: str
    """As the client sent it."""
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
    outcome_here: bool
    """The status, or the failure, is what differs."""
    headers: tuple[HeaderRow, ...]
    legacy_body: BodyLines
    candidate_body: BodyLines
    diff: tuple[Block, ...]
    placed: bool
    """The place is marked in ``diff``, or it isn't in the bodies: what else differs there is another matter."""
    curl: tuple[Curl, Curl]
    """Legacy's and the candidate's."""

    @property
    def headers_here(self) -> bool:
        return any(row.here for row in self.headers)


def view_example(example: Example, fingerprint: str, document: Document) -> ExampleView:
    """What to show of ``example`` under the group of differences with that fingerprint."""
    pair = example.pair
    places = [difference for difference in example.differences if difference.fingerprint == fingerprint]
    legacy, candidate = _response(pair.legacy), _response(pair.candidate)
    found = bodies(legacy, candidate)
    marked = rows_of(places, found.layout)
    request = pair.of(pair.answering).request
    urls = {side: example_url(example, side, document) for side in Side}
    return ExampleView(
        method=clip(request.method, 40),
        target=clip(request.target, _LONGEST_VALUE),
        legacy_url=clip(urls[Side.LEGACY], _LONGEST_VALUE),
        candidate_url=clip(urls[Side.CANDIDATE], _LONGEST_VALUE),
        at=pair.legacy.started,
        answering=pair.answering,
        request_headers=tuple((name, clip(value, _LONGEST_VALUE)) for name, value in request.headers[:_MOST_HEADERS]),
        request_body=one_body(request),
        places=tuple(place_of(difference) for difference in places[:_MOST_PLACES]),
        more_places=max(0, len(places) - _MOST_PLACES),
        legacy_outcome=_outcome(pair.legacy),
        candidate_outcome=_outcome(pair.candidate),
        outcome_here=any(difference.where in ("status", "transport") for difference in places),
        headers=header_rows(legacy, candidate, {each.path.lower() for each in places if each.where == "header"}),
        legacy_body=found.legacy,
        candidate_body=found.candidate,
        diff=side_by_side(found.layout, marked),
        placed=bool(marked) or all(difference.where != "body" for difference in places),
        curl=(curl(pair.legacy.request, urls[Side.LEGACY]), curl(pair.candidate.request, urls[Side.CANDIDATE])),
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
