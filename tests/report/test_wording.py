"""Numbers in words never say more than is so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from shadow.report import Document
from shadow.report.wording import evidence_sentence, headline, latency_pair, milliseconds, percent, progress, utc
from shadow.verdict.model import Verdict


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
