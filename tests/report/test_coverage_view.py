"""What was covered, in a sentence, in a table, and for machines."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from shadow.evidence.coverage import CoverageEvidence, Feature, SeenFeature
from shadow.report import Document
from shadow.report.coverage_view import coverage_json, coverage_rows, coverage_sentence
from shadow.report.html.page import render as render_html
from shadow.report.json_report import render as render_json
from shadow.verdict.model import Verdict


def seen(*features: tuple[str, str, str, int]) -> tuple[SeenFeature, ...]:
    return tuple(SeenFeature(Feature(*feature), count, once=count == 1) for *feature, count in features)  # type: ignore[arg-type]


COVERAGE = CoverageEvidence(
    requests=412,
    shapes=14,
    once=12,
    seen=seen(
        ("parameter", "orderId", "integer", 412),
        ("query", "", "none", 372),
        ("query", "page", "integer", 40),
        ("query", "page", "empty", 1),
        ("request-body", "", "none", 412),
        ("response-body", "", "object of 5 (1a2b3c4d5e6f)", 400),
        ("response-value", "$.items[*].state", "pending", 9),
        ("response-value", "$.items[*].state", "shipped", 300),
        ("status", "", "200", 400),
        ("status", "", "201", 2),
        ("status", "", "404", 10),
    ),
)


NEW = "of further distinct requests will have a shape not yet compared."
ONLY = "seen only once"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({}, f"14 shapes in 412 distinct requests, 12 shapes {ONLY}: about 2.9% {NEW}"),
        (
            {"once": 0},
            f"14 shapes in 412 distinct requests, no shape {ONLY}: probably less than 0.24% {NEW}",
        ),
        (
            {"shapes": 4012, "overflowed": frozenset({"shape"})},
            f"about 4,012 shapes in 412 distinct requests, 12 shapes {ONLY}: about 2.9% {NEW}",
        ),
    ],
)
def test_one_sentence_says_how_much_is_unseen(change: dict[str, Any], sentence: str) -> None:
    assert coverage_sentence(replace(COVERAGE, **change)) == sentence


def test_and_says_nothing_of_it_where_there_are_too_few_requests() -> None:
    few = coverage_sentence(replace(COVERAGE, requests=7, shapes=1, once=1))
    assert few.startswith("1 shape in 7 distinct requests, 1 shape seen only once; fewer than 30 requests")
    assert "%" not in few


def test_each_part_of_a_request_has_a_row() -> None:
    assert [tuple(row) for row in coverage_rows(COVERAGE)] == [
        ("path parameter", "orderId", "integer ×412"),
        ("query", "", "none ×372"),
        ("query", "page", "integer ×40, empty ×1"),
        ("status", "", "200 ×400, 201 ×2, 404 ×10"),
        ("request body", "", "none ×412"),
        ("response body", "", "an object with 5 members ×400"),
        ("response body", "$.items[*].state", "pending ×9, shipped ×300"),
    ]


@pytest.mark.parametrize(
    ("bodies", "words"),
    [
        (["object of 1 (1a2b3c4d5e6f)"], "an object with 1 member ×1"),
        (["object of 0 (1a2b3c4d5e6f)"], "an empty object ×1"),
        (["map (1a2b3c4d5e6f)"], "a map ×1"),
        (["empty list (1a2b3c4d5e6f)"], "an empty list ×1"),
        (["null (1a2b3c4d5e6f)"], "null ×1"),
        (["xml: list of objects (1a2b3c4d5e6f)"], "xml: a list of objects ×1"),
        (["large json"], "large json ×1"),
        (
            ["object of 5 (1a2b3c4d5e6f)", "none", "object of 5 (2a2b3c4d5e6f)"],
            "an object with 5 members (shape 1) ×1, none ×1, an object with 5 members (shape 2) ×1",
        ),
    ],
)
def test_bodies_are_told_in_words_and_numbered_where_they_sound_alike(bodies: list[str], words: str) -> None:
    features = seen(*(("response-body", "", body, 1) for body in bodies))
    (row,) = coverage_rows(replace(COVERAGE, seen=features))
    assert row.values == words
    assert coverage_json(replace(COVERAGE, seen=features))["response_bodies"] == dict.fromkeys(bodies, 1)


def test_no_more_rows_and_values_are_shown_than_a_person_reads() -> None:
    many = [("query", f"key{n:03}", f"shape{m}", 1) for n in range(300) for m in range(40)]
    rows = coverage_rows(replace(COVERAGE, seen=seen(*many), overflowed=frozenset({"query"})))
    assert len(rows) == 42
    assert rows[0].values.endswith("shape11 ×1, and 28 more")
    assert [row.values for row in rows[-2:]] == [
        "260 further rows in report.json",
        "there were more than are kept of: query",
    ]


def test_many_routes_with_hostile_names_fit_the_page(hostile: Document) -> None:
    """Nothing but plain names is stored; the page does not rely on it."""
    route = replace(hostile.verdicts[0], differences=(), history=hostile.verdicts[1].history)
    page = render_html(replace(hostile, verdicts=(route,) * 1_000))
    assert len(page) <= 10_000_000
    assert page.count(b"<summary>Coverage</summary>") == page.count(b"7 further rows in report.json") == 1_000


def test_machines_get_it_by_kind_and_name() -> None:
    found = coverage_json(COVERAGE)
    assert (found["requests"], found["shapes"], found["seen_once"]) == (412, 14, 12)
    assert found["unseen"] == pytest.approx(12 / 412)
    assert found["parameters"] == {"orderId": {"integer": 412}}
    assert found["query"] == {"page": {"integer": 40, "empty": 1}}
    assert found["without_query"] == 372
    assert found["status_classes"] == {"2xx": 402, "4xx": 10}
    assert found["response_values"] == {"$.items[*].state": {"pending": 9, "shipped": 300}}


def test_a_report_shows_it_for_each_route_and_names_what_was_never_seen(
    route: Callable[..., Any], document_of: Callable[..., Document]
) -> None:
    covered = replace(route("GET /orders/{orderId}", Verdict.READY, 0, ""), coverage=COVERAGE)
    unseen = route("GET /x", Verdict.INCONCLUSIVE, 0, "not-seen", distinct=0)
    document = document_of([covered, unseen], never_seen=("GET /x",))
    report = json.loads(render_json(document))
    assert report["never_seen"] == ["GET /x"]
    assert [found["coverage"]["unseen"] for found in report["routes"]] == [pytest.approx(12 / 412), None]
    page = render_html(document).decode()
    assert page.count("<summary>Coverage</summary>") == 1
    assert "pending ×9, shipped ×300" in page
