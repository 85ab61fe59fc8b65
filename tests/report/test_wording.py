"""Numbers in words never say more than is so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from shadow.report import Document, junit, markdown
from shadow.report.html.page import render
from shadow.report.wording import (
    became,
    evidence_sentence,
    grouped,
    headline,
    latency_pair,
    milliseconds,
    noise_sentence,
    percent,
    place,
    progress,
    settings_name,
    standing,
    unsettled,
    utc,
)
from shadow.verdict.model import JudgedDifference, Verdict


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0, "0%"), (1, "100%"), (0.0291, "2.9%"), (0.5, "50%"), (0.95, "95%"), (0.9995, "99.95%"), (0.00001, "0.001%"),
        (0.4, "40%"), (None, "–"),
    ],
)  # fmt: skip
def test_a_share_is_a_percentage_of_two_significant_digits(share: float | None, words: str) -> None:
    assert percent(share) == words


@given(st.floats(min_value=1e-9, max_value=1 - 1e-9))
def test_a_share_never_looks_like_none_or_all_unless_it_is(share: float) -> None:
    assert percent(share) not in ("0%", "100%")


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "–"), (0.844, "0.84 ms"), (9.94, "9.9 ms"), (12.3, "12 ms"), (999.4, "999 ms"), (999.6, "1.0 s")],
)
def test_milliseconds_have_a_fitting_unit(value: float | None, words: str) -> None:
    assert milliseconds(value) == words


def test_a_pair_of_latencies_is_a_dash_where_nothing_was_timed() -> None:
    assert latency_pair(None, None) == "–"
    assert latency_pair(12, None) == "12 ms → –"


def test_times_are_in_utc() -> None:
    assert utc(1_795_428_000) == "2026-11-23 10:00 UTC"


def test_the_evidence_of_a_route_never_seen(route: Callable[..., Any]) -> None:
    found = route("GET /x", Verdict.INCONCLUSIVE, 0, "not-seen", distinct=0)
    assert evidence_sentence(found) == "Nothing has been compared yet."


def test_progress_is_the_share_of_the_requests_needed(route: Callable[..., Any]) -> None:
    found = route("GET /x", Verdict.INCONCLUSIVE, 0, "not-enough-requests", distinct=84)
    assert progress(found) == 0.25


def test_the_headline_answers_for_required_routes_only(
    document: Document, document_of: Callable[..., Document]
) -> None:
    assert headline(document) == "2 of 7 required routes are ready"
    ready = [verdict for verdict in document.verdicts if verdict.verdict is Verdict.READY]
    assert headline(document_of(ready)) == "All 2 required routes are ready"
    optional = [replace(verdict, required=False) for verdict in ready]
    assert headline(document_of(optional)) == "No route is required, so nothing has been decided"


@pytest.mark.parametrize(
    ("noise", "distinct", "expected"), [(0, 2, "open"), (1, 2, "open"), (2, 2, "undecided"), (1, 0, "undecided")]
)
def test_a_group_that_is_perhaps_noise_is_not_decided_yet(
    judged: Callable[..., Any], noise: int, distinct: int, expected: str
) -> None:
    found = judged(distinct=distinct)
    found = replace(found, evidence=replace(found.evidence, noise=noise))
    assert standing(found) == expected
    assert unsettled(found) == (expected == "undecided")
    assert ("not decided yet" in noise_sentence(found)) == unsettled(found)
    ((group, several),) = grouped([found])
    assert (group.name, several) == (expected, [found])


def test_groups_come_in_the_order_of_what_they_mean(judged: Callable[..., Any]) -> None:
    found = [judged(status=status) for status in ("notice", "noise", "accepted", "open")]
    assert [group.name for group, _ in grouped(found)] == ["open", "accepted", "noise", "notice"]


def test_reports_name_the_settings_without_their_folder(document: Document) -> None:
    assert settings_name(document) == "shadow.toml"
    assert b"/srv/app" not in render(document)


def test_every_group_is_named_on_the_page_as_elsewhere(
    judged: Callable[..., Any], route: Callable[..., Any], document_of: Callable[..., Document]
) -> None:
    found = [judged(status=status) for status in ("open", "accepted", "noise", "notice")]
    page = render(document_of([route("GET /a", Verdict.NOT_READY, 12, "divergence", found)])).decode()
    for group, _ in grouped(found):
        assert group.title in page
        assert group.meaning in page


def test_perhaps_noise_is_marked_wherever_open_groups_are_listed(
    judged: Callable[..., Any], route: Callable[..., Any], document_of: Callable[..., Document]
) -> None:
    found = judged()
    for noise, marked in ((found.distinct, True), (0, False)):
        one = replace(found, evidence=replace(found.evidence, noise=noise))
        report = document_of([route("GET /a", Verdict.NOT_READY, 12, "divergence", [one])])
        for text in (markdown.render(report), junit.render(report)):
            assert (b"not decided yet" in text) == marked


def test_a_place_is_named_once(judged: Callable[..., JudgedDifference]) -> None:
    found = [
        judged("status", "status", "status-changed", "success-code", 200, 204, summary="status 200 became 204"),
        judged("header", "etag", "header-added", "header", None, '"1"', summary='header etag: "1" was added'),
        judged("body", "$.total", summary="1 became 2"),
    ]
    assert [place(one.evidence) for one in found] == ["status", "header etag", "body $.total"]
    assert [became(one.evidence) for one in found] == ["status 200 became 204", '"1" was added', "1 became 2"]
