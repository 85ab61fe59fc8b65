"""When a side's credentials are at fault, and no route is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.compare import compare
from shadow.errors import ExitCode
from shadow.evidence.observation import Epoch
from shadow.evidence.route_evidence import DistinctGroup, FingerprintEvidence, RouteEvidence
from shadow.exchange import Response, Side
from shadow.verdict import gate_exit_code, gate_sentence, judge_all
from shadow.verdict.credentials import FEW, Refusal, refusals, refusing_side
from shadow.verdict.model import RouteVerdict, Verdict

Build = Callable[..., Any]
START = 1_000_000.0


def status(legacy: int, candidate: int, name: str = "status", **given: Any) -> FingerprintEvidence:
    usual: dict[str, Any] = {"where": "status", "path": "status", "kind": "status-changed", "class_": "auth"}
    usual |= {"severity": "difference", "summary": f"status {legacy} became {candidate}", "count": 1}
    seen = {"first_seen": START, "last_seen": START + 100}
    return FingerprintEvidence(fingerprint=name, statuses=(legacy, candidate), **(usual | seen | given))


SHAPE = msgspec.structs.replace(status(0, 0, "shape", where="body", path="$", class_="error-shape"), statuses=None)
PRICE = msgspec.structs.replace(
    status(0, 0, "price", where="body", path="$.price", class_="number-lexical"), statuses=None
)


def route(
    name: str,
    refused: int = 0,
    clean: int = 0,
    *,
    found: FingerprintEvidence | None = None,
    others: dict[tuple[str, ...], int] | None = None,
    last_seen: float = START + 100,
) -> RouteEvidence:
    """A route of which so many distinct requests were refused, with another body, and so many were the same."""
    found = found or status(200, 401)
    groups = {(): clean, (found.fingerprint, "shape"): refused} | (others or {})
    return RouteEvidence(
        epoch=Epoch(f"GET /{name}", "https://api.test/kong", "https://api.test", "", "", ""),
        first_seen=START,
        last_seen=last_seen,
        counters={"compared": sum(groups.values()), "ok": sum(groups.values())},
        distinct=tuple(DistinctGroup(frozenset(names), count) for names, count in groups.items() if count),
        fingerprints=((found, SHAPE) if refused else ()) + ((PRICE,) if others else ()),
    )


# -- when -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("legacy", "candidate", "side"),
    [
        (200, 401, Side.CANDIDATE),
        (302, 403, Side.CANDIDATE),
        (401, 200, Side.LEGACY),
        (403, 304, Side.LEGACY),
        (404, 401, None),
        (401, 403, None),
        (200, 404, None),
        (500, 403, None),
        (200, 407, None),
    ],
)
def test_a_side_refuses_what_the_other_one_serves(legacy, candidate, side):
    assert refusing_side(status(legacy, candidate)) is side


def test_most_requests_of_two_routes_are_enough():
    assert refusals([route("a", 6, 1), route("b", 2, 1)]) == (Refusal(Side.CANDIDATE, 8, 10, ("GET /a", "GET /b")),)


@pytest.mark.parametrize(
    "evidences",
    [
        [route("a", 2), route("b", 2)],
        [route("a", 50)],
        [route("a", 50), route("b", 0, 2)],
        [route("a", 50, 0), route("b", 1, 20)],
        [route("a", 0, 50), route("b", 0, 2)],
        [],
    ],
    ids=["too few", "one route", "one route of two", "less than four fifths", "nothing refused", "nothing seen"],
)
def test_what_one_route_or_few_requests_show_is_no_fault_of_the_credentials(evidences):
    assert refusals(evidences) == ()


def test_legacys_credentials_may_be_at_fault_too():
    found = status(401, 200)
    [refusal] = refusals([route("a", 6, found=found), route("b", 6, found=found)])
    assert refusal.side is Side.LEGACY
    assert "legacy refused 12 of 12 distinct requests (401 or 403) that candidate served" in refusal.sentence
    assert "or the candidate lets in whom it should not" in refusal.sentence
    assert "`legacy.auth`" in refusal.advice


def test_credentials_that_expire_in_the_middle_show_in_what_was_seen_last():
    before = [route(name, 3, 400) for name in "abc"]
    idle = route("d", 0, 400, last_seen=START - 1)
    public = route("health", 0, 50)
    assert [one.side for one in refusals([*before, idle])] == [Side.CANDIDATE]
    assert refusals([*before[:2], idle]) == (), "two routes are no pattern"
    assert refusals([*before, public]) == (), "a quarter of what is in use is served"
    assert refusals([*before, route("e", 2, 50), public]) != ()
    served_since = [msgspec.structs.replace(one, last_seen=START + 101) for one in before]
    assert refusals([*served_since, idle]) == (), "they are served again"


# -- what becomes of it -----------------------------------------------------------------------------------------------


@pytest.fixture
def judged(settings: Build) -> Callable[..., dict[str, RouteVerdict]]:
    def build(*evidences: RouteEvidence, **sections: Any) -> dict[str, RouteVerdict]:
        found = judge_all(evidences, settings(**sections), [], START + 200)
        return {verdict.route: verdict for verdict in found}

    return build


def test_refused_routes_are_inconclusive_for_one_reason_and_their_refusals_are_no_differences(judged):
    verdicts = judged(*(route(name, 30) for name in "abc"), route("public", 0, 20))
    for name in "abc":
        found = verdicts[f"GET /{name}"]
        assert found.verdict is Verdict.INCONCLUSIVE
        assert found.reasons[0].code == "credentials"
        assert found.summary.startswith(
            "30 distinct requests of this route prove nothing: candidate refused 90 of 110 distinct requests"
        )
        assert found.differences == ()
        assert found.divergence.distinct == 0
    assert "credentials" not in {reason.code for reason in verdicts["GET /public"].reasons}


def test_a_difference_of_a_request_that_was_let_in_still_counts(judged):
    mixed = route("a", 30, others={("price",): 1})
    found = judged(mixed, route("b", 30))["GET /a"]
    assert found.verdict is Verdict.NOT_READY
    assert [reason.code for reason in found.reasons] == ["divergence"]
    assert [one.evidence.fingerprint for one in found.differences] == ["price"]


def test_a_route_is_not_ready_to_serve_what_nobody_has_seen(judged):
    verdicts = judged(*(route(name, 3000, 400) for name in "ab"))
    assert {one.verdict for one in verdicts.values()} == {Verdict.INCONCLUSIVE}


def test_one_route_that_refuses_is_not_ready(judged):
    verdicts = judged(route("a", 50), route("b", 0, 400))
    assert verdicts["GET /a"].verdict is Verdict.NOT_READY
    assert [reason.code for reason in verdicts["GET /a"].reasons] == ["credentials"]
    assert verdicts["GET /b"].verdict is Verdict.READY


def test_refusals_that_no_sampled_request_shows_leave_the_route_undecided_too(judged):
    unsampled = msgspec.structs.replace(route("c", 0, 400), fingerprints=(status(200, 401),))
    found = judged(*(route(name, 3000) for name in "ab"), unsampled)["GET /c"]
    assert found.verdict is Verdict.INCONCLUSIVE
    assert [reason.code for reason in found.reasons] == ["credentials"]
    assert found.summary.startswith("1 distinct request of this route proves nothing: candidate refused 6,000 of 6,400")


def test_a_side_that_lets_nobody_in_never_passes_the_gate(judged):
    verdicts = judged(*(route(name, 500) for name in "abcd"), route("public", 0, 400)).values()
    assert {one.verdict for one in verdicts} == {Verdict.INCONCLUSIVE, Verdict.READY}
    required = [msgspec.structs.replace(one, required=True) for one in verdicts]
    for lenient in (False, True):
        assert gate_exit_code(required, allow_inconclusive=lenient) is ExitCode.INCONCLUSIVE
    assert "none lacks credentials" in gate_sentence(required, allow_inconclusive=True)


def test_what_was_refused_before_tells_how_to_start_afresh(judged):
    served_since = [route(name, 3, 400, last_seen=START + 200) for name in "abc"]
    found = judged(*served_since)["GET /a"]
    assert found.verdict is Verdict.NOT_READY
    assert found.summary.endswith("fix it, or, where credentials had expired, `shadow forget 'GET /a'`")


def refused_by_a_gateway(name: str, message: str) -> RouteEvidence:
    """A route on which an API Gateway answers 403 for itself, as `compare` tells it."""
    headers = [("Content-Type", "application/json"), ("x-amzn-ErrorType", "ForbiddenException")]
    candidate = Response(403, headers, json.dumps({"message": message}).encode())
    differences = compare(Response(200, [("Content-Type", "application/json")], b'{"id": 7}'), candidate)
    seen = [
        status(200, 403, one.fingerprint, where=one.where, path=one.pattern, class_=one.class_, summary=one.summary)
        for one in differences
        if one.severity == "difference"
    ]
    shown = [one if one.where == "status" else msgspec.structs.replace(one, statuses=None) for one in seen]
    groups = (DistinctGroup(frozenset(one.fingerprint for one in shown), 50),)
    return msgspec.structs.replace(route(name), counters={"compared": 50}, distinct=groups, fingerprints=tuple(shown))


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("Forbidden", "credentials"),
        ("User is not authorized to access this resource", "credentials"),
        ("The security token included in the request is expired", "credentials"),
        ("Missing Authentication Token", "candidate-errors"),
    ],
)
def test_what_a_gateway_says_of_one_route_decides_whose_fault_it_is(judged, message, code):
    assert [reason.code for reason in judged(refused_by_a_gateway("a", message))["GET /a"].reasons] == [code]


def test_a_gateway_that_misses_a_token_everywhere_misses_credentials(judged):
    verdicts = judged(*(refused_by_a_gateway(name, "Missing Authentication Token") for name in "ab"))
    assert {one.reasons[0].code for one in verdicts.values()} == {"credentials"}
    assert {one.verdict for one in verdicts.values()} == {Verdict.INCONCLUSIVE}


@pytest.mark.parametrize(
    ("counters", "said"),
    [
        ({"error:no-credentials": 7}, "7 requests could not be mirrored because a side's `auth` gave no credentials"),
        ({"error:expired": 1}, "1 request proved nothing because the client's credentials had expired"),
    ],
)
def test_credentials_that_could_not_be_had_are_told(judged, counters, said):
    nothing = msgspec.structs.replace(route("a"), counters=counters | {"failed": 7}, distinct=(), fingerprints=())
    found = judged(nothing)["GET /a"]
    assert found.verdict is Verdict.INCONCLUSIVE
    assert found.reasons[0].code == "credentials"
    assert said in found.summary
    few = msgspec.structs.replace(route("b", 0, 400), counters=counters | {"compared": 400, "failed": 7})
    assert judged(few)["GET /b"].reasons == ()


# -- always -----------------------------------------------------------------------------------------------------------


@given(
    refused=st.lists(st.integers(0, 40), min_size=1, max_size=5),
    clean=st.lists(st.integers(0, 40), min_size=5, max_size=5),
    order=st.randoms(use_true_random=False),
)
def test_never_by_one_route_or_few_requests_and_in_whatever_order(refused, clean, order):
    evidences = [route(str(number), *counts) for number, counts in enumerate(zip(refused, clean, strict=False))]
    found = refusals(evidences)
    for refusal in found:
        assert len(refusal.routes) >= 2
        assert FEW <= refusal.requests == sum(refused)
        assert refusal.compared == sum(one.counters["compared"] for one in evidences)
    order.shuffle(evidences)
    assert refusals(evidences) == found
