"""How routes stand under each version, and what has changed since the last one."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from shadow.report.trend import version_trend
from shadow.verdict.model import History, PastVersion, Verdict
from tests.report.conftest import NOW

READY, NOT_READY, INCONCLUSIVE = Verdict.READY, Verdict.NOT_READY, Verdict.INCONCLUSIVE
DAY = 86_400


def past(version: str, verdict: Verdict = READY, **other: Any) -> PastVersion:
    values = {
        "legacy_version": "", "before": True, "alike": True, "first_seen": NOW - 9 * DAY, "last_seen": NOW - DAY,
        "distinct": 300, "differing": 0, "upper": 0.01,
    }  # fmt: skip
    return PastVersion(candidate_version=version, verdict=verdict, **{**values, **other})


@pytest.fixture
def trend_of(route, document_of):
    """Of routes, each its past versions and what is said of its history."""

    def build(*histories, parity=READY, version="42", **document):
        routes = [
            replace(
                route(f"GET /{number}", READY, 0, ""),
                history=History(versions=tuple(versions), **said),
                parity=parity,
                candidate_version="42",
            )
            for number, (versions, said) in enumerate(histories)
        ]
        return version_trend(document_of(routes, candidate_version=version, **document))

    return build


def lines(trend):
    order = (READY, NOT_READY, INCONCLUSIVE)
    return [(line.version, line.routes, tuple(line.verdicts[verdict] for verdict in order)) for line in trend.lines]


def test_with_one_version_there_is_no_trend(trend_of, document_of):
    assert trend_of(([], {}), ([], {})) is None
    assert version_trend(document_of([])) is None


def test_each_version_says_how_its_routes_stood_this_one_first(trend_of):
    trend = trend_of(
        ([past("41", NOT_READY), past("40", INCONCLUSIVE, last_seen=NOW - 3 * DAY)], {}),
        ([past("41", READY)], {}),
        ([past("40", READY, last_seen=NOW - 5 * DAY)], {}),
    )
    assert lines(trend) == [("42", 3, (3, 0, 0)), ("41", 2, (1, 1, 0)), ("40", 2, (1, 0, 1))]
    assert [line.current for line in trend.lines] == [True, False, False]
    assert [line.last_seen for line in trend.lines] == ["23 Nov 09:59", "22 Nov 10:00", "20 Nov 10:00"]


def test_a_version_of_which_nothing_is_known_yet_says_so(trend_of):
    trend = trend_of(([past("41")], {}), parity=None, version="43")
    assert lines(trend) == [("43", 0, (0, 0, 0)), ("41", 1, (1, 0, 0))]
    assert trend.lines[0].last_seen == ""


def test_a_version_counts_a_route_once_and_as_it_was_last(trend_of):
    trend = trend_of(([past("41", NOT_READY), past("41", READY), past("42", NOT_READY, alike=False)], {}))
    assert lines(trend) == [("42", 1, (1, 0, 0)), ("41", 1, (0, 1, 0))]


def test_other_rules_are_said(trend_of):
    trend = trend_of(([past("41", alike=False)], {}), ([past("41")], {}))
    assert trend.lines[1].other_rules == 1


def test_the_most_recent_versions_are_kept_and_the_others_counted(trend_of):
    trend = trend_of(([past(str(number), last_seen=NOW - number * DAY) for number in range(1, 9)], {}))
    assert [line.version for line in trend.lines] == ["42", "1", "2", "3"]
    assert trend.left_out == 5


def test_a_version_may_be_any_text(trend_of, hostile_text):
    trend = trend_of(([past(hostile_text * 9), past("")], {}))
    assert all(len(line.version) <= 60 for line in trend.lines)
    assert {"42", "without a version"} < {line.version for line in trend.lines}


def test_the_sentence_counts_routes_and_groups(trend_of, judged):
    gone = {"gone": (judged(), judged())}
    trend = trend_of(
        ([past("41")], {"trend": "better", **gone}),
        ([past("41")], {"trend": "better", "gone": (judged(),)}),
        ([past("41")], {"trend": "worse"}),
        ([past("41")], {"trend": "same"}),
    )
    assert trend.sentence == (
        "2 routes are better than under version 41, 1 is worse; 3 groups of differences are gone."
    )


def test_new_and_back_are_only_what_is_open(route, document_of, judged):
    changed = [judged(path=f"$.{n}") for n in range(3)]
    differences = [
        replace(changed[0], change="new"),
        replace(changed[1], change="back"),
        replace(changed[2], change="new", status="accepted"),
    ]
    verdict = replace(
        route("GET /a", NOT_READY, 1, "divergence", differences),
        history=History(versions=(past("41"),), trend="worse"),
        candidate_version="42",
    )
    trend = version_trend(document_of([verdict], candidate_version="42"))
    assert trend.sentence == ("1 route is worse than under version 41; 1 group of differences is new, 1 is back.")


@pytest.mark.parametrize(
    ("versions", "named"),
    [
        ((["41"], ["41"]), "version 41"),
        ((["41"], ["40"]), "the version before"),
        (([""], [""]), "the build without a version"),
        ((["42"], ["42"]), "the version before"),
    ],
)
def test_a_version_is_named_where_all_are_held_against_it(trend_of, versions, named):
    trend = trend_of(*(([past(one) for one in several], {"trend": "same"}) for several in versions), version="43")
    assert trend.sentence == f"No route is clearly better or worse than under {named}."


def test_without_anything_to_hold_against_nothing_is_said(trend_of):
    assert trend_of(([past("41", before=False)], {})).sentence == ""
