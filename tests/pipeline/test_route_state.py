"""What a worker remembers of one route."""

from __future__ import annotations

import pytest

from shadow.compare import compare
from shadow.compare.rules import Rules, body_rule
from shadow.config.route_settings import RouteSettings
from shadow.config.settings import CompareRule, VerdictSettings
from shadow.evidence.observation import Epoch
from shadow.exchange import Response
from shadow.mirror.policy import RateLimit
from shadow.pipeline.route_state import (
    ASKED,
    BASELINE_FIRST,
    HOPE,
    OVERSIZED,
    RouteState,
)

EPOCH = Epoch("GET /a", "http://l", "http://c", "", "", "")


def state(*blocks: dict[str, object]) -> RouteState:
    settings = RouteSettings(
        writes="never", mirror=True, candidate="", expect_status=(), sample=1.0, rate=0.0, verdict=VerdictSettings()
    )
    rules = Rules(body=tuple(body_rule(CompareRule.model_validate(block)) for block in blocks))
    return RouteState("GET /a", settings, rules, RateLimit(0))


@pytest.mark.parametrize("share", [0.02, 0.25, 0.4, 0.7, 1.0])
def test_the_first_requests_are_baseline_and_then_the_share_of_them(share):
    route = state()
    assert all(route.take_baseline(share) for _ in range(BASELINE_FIRST))
    taken = sum(route.take_baseline(share) for _ in range(1000))
    assert abs(taken - 1000 * share) <= 1


def test_a_route_whose_answers_are_all_too_large_is_asked_now_and_then():
    route, asked = state(), 0
    for _ in range(OVERSIZED + 10 * HOPE):
        if not route.hopeless():
            asked += 1
            route.too_large()
    assert OVERSIZED + 9 <= asked <= OVERSIZED + 11


def test_one_answer_that_can_be_compared_and_the_route_is_asked_again():
    route = state()
    for _ in range(OVERSIZED):
        assert not route.hopeless()
        route.too_large()
    assert route.hopeless()
    route.comparable()
    assert not any(route.hopeless() for _ in range(100))


def test_without_a_share_there_is_no_baseline_at_all():
    route = state()
    assert not any(route.take_baseline(0.0) for _ in range(BASELINE_FIRST + 100))


def test_an_example_is_wanted_so_many_times_for_each_fingerprint():
    route = state()
    one = compare(Response(200, []), Response(201, []))
    other = compare(Response(200, []), Response(202, []))
    assert [route.wants_example(EPOCH, one, 2) for _ in range(3)] == [True, True, False]
    assert route.wants_example(EPOCH, [*one, *other], 2)
    assert not route.wants_example(EPOCH, [], 2)


def test_one_fingerprint_at_many_places_of_a_pair_is_one_example():
    route = state()
    legacy, candidate = (
        Response(200, [("Content-Type", "application/json")], body) for body in (b"[1, 1, 1, 1]", b"[2, 2, 2, 2]")
    )
    differences = compare(legacy, candidate)
    assert len(differences) == 4
    assert [route.wants_example(EPOCH, differences, 2) for _ in range(3)] == [True, True, False]


# -- what the rules find ----------------------------------------------------------------------------------------------

PRICE = {"path": "$.price", "tolerance": 1}
TYPO = {"path": "$.prise", "tolerance": 1}


def found(route: RouteState, legacy: bytes, candidate: bytes | None = None) -> list[str]:
    answers = (Response(200, [("Content-Type", "application/json")], body) for body in (legacy, candidate or legacy))
    return [" ".join(filter(None, (one.found, one.had))) for one in route.reach(*answers)]


def test_a_rule_is_asked_until_it_has_found_what_it_fits():
    route = state(PRICE, TYPO)
    assert found(route, b'{"price": "1"}') == ["unfit string", "absent"]
    assert found(route, b'{"price": "1"}', b'{"price": 1}') == ["fits", "absent"]
    assert found(route, b'{"price": 1, "prise": 1}') == ["fits"]
    assert found(route, b'{"price": 1, "prise": 1}') == []


def test_a_body_that_is_no_document_has_nothing_for_a_rule():
    assert found(state(PRICE), b"") == ["absent"]
    assert found(state(PRICE), b"{") == ["absent"]


def test_rules_are_asked_so_many_times_and_no_more():
    route = state(TYPO)
    assert [found(route, b"{}") for _ in range(ASKED)] == [["absent"]] * ASKED
    assert found(route, b'{"prise": 1}') == []


def test_what_a_pair_does_not_tell_is_not_counted():
    route = state({"path": "$.items", "key": "id"}, {"path": "$.s", "trim": False})
    assert found(route, b'{"items": [], "s": "x"}') == []
    assert found(route, b'{"items": [{"id": 1}], "s": "x"}') == ["fits"]


def test_the_same_rule_said_twice_is_one():
    assert found(state(PRICE, {"path": "$['price']", "tolerance": 1}), b"{}") == ["absent"]


def test_a_notice_is_redacted_once_for_all_of_its_kind():
    route = state()
    asked = []
    for candidate in (b"[1.0, 2]", b"[1, 2.0]", b"[1, 2.00]"):
        (notice,) = compare(Response(200, [], b"[1, 2]"), Response(200, [], candidate))
        told = route.notice(notice, lambda d: asked.append(d) or d)
        assert told.fingerprint == notice.fingerprint
    assert [d.path for d in asked] == ["$[0]"]
