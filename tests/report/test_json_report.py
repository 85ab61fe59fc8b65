"""report.json keeps its contract with CI jobs."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from msgspec.structs import replace

from shadow.report import Document
from shadow.report.json_report import render
from shadow.report.json_values import interoperable
from shadow.verdict.model import Bucket, Verdict

SCHEMA = json.loads(files("shadow.report").joinpath("report.schema.json").read_text())


@pytest.fixture
def report(document: Document) -> dict[str, Any]:
    return json.loads(render(document))


def test_the_schema_is_a_json_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("which", ["document", "hostile"])
def test_a_report_follows_its_schema(which: str, request: pytest.FixtureRequest) -> None:
    found = json.loads(render(request.getfixturevalue(which)))
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(found)] == []


def test_the_schema_refuses_a_report_without_a_counter(report: dict[str, Any]) -> None:
    del report["routes"][0]["requests"]["skipped"]["breaker"]
    assert not Draft202012Validator(SCHEMA).is_valid(report)


def test_the_head_says_what_was_compared_with_what_and_when(report: dict[str, Any]) -> None:
    assert report["schema"] == "shadow/report/1"
    assert report["generated_at"] == "2026-11-23T10:00:00Z"
    assert report["legacy"] == "https://api.staging.example.com/kong"
    assert report["candidate"] == "https://api.staging.example.com"
    assert report["candidate_version"] == "2026.47.1"
    assert report["summary"] == {"ready": 3, "not-ready": 3, "inconclusive": 3}


def test_every_counter_is_there_even_where_the_verdict_has_none(
    route: Callable[..., Any], document_of: Callable[..., Document]
) -> None:
    unseen = route("GET /x", Verdict.INCONCLUSIVE, 0, "not-seen", distinct=0)
    bare = replace(unseen, requests={}, skipped={}, candidate_errors={})
    found = json.loads(render(document_of([bare])))["routes"][0]
    skipped = dict.fromkeys(
        ("write", "sampled", "too-large", "streamed", "upgrade", "rate", "breaker", "paused", "excluded", "redacted"), 0
    )
    fates = ("seen", "compared", "distinct", "raced", "unproductive", "shed", "failed", "lost")
    assert found["requests"] == {**dict.fromkeys(fates, 0), "skipped": skipped}
    assert found["candidate_errors"] == {"timeout": 0, "connection": 0, "5xx": 0}


def test_it_says_when_requests_were_compared_as_finely_as_a_picture(document: Document) -> None:
    start = 1_795_300_000 // 300 * 300
    fine = tuple(Bucket(start + 300 * number, 300, 2, number % 2, 1 - number % 2) for number in range(2000))
    verdict = replace(document.verdicts[0], timeline=(Bucket(start // 86_400 * 86_400, 86_400, 7, 0, 0), *fine))
    (route,) = json.loads(render(replace(document, verdicts=(verdict,))))["routes"]
    timeline = route["timeline"]
    assert len(timeline) <= 42
    assert timeline[0] == {
        "start": "2026-11-21T00:00:00Z",
        "seconds": 86_400,
        "compared": 7,
        "differing": 0,
        "excused": 0,
    }
    assert [sum(bucket[name] for bucket in timeline) for name in ("compared", "differing", "excused")] == [
        4007,
        1000,
        1000,
    ]


def test_a_difference_carries_its_examples_with_both_values(report: dict[str, Any]) -> None:
    price = report["routes"][0]["differences"][0]
    assert (price["where"], price["path"], price["kind"], price["class"]) == (
        "body",
        "$.items[*].price",
        "type-changed",
        "number-as-string",
    )
    assert price["examples"][0] == {
        "request": {"method": "GET", "url": "https://api.staging.example.com/kong/orders/8841?expand=items"},
        "path": "$.items[1].price",
        "legacy": 12.5,
        "candidate": "12.50",
    }


def test_an_accepted_difference_says_why_and_until_when(report: dict[str, Any]) -> None:
    etag = next(found for found in report["routes"][0]["differences"] if found["status"] == "accepted")
    assert etag["accepted"] == {"reason": "clients ignore it (API-123)", "until": "2027-03-01"}


def test_a_route_s_history_is_there_and_differences_say_what_has_changed(report: dict[str, Any]) -> None:
    orders, notifications, *_ = report["routes"]
    history = orders["history"]
    assert history["trend"] == "worse"
    assert history["sentence"] == "worse than 2026.46.9: 0 of 388 distinct requests differed, now 12 of 412"
    last, older = history["versions"]
    assert (last["candidate_version"], last["verdict"], last["distinct"], last["differing"]) == (
        "2026.46.9",
        "ready",
        388,
        0,
    )
    assert (last["last_seen"], last["rate"], last["same_rules"]) == ("2026-11-22T10:00:00Z", 0.0, True)
    assert (older["legacy_version"], older["unanswered"], older["same_rules"], older["open"]) == ("7", 3, False, [])
    assert [found["path"] for found in history["gone"]] == ["$.total"]
    assert [found["fingerprint"] for found in history["gone"] + history["not_seen_yet"]] == last["open"]
    assert [found["change"] for found in orders["differences"]] == ["back", "", "", ""]
    assert notifications["history"] == {"trend": "", "sentence": "", "versions": [], "gone": [], "not_seen_yet": []}


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.binary(max_size=20)
    | st.text(st.characters()),  # lone surrogates among them
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters()), inner, max_size=4),
    max_leaves=20,
)


@given(anything)
def test_any_value_becomes_strict_json(value: Any) -> None:
    text = json.dumps(interoperable(value), allow_nan=False, ensure_ascii=False)
    assert json.loads(text.encode()) == interoperable(value)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=10))
def test_what_json_can_say_stays_as_it_is(value: Any) -> None:
    assert interoperable(value) == value


def test_bottomless_nesting_and_endless_integers_are_cut() -> None:
    nested: list[Any] = []
    for _ in range(5_000):
        nested = [nested]
    assert json.dumps(interoperable(nested)).count("[") == 200
    assert interoperable(10**5_000) == "an integer of 16,610 bits"
