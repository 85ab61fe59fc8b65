"""Better or worse than before, and what is new, back, gone or only not seen yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from math import comb
from typing import Any

import pytest
from msgspec.structs import replace

from shadow.evidence.epochs import KnownEpoch
from shadow.evidence.past import PastEpoch, PastEvidence
from shadow.evidence.route_evidence import RouteEvidence
from shadow.verdict import judge_all
from shadow.verdict.history import is_surprising
from shadow.verdict.model import RouteVerdict, Verdict

ROUTE = "GET /orders/{orderId}"
Groups = dict[tuple[str, ...], int]


@pytest.fixture
def seen(evidence: Any, difference: Any) -> Callable[..., RouteEvidence]:
    """`seen({(): 400, ("f1",): 12}, version="v1")`: with a fingerprint for each name."""

    def build(groups: Groups, **given: Any) -> RouteEvidence:
        names = sorted({name for shown in groups for name in shown})
        return evidence(groups, tuple(difference(name) for name in names), **given)

    return build


@pytest.fixture
def compared(settings: Any, now: float) -> Callable[..., RouteVerdict]:
    """`compared(evidence of now, [past, the last first])`, on one route."""

    def build(current: RouteEvidence, past: Sequence[PastEvidence | RouteEvidence], **sections: Any) -> RouteVerdict:
        return judge_all([current], settings(**sections), [], now, past={ROUTE: [as_past(one) for one in past]})[0]

    return build


def as_past(one: PastEvidence | RouteEvidence, *, before: bool = True, alike: bool = True) -> PastEvidence:
    if isinstance(one, PastEvidence):
        return one
    known = KnownEpoch(one.epoch, one.last_seen, one.last_seen, one.first_seen, 1)
    return PastEvidence(PastEpoch(known, before=before, alike=alike), one)


def changes(verdict: RouteVerdict) -> dict[str, str]:
    return {found.evidence.fingerprint: found.change for found in verdict.differences}


def names(differences: Sequence[Any]) -> list[str]:
    return [found.evidence.fingerprint for found in differences]


@pytest.mark.parametrize(
    ("past", "alike", "recorded", "told"),
    [
        ("", False, "all", "under other rules (400 distinct requests): `shadow recompare` compares again what was"),
        ("", False, "differences", "under other rules (400 distinct requests): is `candidate.version` here what it is"),
        ("", True, "all", "(400 distinct requests): is `candidate.version` here what it is for the proxy"),
        ("v1", False, "all", "v1 under other rules (400 distinct requests): is `candidate.version` here what it is"),
    ],
)
def test_where_only_the_rules_are_others_recorded_pairs_can_be_compared_again(
    seen, settings, now, past, alike, recorded, told
):
    before = as_past(seen({(): 400}, version=past), alike=alike)
    found = judge_all([], settings(store={"record": recorded}), [], now, served={ROUTE}, past={ROUTE: [before]})[0]
    assert found.reasons[0].code == "not-seen"
    assert told in found.summary


def test_a_route_without_a_past_has_no_history(seen, compared):
    history = compared(seen({("f1",): 3}), []).history
    assert (history.versions, history.trend, history.sentence) == ((), "", "")


def test_better(seen, compared):
    verdict = compared(seen({(): 388}, version="v2"), [seen({(): 400, ("f1",): 12}, version="v1.4.2")])
    assert verdict.history.trend == "better"
    assert verdict.history.sentence == "better than v1.4.2: 12 of 412 distinct requests differed, now 0 of 388"
    (version,) = verdict.history.versions
    assert (version.distinct, version.differing, version.verdict) == (412, 12, Verdict.NOT_READY)
    assert version.rate == pytest.approx(12 / 412)
    assert 12 / 412 < version.upper < 0.07


def test_worse(seen, compared):
    verdict = compared(seen({(): 388, ("f1",): 12}), [seen({(): 412}, version="v1")])
    assert verdict.history.trend == "worse"
    assert verdict.history.sentence == "worse than v1: 0 of 412 distinct requests differed, now 12 of 400"
    assert verdict.history.versions[0].verdict is Verdict.READY


@pytest.mark.parametrize(
    ("then", "today"),
    [
        pytest.param({(): 400}, {(): 380}, id="neither differs"),
        pytest.param({(): 400, ("f1",): 12}, {(): 20}, id="too few requests since"),
        pytest.param({(): 20}, {(): 400, ("f1",): 12}, id="too few requests before"),
        pytest.param({(): 300, ("f1",): 3}, {(): 300, ("f2",): 3}, id="as many, though others"),
        pytest.param({("f1",): 1}, {(): 1}, id="one of one proves nothing"),
        pytest.param({(): 1, ("f1",): 1}, {(): 3}, id="nor does one of two"),
    ],
)
def test_no_clear_change(seen, compared, then, today):
    history = compared(seen(today), [seen(then, version="v1")]).history
    assert history.trend == "same"
    assert history.sentence.startswith("no clear change from v1: ")


def test_requests_without_an_answer_make_it_worse(seen, compared):
    current = seen({(): 300}, error__timeout=20, error__connection=5)
    history = compared(current, [seen({(): 412}, version="v1")]).history
    assert history.trend == "worse"
    assert history.sentence.endswith("0 of 412 distinct requests differed, now 0 of 300 and 25 got no answer")


def test_before_anything_is_compared_there_is_a_history_but_no_trend(seen, settings, now):
    past = {ROUTE: [as_past(seen({("f1",): 30}, version="v1"))], "GET /gone": [as_past(seen({(): 3}))]}
    (verdict,) = judge_all([], settings(), [ROUTE], now, past=past)
    assert verdict.verdict is Verdict.INCONCLUSIVE
    assert [one.candidate_version for one in verdict.history.versions] == ["v1"]
    assert (verdict.history.trend, verdict.history.sentence, verdict.history.not_seen_yet) == ("", "", ())


@pytest.mark.parametrize(
    ("clean_now", "fate"), [(2, "not_seen_yet"), (101, "not_seen_yet"), (102, "gone"), (400, "gone")]
)
def test_gone_only_when_this_version_was_asked_enough(seen, compared, clean_now, fate):
    """(1 - 12/413)^n is below 5% from 102 requests on."""
    history = compared(seen({(): clean_now}), [seen({(): 400, ("f1",): 12}, version="v1")]).history
    assert {"gone": names(history.gone), "not_seen_yet": names(history.not_seen_yet)} == {
        "gone": [],
        "not_seen_yet": [],
    } | {fate: ["f1"]}


def test_one_difference_may_be_gone_while_a_rarer_one_is_not_seen_yet(seen, compared):
    past = seen({(): 300, ("often",): 40, ("once",): 1}, version="v1")
    history = compared(seen({(): 200}), [past]).history
    assert (names(history.gone), names(history.not_seen_yet)) == (["often"], ["once"])


@pytest.mark.parametrize(("clean_then", "change"), [(0, ""), (100, ""), (101, "new"), (400, "new")])
def test_new_only_when_the_last_version_was_asked_enough(seen, compared, clean_then, change):
    past = seen({(): clean_then, ("f0",): 1}, version="v1")
    assert changes(compared(seen({(): 400, ("f1",): 12}), [past]))["f1"] == change


def test_what_the_last_version_showed_too_is_no_change(seen, compared):
    verdict = compared(seen({(): 10, ("f1",): 90}), [seen({(): 400, ("f1",): 1}, version="v1")])
    assert changes(verdict) == {"f1": ""}
    assert verdict.history.trend == "worse"


def test_back_is_what_an_earlier_version_showed_and_the_last_did_not(seen, compared):
    past = [seen({(): 400}, version="v2"), seen({(): 400, ("f1",): 9}, version="v1")]
    assert changes(compared(seen({(): 400, ("f1",): 9, ("f2",): 9}), past)) == {"f1": "back", "f2": "new"}
    past = [seen({(): 5}, version="v2"), past[1]]
    assert changes(compared(seen({(): 400, ("f1",): 9}), past)) == {"f1": ""}, "v2 was hardly asked"


def test_a_version_is_held_against_the_last_one_before_it_that_was_compared_alike(seen, compared):
    later = as_past(seen({(): 400}, version="v3"), before=False)
    other = as_past(seen({("f9",): 400}, version="v1b"), alike=False)
    verdict = compared(seen({(): 400, ("f1",): 12}, version="v2"), [later, other, seen({("f1",): 40}, version="v1")])
    assert verdict.history.sentence.startswith("better than v1: 40 of 40")
    assert [one.candidate_version for one in verdict.history.versions] == ["v3", "v1b", "v1"]
    assert changes(verdict) == {"f1": ""}
    assert names(verdict.history.gone) == []


@pytest.mark.parametrize(
    ("version", "sentence"),
    [
        ("v1", "compared under other rules than v1, so the two can't be held against each other"),
        ("v2", "the comparison rules have changed, so this can't be held against what was seen before"),
    ],
)
def test_without_like_evidence_there_is_no_trend_and_it_says_why(seen, compared, version, sentence):
    past = as_past(seen({("f9",): 400}, version=version), alike=False)
    verdict = compared(seen({(): 400, ("f1",): 12}, version="v2"), [past])
    assert (verdict.history.trend, verdict.history.sentence) == ("", sentence)
    assert (changes(verdict), verdict.history.gone) == ({"f1": ""}, ())


def test_after_a_rollback_the_later_version_is_listed_and_no_more(seen, compared):
    later = as_past(seen({("f1",): 400}, version="v2"), before=False)
    history = compared(seen({(): 400}, version="v1"), [later]).history
    assert len(history.versions) == 1
    assert (history.trend, history.sentence, history.gone) == ("", "", ())


def test_today_s_acceptances_hold_for_the_past(seen, compared):
    """What is accepted now was no fault then: neither is the route better, nor is anything gone."""
    current, past = seen({(): 400}), seen({(): 400, ("f1",): 40}, version="v1")
    accept = [{"fingerprint": "f1", "reason": "known"}]
    history = compared(current, [past], accept=accept).history
    assert (history.trend, history.gone, history.not_seen_yet) == ("same", (), ())
    assert (history.versions[0].differing, history.versions[0].verdict) == (0, Verdict.READY)
    expired = [accept[0] | {"until": dt.date(2026, 5, 31)}]
    assert compared(current, [past], accept=expired).history.trend == "better"


def test_today_s_limits_hold_for_the_past(seen, compared):
    past = seen({(): 1000, ("f1",): 2}, version="v1")
    lenient = {"on_difference": "count", "max_divergence": 0.05}
    assert compared(seen({(): 1}), [past]).history.versions[0].verdict is Verdict.NOT_READY
    assert compared(seen({(): 1}), [past], verdict=lenient).history.versions[0].verdict is Verdict.READY


def test_credentials_that_were_at_fault_then_say_nothing_of_that_version(settings, evidence, difference, now):
    refused = difference("401", where="status", path="status", statuses=(200, 401))
    routes = ["GET /a", "GET /b"]
    past = {
        route: [as_past(evidence({("401",): 50, (): 2}, (refused,), route=route, version="v1"))] for route in routes
    }
    current = [evidence({(): 400}, route=route, version="v2") for route in routes]
    for verdict in judge_all(current, settings(), [], now, past=past):
        assert (verdict.history.versions[0].distinct, verdict.history.trend) == (2, "same")


@pytest.mark.parametrize(
    ("versions", "name"),
    [
        (("", ""), "the build without a version"),
        (("l1", "v1"), "v1 with legacy l1"),
        (("l1", "v2"), "the same build with legacy l1"),
        (("", "x" * 999), "x" * 59 + "…"),
    ],
)
def test_versions_are_named_by_what_tells_them_apart(seen, compared, versions, name):
    past = seen({(): 9})
    past = replace(past, epoch=replace(past.epoch, legacy_version=versions[0], candidate_version=versions[1]))
    assert compared(seen({(): 9}, version="v2"), [past]).history.sentence.startswith(f"no clear change from {name}: ")


def test_silence_of_a_transport_is_gone_too(seen, compared, difference, evidence):
    timeout = difference("t", where="transport", path="transport", kind="timeout", count=30)
    past = evidence({(): 300}, (timeout,), version="v1", error__timeout=30)
    assert names(compared(seen({(): 300}), [past]).history.gone) == ["t"]
    assert names(compared(seen({(): 9}), [past]).history.not_seen_yet) == ["t"]


def test_a_difference_of_which_only_a_sample_is_left_counts_as_one_request(compared, evidence, difference):
    past = evidence({(): 1000}, (difference("f1", count=50),), version="v1")
    assert names(compared(evidence({(): 2900}), [past]).history.not_seen_yet) == ["f1"]
    assert names(compared(evidence({(): 3100}), [past]).history.gone) == ["f1"]


@pytest.mark.parametrize("share", [0.001, 0.03, 0.3, 0.5, 0.97])
def test_surprising_is_a_binomial_tail_below_five_percent(share):
    for n in (0, 1, 7, 60, 200):
        tail = 0.0
        for s in range(n + 1):
            tail += comb(n, s) * share**s * (1 - share) ** (n - s)
            assert is_surprising(n, s, share) is (tail < 0.05), (n, s, tail)


@pytest.mark.parametrize(("hits", "of", "needed"), [(30, 100, 9), (12, 412, 102), (10, 1000, 299), (1, 400, 1200)])
def test_the_table_of_docs_verdict_md(hits, of, needed):
    assert is_surprising(needed, 0, hits / (of + 1))
    assert not is_surprising(needed - 1, 0, hits / (of + 1))


def test_surprise_is_soon_decided_for_any_number_of_requests():
    assert is_surprising(10**7, 10**6, 0.11)
    assert not is_surprising(10**7, 10**6, 0.1)
    assert not is_surprising(0, 0, 0.5)
