"""What became of requests and how the candidate failed: sentences, and no rows that say nothing."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from shadow.report.facts import candidate_errors, fates, ledger_sentence, no_errors_sentence
from shadow.verdict.model import Verdict
from tests.report.conftest import NOW


@pytest.fixture
def verdict(route):
    return route("GET /a", Verdict.READY, 0, "")


def test_only_what_there_was_is_listed_the_most_frequent_first(verdict):
    assert [(fate.title, fate.number) for fate in fates(verdict)] == [
        ("skipped: not in the sample", 20),
        ("raced with a write", 2),
    ]


@pytest.mark.parametrize(
    ("seen", "compared", "distinct", "sentence"),
    [
        (0, 0, 0, "No request has been seen."),
        (3, 0, 0, "3 requests seen, none compared."),
        (1, 1, 1, "The one request seen was compared; 1 distinct."),
        (9, 9, 4, "All 9 requests seen were compared; 4 distinct."),
        (1200, 1, 1, "1 of 1,200 requests seen was compared; 1 distinct."),
    ],
)
def test_the_ledger_is_a_sentence(verdict, seen, compared, distinct, sentence):
    requests = {**verdict.requests, "seen": seen, "compared": compared, "distinct": distinct}
    assert ledger_sentence(replace(verdict, requests=requests)) == sentence


def test_errors_have_their_share_and_when_they_were_last_seen(verdict):
    requests = {**verdict.requests, "compared": 90, "raced": 4, "unproductive": 3, "failed": 3}
    failing = replace(
        verdict,
        requests=requests,
        candidate_errors={"timeout": 1, "connection": 0, "5xx": 5},
        candidate_errors_at={"5xx": NOW},
    )
    assert candidate_errors(failing) == [("5xx answers", 5, "5%", NOW), ("timeout", 1, "1%", None)]


def test_a_candidate_without_errors_is_said_to_be(verdict):
    assert candidate_errors(verdict) == []
    assert no_errors_sentence(verdict) == "No 5xx answer, timeout or failed connection in 826 requests."
    assert no_errors_sentence(replace(verdict, requests={})) == "Nothing has been sent to it."
