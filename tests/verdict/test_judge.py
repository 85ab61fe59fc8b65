"""The decision, case by case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from shadow.config import Settings
from shadow.evidence.latency import Latency, bucket
from shadow.evidence.route_evidence import RouteEvidence
from shadow.verdict import judge, judge_all
from shadow.verdict.model import RouteVerdict, Verdict

Build = Callable[..., Any]
ROUTE = "GET /orders/{orderId}"
REFUSED = {"where": "status", "path": "status", "kind": "status-changed", "class_": "status", "statuses": (200, 401)}
SERVER_ERROR = REFUSED | {"class_": "server-error", "statuses": (200, 500), "summary": "status 200 OK became 500"}


@pytest.fixture
def judged(settings: Build, now: float) -> Callable[..., RouteVerdict]:
    """`judged(evidence, verdict={…}, accept=[…])`: the verdict under these sections of the settings."""

    def build(found: RouteEvidence | None, *, paused: bool = False, **sections: Any) -> RouteVerdict:
        return judge(found, ROUTE, settings(**sections), now, required=True, paused=paused)

    return build


def codes(verdict: RouteVerdict) -> list[str]:
    return [reason.code for reason in verdict.reasons]


# -- parity -------------------------------------------------------------------------------------------------------


def test_enough_clean_requests_make_a_route_ready(judged: Build, evidence: Build) -> None:
    verdict = judged(evidence({(): 412}))
    assert verdict.verdict is Verdict.READY
    assert verdict.reasons == ()
    assert verdict.summary == "0 of 412 distinct requests differ; at 95% confidence fewer than 0.82% do"
    assert verdict.divergence.needed == 0


def test_too_few_clean_requests_leave_it_inconclusive_and_say_how_many_are_needed(
    judged: Build, evidence: Build
) -> None:
    verdict = judged(evidence({(): 212}))
    assert verdict.verdict is Verdict.INCONCLUSIVE
    assert codes(verdict) == ["not-enough-requests"]
    assert verdict.summary == "336 distinct clean requests are needed, 212 seen"
    assert verdict.divergence.needed == 124


def test_a_route_whose_same_few_requests_come_again_is_told_of_enough(judged: Build, evidence: Build) -> None:
    verdict = judged(evidence({(): 3}, compared=900))
    assert verdict.summary == (
        "336 distinct clean requests are needed, 3 seen; 3 distinct in 900 requests: if this route has hardly more, "
        "set its `enough` in a [[route]] block"
    )
    assert "`enough`" not in judged(evidence({(): 3}, compared=900), verdict={"enough": 10}).summary
    assert "`enough`" not in judged(evidence({(): 212})).summary


def test_one_open_difference_makes_it_not_ready(judged: Build, evidence: Build, difference: Build) -> None:
    verdict = judged(evidence({(): 400, ("f1",): 12}, (difference("f1"),)))
    assert verdict.verdict is Verdict.NOT_READY
    assert codes(verdict) == ["divergence"]
    assert verdict.summary.startswith("12 of 412 distinct requests differ; most often $.items[*].price: number 12.5")
    assert "shadow accept f1" in verdict.summary
    assert (verdict.divergence.distinct, verdict.divergence.needed) == (12, 0)
    assert verdict.divergence.rate == pytest.approx(12 / 412)
    assert verdict.divergence.upper == pytest.approx(0.0622, abs=1e-4)
    assert [(found.status, found.distinct) for found in verdict.differences] == [("open", 12)]


def test_where_only_the_rate_decides_few_differences_are_ready_and_many_are_not(
    judged: Build, evidence: Build, difference: Build
) -> None:
    def counted(clean: int, differing: int) -> RouteVerdict:
        return judged(
            evidence({(): clean, ("f1",): differing}, (difference("f1"),)), verdict={"on_difference": "count"}
        )

    assert counted(909, 2).verdict is Verdict.READY
    assert counted(909, 2).summary.startswith("2 of 911 distinct requests differ; at 95% confidence fewer than 1% do")
    assert counted(900, 2).verdict is Verdict.INCONCLUSIVE
    assert counted(900, 2).summary == "910 distinct requests are needed, 902 seen (2 of them differ)"
    assert counted(100, 20).verdict is Verdict.NOT_READY
    assert codes(counted(100, 20)) == ["divergence"]


def test_a_number_as_enough_takes_few_requests_and_says_what_they_prove(judged: Build, evidence: Build) -> None:
    verdict = judged(evidence({(): 12}), verdict={"enough": 10})
    assert verdict.verdict is Verdict.READY
    assert "0 of 12 distinct requests differ" in verdict.summary
    assert "fewer than 25% do" in verdict.summary
    assert judged(evidence({(): 9}), verdict={"enough": 10}).summary.startswith("10 distinct clean requests are needed")


def test_a_route_may_have_limits_of_its_own(judged: Build, evidence: Build) -> None:
    stricter = [{"match": "GET /orders*", "max_divergence": 0.001}]
    assert judged(evidence({(): 400}), route=stricter).divergence.needed == 3373 - 400


# -- what counts --------------------------------------------------------------------------------------------------


def test_accepted_differences_count_as_clean(judged: Build, evidence: Build, difference: Build) -> None:
    found = evidence({(): 330, ("f1",): 6}, (difference("f1"),))
    verdict = judged(found, accept=[{"fingerprint": "f1", "reason": "known"}])
    assert verdict.verdict is Verdict.READY
    assert verdict.divergence.distinct == 0
    assert verdict.requests["distinct"] == 336
    assert verdict.differences[0].status == "accepted"
    assert verdict.differences[0].accepted_by.reason == "known"


def test_a_request_with_an_accepted_and_an_open_difference_differs(
    judged: Build, evidence: Build, difference: Build
) -> None:
    found = evidence({(): 400, ("f1", "f2"): 3}, (difference("f1"), difference("f2", path="$.id")))
    verdict = judged(found, accept=[{"fingerprint": "f1", "reason": "known"}])
    assert verdict.verdict is Verdict.NOT_READY
    assert verdict.divergence.distinct == 3
    assert [found.status for found in verdict.differences] == ["open", "accepted"]


def test_an_acceptance_that_ran_out_counts_again_and_is_told(judged: Build, evidence: Build, difference: Build) -> None:
    accept = [{"fingerprint": "f1", "reason": "until the app is updated", "until": dt.date(2026, 5, 31)}]
    verdict = judged(evidence({(): 400, ("f1",): 5}, (difference("f1"),)), accept=accept)
    assert verdict.verdict is Verdict.NOT_READY
    assert codes(verdict) == ["expired-acceptance"]
    assert "5 of 405" in verdict.summary
    assert "2026-05-31 (until the app is updated)" in verdict.summary
    assert verdict.differences[0].expired is not None


def test_noise_counts_as_clean_after_three_distinct_requests(judged: Build, evidence: Build, difference: Build) -> None:
    verdict = judged(evidence({(): 330, ("f1",): 6}, (difference("f1", noise=3, count=9),)))
    assert verdict.verdict is Verdict.READY
    assert verdict.differences[0].status == "noise"


def test_what_may_be_noise_is_left_out_until_it_is_clear(judged: Build, evidence: Build, difference: Build) -> None:
    """Two requests, asked five times, and each time legacy disagreed with itself."""
    verdict = judged(evidence({(): 334, ("f1",): 2}, (difference("f1", noise=2, count=5),)))
    assert verdict.verdict is Verdict.INCONCLUSIVE
    assert verdict.summary.startswith("336 distinct clean requests are needed, 334 seen; 2 more wait")
    assert verdict.divergence.distinct == 0


def test_what_legacy_did_not_show_with_itself_in_every_request_is_open(
    judged: Build, evidence: Build, difference: Build
) -> None:
    verdict = judged(evidence({(): 400, ("f1",): 3}, (difference("f1", noise=2, count=3),)))
    assert verdict.verdict is Verdict.NOT_READY


def test_notices_never_make_a_route_not_ready(judged: Build, evidence: Build, difference: Build) -> None:
    verdict = judged(evidence({(): 336}, (difference("n1", severity="notice", count=300),)))
    assert verdict.verdict is Verdict.READY
    assert verdict.differences[0].status == "notice"


def test_a_fingerprint_of_which_no_details_are_left_is_open(judged: Build, evidence: Build) -> None:
    verdict = judged(evidence({(): 400, ("overflow",): 1}))
    assert verdict.verdict is Verdict.NOT_READY
    assert verdict.summary == "1 of 401 distinct requests differ"


def test_a_difference_outside_the_sample_of_distinct_requests_still_counts(
    judged: Build, evidence: Build, difference: Build
) -> None:
    verdict = judged(evidence({(): 100_000}, (difference("f1", count=1),)))
    assert verdict.verdict is Verdict.NOT_READY
    assert verdict.divergence.distinct == 1


# -- errors, credentials, the same backend ------------------------------------------------------------------------


def test_a_candidate_that_gives_no_answer_is_not_ready(judged: Build, evidence: Build, difference: Build) -> None:
    timeout = difference("t1", where="transport", path="transport", kind="timeout", class_="timeout")
    verdict = judged(evidence({(): 400}, (timeout,), failed=3, error__timeout=2, error__connection=1))
    assert verdict.verdict is Verdict.NOT_READY
    assert codes(verdict) == ["candidate-errors"]
    assert verdict.summary == "the candidate gave no answer to 3 requests (2 timeouts, 1 failed connection)"
    assert verdict.candidate_errors == {"timeout": 2, "connection": 1, "5xx": 0}
    assert verdict.requests["failed"] == 3


def test_where_only_the_rate_decides_missing_answers_count_as_differing(judged: Build, evidence: Build) -> None:
    def counted(unanswered: int) -> Verdict:
        found = evidence({(): 909}, failed=unanswered, error__timeout=unanswered)
        word: Verdict = judged(found, verdict={"on_difference": "count"}).verdict
        return word

    assert [counted(2), counted(3), counted(60)] == [Verdict.READY, Verdict.INCONCLUSIVE, Verdict.NOT_READY]


def test_an_error_of_the_candidate_is_told_instead_of_its_body(
    judged: Build, evidence: Build, difference: Build
) -> None:
    shape = difference("f2", path="$", class_="error-shape")
    found = evidence({(): 400, ("f1", "f2"): 4}, (difference("f1", **SERVER_ERROR), shape), error__5xx=4)
    verdict = judged(found)
    assert codes(verdict) == ["candidate-errors"]
    assert verdict.summary.startswith("the candidate answered 4 of 404 distinct requests with an error; most often")


def test_an_accepted_server_error_no_longer_counts(judged: Build, evidence: Build, difference: Build) -> None:
    found = evidence({(): 400, ("f1",): 4}, (difference("f1", **SERVER_ERROR),), error__5xx=4)
    assert judged(found, accept=[{"status": [200, 500], "reason": "known"}]).verdict is Verdict.READY


def test_an_error_of_legacys_gateway_is_no_error_of_the_candidate(
    judged: Build, evidence: Build, difference: Build
) -> None:
    limited = difference("f1", **(REFUSED | {"class_": "gateway-error", "statuses": (429, 200)}))
    assert codes(judged(evidence({(): 400, ("f1",): 4}, (limited,)))) == ["divergence"]


def test_refused_credentials_on_most_requests_are_one_reason(judged: Build, evidence: Build, difference: Build) -> None:
    shape = difference("f2", path="$", class_="error-shape")
    verdict = judged(evidence({(): 10, ("f1", "f2"): 30}, (difference("f1", **REFUSED), shape)))
    assert verdict.verdict is Verdict.NOT_READY
    assert codes(verdict) == ["credentials"]
    assert "refused 30 of 40 distinct requests" in verdict.summary


def test_refused_credentials_now_and_then_are_a_difference_like_others(
    judged: Build, evidence: Build, difference: Build
) -> None:
    refused = difference("f1", **(REFUSED | {"summary": "status 200 OK became 401 Unauthorized"}))
    verdict = judged(evidence({(): 30, ("f1",): 10}, (refused,)))
    assert codes(verdict) == ["divergence"]
    assert "10 of 40 distinct requests differ; most often status: status 200 OK became 401" in verdict.summary


def test_an_unstable_candidate_comes_before_other_differences(
    judged: Build, evidence: Build, difference: Build
) -> None:
    unstable = difference("f1", class_="candidate-unstable")
    found = evidence({(): 10, ("f1",): 2, ("f1", "f2"): 3, ("f2",): 1}, (unstable, difference("f2", path="$.id")))
    verdict = judged(found)
    assert codes(verdict) == ["candidate-unstable", "divergence"]
    assert "5 of 16" in verdict.reasons[0].message
    assert "4 of 16" in verdict.reasons[1].message


def test_the_same_backend_twice_is_not_ready_whatever_else_was_seen(judged: Build, evidence: Build) -> None:
    verdict = judged(evidence({(): 400}, same_backend=2, unproductive=2))
    assert verdict.verdict is Verdict.NOT_READY
    assert codes(verdict) == ["same-backend"]
    assert "shadow forget 'GET /orders/{orderId}'" in verdict.summary


# -- what proves nothing ------------------------------------------------------------------------------------------


def test_a_route_never_seen_is_inconclusive(judged: Build) -> None:
    verdict = judged(None)
    assert verdict.verdict is Verdict.INCONCLUSIVE
    assert codes(verdict) == ["not-seen"]
    assert (verdict.first_seen, verdict.last_seen, verdict.divergence.upper) == (None, None, 1.0)
    assert verdict.divergence.needed == 336
    assert set(verdict.skipped.values()) == {0}


@pytest.mark.parametrize(
    ("counters", "code", "words"),
    [
        ({"skipped__write": 7}, "writes-not-mirrored", "7 writes seen and none mirrored"),
        ({"unproductive": 14}, "unproductive", "in all 14 requests"),
        ({"shed": 50}, "shed", "50 of 50 requests were shed"),
        ({"skipped__breaker": 5}, "candidate-errors", "5 of 5 requests were not mirrored"),
        ({"raced": 9}, "raced", "legacy changed its answer while 9 of 9 requests"),
        ({"raced": 9, "unconfirmed": 4}, "raced", "legacy changed its answer while 9 of 9 requests"),
        ({"raced": 9, "unconfirmed": 5}, "raced", "nobody could ask again whether they really do"),
        ({"skipped__redacted": 2}, "not-enough-requests", "`shadow replay --keep-auth` sends what is still in"),
        ({"skipped__sampled": 20, "skipped__too_large": 3}, "not-enough-requests", "20 not in the sample, "),
    ],
)
def test_what_proves_nothing_is_told_first(
    judged: Build, evidence: Build, counters: dict[str, int], code: str, words: str
) -> None:
    verdict = judged(evidence({}, **counters))
    assert verdict.verdict is Verdict.INCONCLUSIVE
    assert codes(verdict)[0] == code
    assert words in verdict.summary


def test_writes_that_are_mirrored_by_now_are_judged_as_usual(judged: Build, evidence: Build) -> None:
    assert judged(evidence({(): 336}, skipped__write=7)).verdict is Verdict.READY


def test_many_raced_pairs_leave_it_inconclusive_although_the_rest_is_clean(judged: Build, evidence: Build) -> None:
    assert codes(judged(evidence({(): 400}, raced=101))) == ["raced"]
    assert judged(evidence({(): 400}, raced=100)).verdict is Verdict.READY
    assert judged(evidence({(): 10}, raced=4), verdict={"enough": 10}).verdict is Verdict.READY


def test_shed_requests_only_warn_where_the_rest_is_enough(judged: Build, evidence: Build) -> None:
    verdict = judged(evidence({(): 400}, shed=400))
    assert verdict.verdict is Verdict.READY
    assert codes(verdict) == ["shed"]
    assert verdict.summary.startswith("0 of 400")


def test_a_side_that_gave_no_answers_for_long_leaves_it_inconclusive_although_the_rest_is_clean(
    judged: Build, evidence: Build
) -> None:
    verdict = judged(evidence({(): 400}, skipped__breaker=101))
    assert verdict.verdict is Verdict.INCONCLUSIVE
    assert codes(verdict) == ["candidate-errors"]
    assert judged(evidence({(): 400}, skipped__breaker=100)).verdict is Verdict.READY
    assert judged(evidence({(): 10}, skipped__breaker=4), verdict={"enough": 10}).verdict is Verdict.READY


def test_a_candidate_that_was_down_is_not_ready_whatever_the_breaker_kept_from_it(
    judged: Build, evidence: Build
) -> None:
    verdict = judged(evidence({(): 400}, error__timeout=3, failed=3, skipped__breaker=5000))
    assert verdict.verdict is Verdict.NOT_READY
    assert codes(verdict) == ["candidate-errors"]
    assert "3 timeouts" in verdict.summary


def test_while_paused_an_undecided_route_says_so_first(judged: Build, evidence: Build, difference: Build) -> None:
    assert codes(judged(evidence({(): 10}), paused=True)) == ["paused", "not-enough-requests"]
    assert codes(judged(None, paused=True)) == ["paused", "not-seen"]
    assert judged(evidence({(): 400}), paused=True).verdict is Verdict.READY
    assert codes(judged(evidence({("f1",): 1}, (difference("f1"),)), paused=True)) == ["divergence"]


# -- latency ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("timed", "slow", "enough", "word"),
    [
        (66, 0, "statistics", Verdict.READY),
        (65, 0, "statistics", Verdict.INCONCLUSIVE),
        (140, 1, "statistics", Verdict.READY),
        (60, 30, "statistics", Verdict.NOT_READY),
        (10, 0, 10, Verdict.READY),
        (9, 0, 10, Verdict.INCONCLUSIVE),
        (20, 2, 10, Verdict.NOT_READY),
        (66, 0, 300, Verdict.READY),
        (70, 4, 300, Verdict.INCONCLUSIVE),
    ],
)
def test_latency_gates_by_the_share_of_slow_requests(
    judged: Build, evidence: Build, timed: int, slow: int, enough: Any, word: Verdict
) -> None:
    verdict = judged(evidence({(): 400}, timed=timed, slow=slow), verdict={"latency": "gate", "enough": enough})
    assert verdict.verdict is word
    assert codes(verdict) == ([] if word is Verdict.READY else ["latency"])


def test_too_slow_is_told_with_numbers(judged: Build, evidence: Build) -> None:
    verdict = judged(evidence({(): 400}, timed=60, slow=30), verdict={"latency": "gate"})
    assert verdict.summary == (
        "30 of 60 timed requests (50%) took the candidate longer than 1.25 x legacy + 10 ms; at most 5% may"
    )
    assert verdict.latency.slow == 0.5


def test_what_differed_and_could_not_be_confirmed_is_held_against_a_route_that_would_be_ready(
    judged: Build, evidence: Build
) -> None:
    verdict = judged(evidence({(): 412}, unconfirmed=2))
    assert (verdict.verdict, codes(verdict)) == (Verdict.INCONCLUSIVE, ["not-enough-requests"])
    assert verdict.summary == (
        "908 distinct clean requests are needed, 412 seen; in 2 more requests the sides differed too, but that could "
        "not be confirmed, because a side refused or failed when it was asked again, or because `shadow recompare` "
        "asks nobody"
    )
    assert judged(evidence({(): 908}, unconfirmed=2)).verdict is Verdict.READY
    assert judged(evidence({(): 3}, unconfirmed=300)).verdict is Verdict.INCONCLUSIVE


def test_a_race_beside_an_accepted_difference_leaves_the_request_out(
    judged: Build, evidence: Build, difference: Build
) -> None:
    """Else what is accepted would make all that raced clean."""
    found = difference("f1"), difference("r1", class_="raced", path="$.balance")
    verdict = judged(
        evidence({(): 400, ("f1",): 20, ("f1", "r1"): 60}, found),
        accept=[{"fingerprint": "f1", "reason": "known"}],
    )
    assert (verdict.verdict, verdict.requests["distinct"], verdict.divergence.distinct) == (Verdict.READY, 420, 0)
    assert [one.status for one in verdict.differences if one.evidence.fingerprint == "r1"] == ["noise"]
    assert judged(evidence({("f1", "r1"): 60}, found)).divergence.distinct == 60


@pytest.mark.parametrize("latency", ["gate", "warn", "off"])
def test_timeouts_that_were_answered_when_asked_again_are_never_silently_green(
    judged: Build, evidence: Build, latency: str
) -> None:
    cold = {"cold": 5, "cold__timeout": 2, "cold__idle": 3}
    verdict = judged(evidence({(): 412}, timed=80, **cold), verdict={"latency": latency})
    assert (verdict.verdict, codes(verdict)) == (Verdict.READY, ["latency"])
    assert "let 2 requests run into the timeout and answered when asked again" in verdict.reasons[0].message
    assert verdict.latency.cold_kinds == {"idle": 3, "timeout": 2, "init": 0}
    assert judged(evidence({(): 412}, timed=80, cold=3, cold__idle=3)).reasons == ()


def test_latency_warns_by_default_and_can_be_turned_off(judged: Build, evidence: Build) -> None:
    slow = evidence({(): 400}, timed=60, slow=30)
    warned = judged(slow)
    assert warned.verdict is Verdict.READY
    assert codes(warned) == ["latency"]
    assert warned.summary.startswith("0 of 400")
    assert judged(slow, verdict={"latency": "off"}).reasons == ()
    assert judged(evidence({(): 400}, timed=3)).reasons == ()


def test_quantiles_are_in_milliseconds(judged: Build, evidence: Build) -> None:
    timed = Latency({(bucket(20.0), bucket(30.0)): 99, (bucket(500.0), bucket(30.0)): 1})
    latency = judged(msgspec.structs.replace(evidence({(): 100}), latency=timed)).latency
    assert latency.legacy_ms.p50 == pytest.approx(20, rel=0.02)
    assert latency.legacy_ms.p99 == pytest.approx(20, rel=0.02)
    assert latency.candidate_ms.p99 == pytest.approx(30, rel=0.02)


def test_other_limits_judge_past_timings_anew(judged: Build, evidence: Build) -> None:
    """As with everything else: no new traffic is needed."""
    found = evidence({(): 400}, timed=80, slow=40)
    for ratio, verdict in ((1.25, Verdict.NOT_READY), (9.4, Verdict.NOT_READY), (9.6, Verdict.READY)):
        limits = {"latency": "gate", "max_latency_ratio": ratio, "latency_slack_ms": 10}
        assert judged(found, verdict=limits).verdict is verdict


# -- all routes ---------------------------------------------------------------------------------------------------


def test_all_routes_are_judged_the_worst_first(
    settings: Callable[..., Settings], evidence: Build, difference: Build, now: float
) -> None:
    price = (difference("f1"),)
    evidences = [
        evidence({(): 400}, route="GET /ready"),
        evidence({(): 10}, route="GET /few"),
        evidence({(): 99, ("f1",): 1}, price, route="GET /a-bit"),
        evidence({(): 50, ("f1",): 50}, price, route="GET /bad"),
    ]
    inventory = ["GET /unseen", "GET /ready", "GET /few", "GET /bad"]
    verdicts = judge_all(evidences, settings(), inventory, now)
    assert [verdict.route for verdict in verdicts] == [
        "GET /bad",
        "GET /a-bit",
        "GET /few",
        "GET /unseen",
        "GET /ready",
    ]
    assert [verdict.required for verdict in verdicts] == [True, False, True, True, True]
    assert verdicts[3].reasons[0].code == "not-seen"
    assert judge_all([], settings(), [], now) == []


def test_a_route_that_was_served_before_a_new_build_or_rule_is_still_asked_for(
    settings: Callable[..., Settings], evidence: Build, now: float
) -> None:
    """Else the first route that is seen after a deployment would turn the gate green for all."""
    seen = [evidence({(): 400}, route="GET /a")]
    verdicts = judge_all(seen, settings(), [], now, served={"GET /a", "GET /b", "HEAD /b"})
    assert [(verdict.route, verdict.verdict, verdict.required) for verdict in verdicts] == [
        ("GET /b", Verdict.INCONCLUSIVE, True),
        ("HEAD /b", Verdict.INCONCLUSIVE, False),
        ("GET /a", Verdict.READY, True),
    ]
    assert verdicts[0].reasons[0].code == "not-seen"
