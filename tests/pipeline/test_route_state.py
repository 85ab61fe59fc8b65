"""What a worker remembers of one route."""

from __future__ import annotations

import pytest

from shadow.compare import compare
from shadow.compare.rules import Rules
from shadow.config.route_settings import RouteSettings
from shadow.config.settings import VerdictSettings
from shadow.exchange import Response
from shadow.mirror.policy import RateLimit
from shadow.pipeline.confirm import Fate
from shadow.pipeline.route_state import BASELINE_FIRST, CONFIRMATIONS, RouteState


def state() -> RouteState:
    settings = RouteSettings(
        writes="never", mirror=True, candidate="", expect_status=(), sample=1.0, rate=0.0, verdict=VerdictSettings()
    )
    return RouteState("GET /a", settings, Rules(), RateLimit(0))


@pytest.mark.parametrize("share", [0.02, 0.25, 0.4, 0.7, 1.0])
def test_the_first_requests_are_baseline_and_then_the_share_of_them(share):
    route = state()
    assert all(route.take_baseline(share) for _ in range(BASELINE_FIRST))
    taken = sum(route.take_baseline(share) for _ in range(1000))
    assert abs(taken - 1000 * share) <= 1


def test_without_a_share_there_is_no_baseline_at_all():
    route = state()
    assert not any(route.take_baseline(0.0) for _ in range(BASELINE_FIRST + 100))


def test_a_fingerprint_is_settled_after_so_many_confirmations_and_keeps_its_usual_fate():
    route = state()
    for n in range(CONFIRMATIONS):
        assert not route.settled_enough(["f"])
        route.remember({"f": Fate.RACED if n % 4 == 0 else Fate.CONFIRMED})
    assert route.settled_enough(["f"])
    assert route.usual_fate("f") is Fate.CONFIRMED


def test_one_unknown_fingerprint_is_enough_to_ask_again():
    route = state()
    for _ in range(CONFIRMATIONS):
        route.remember({"f": Fate.NOISE})
    assert not route.settled_enough(["f", "g"])


def test_an_example_is_wanted_so_many_times_for_each_fingerprint():
    route = state()
    one = compare(Response(200, []), Response(201, []))
    other = compare(Response(200, []), Response(202, []))
    assert [route.wants_example(one, 2) for _ in range(3)] == [True, True, False]
    assert route.wants_example([*one, *other], 2)
    assert not route.wants_example([], 2)


def test_one_fingerprint_at_many_places_of_a_pair_is_one_example():
    route = state()
    legacy, candidate = (
        Response(200, [("Content-Type", "application/json")], body) for body in (b"[1, 1, 1, 1]", b"[2, 2, 2, 2]")
    )
    differences = compare(legacy, candidate)
    assert len(differences) == 4
    assert [route.wants_example(differences, 2) for _ in range(3)] == [True, True, False]
