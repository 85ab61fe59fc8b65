"""Which epochs are a route's past, and which of them came before."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from shadow.config import Settings
from shadow.evidence.epochs import KnownEpoch, epoch_for
from shadow.evidence.observation import ALGORITHM
from shadow.evidence.past import MOST, past_epochs

ROUTE = "GET /orders"
BY_HEADER = {"version_header": "x-version"}
RULE = {"rule": [{"path": "$.items", "unordered": True}]}


def settings(version: str = "3", **more: Any) -> Settings:
    candidate = {"url": "http://new"} | (more.pop("candidate", None) or {"version": version})
    return Settings.model_validate({"legacy": {"url": "http://legacy"}, "candidate": candidate} | more)


def epoch(version: str, first: float, last: float, *, own: Settings | None = None, distinct: int = 1) -> KnownEpoch:
    found = epoch_for(own or settings(), ROUTE, "", version)
    return KnownEpoch(found, last_seen=last, last_answered=last, first_seen=first, distinct=distinct)


def past(own: Settings, *known: KnownEpoch) -> list[tuple[str, bool, bool]]:
    """Version, whether it came before, whether it was compared alike."""
    found = past_epochs(own, known).get(ROUTE, [])
    return [(one.known.epoch.candidate_version, one.before, one.alike) for one in found]


def test_the_past_is_all_but_the_current_epoch_newest_first():
    found = [epoch("1", 10, 19), epoch("3", 30, 39), epoch("2", 20, 29)]
    assert past(settings(), *found) == [("2", True, True), ("1", True, True)]
    assert past_epochs(settings(), found) == past_epochs(settings(), reversed(found))


def test_a_version_that_nothing_is_known_of_yet_has_a_past():
    assert past(settings("4"), epoch("3", 30, 39)) == [("3", True, True)]


def test_what_compared_nothing_or_between_other_addresses_is_no_past():
    elsewhere = settings("1", legacy={"url": "http://other"})
    found = [epoch("1", 10, 19, distinct=0), epoch("1", 10, 19, own=elsewhere), epoch("3", 30, 39)]
    assert past(settings(), *found) == []


def test_only_the_latest_few_are_looked_at():
    found = [epoch(str(number), number, number) for number in range(10, 20)]
    assert [version for version, *_ in past(settings(), *found)] == ["19", "18", "17", "16", "15"]
    assert MOST == 5


def test_other_rules_or_another_algorithm_are_the_past_of_the_same_version():
    ruled = settings(compare=RULE)
    before, older = epoch("3", 10, 19), epoch("3", 1, 9, own=ruled)
    older = replace(older, epoch=replace(older.epoch, algorithm=ALGORITHM - 1))
    assert past(ruled, before, older, epoch("3", 30, 39, own=ruled)) == [("3", True, False), ("3", True, False)]


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        pytest.param((10, 45), (30, 50), [("1", True, True)], id="the later version answered last"),
        pytest.param((10, 50), (30, 45), [("2", False, True)], id="the earlier one did: the later is none before it"),
    ],
)
def test_versions_that_answer_in_turn_keep_their_order(one, two, expected):
    """A rolling deployment: which of the two is current changes from one moment to the next, not which came first."""
    assert past(settings(candidate={"url": "http://new"} | BY_HEADER), epoch("1", *one), epoch("2", *two)) == expected


def test_after_a_rollback_the_version_that_was_taken_back_is_no_version_before():
    found = [epoch("0", 1, 9), epoch("1", 10, 50), epoch("2", 20, 30)]
    assert past(settings("1"), *found) == [("2", False, True), ("0", True, True)]
