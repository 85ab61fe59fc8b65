"""What the apps send covers the plan."""

from __future__ import annotations

import asyncio

import pytest

from shadow.demo.data import PLAYERS
from shadow.demo.processes import free_address
from shadow.demo.routes import ENOUGH, ROUTES
from shadow.demo.templates import find
from shadow.demo.traffic import asks, drive, total
from shadow.errors import BackendError

EVERYTHING = [(player, ask) for player in range(PLAYERS) for ask in asks(player)]


def route_of(ask):
    path = ask.target.partition("?")[0]
    found = find([planted.route for planted in ROUTES], ask.method, path.removeprefix("/kong"))
    assert found is not None
    return found[0]


@pytest.mark.parametrize("planted", [planted for planted in ROUTES if planted.asks], ids=lambda planted: planted.route)
def test_each_route_gets_enough_distinct_requests_and_some_repeat(planted):
    of_route = [
        (None if planted.public else player, ask) for player, ask in EVERYTHING if route_of(ask) == planted.route
    ]
    assert len(set(of_route)) >= ENOUGH
    assert len(of_route) == len(set(of_route)) * planted.repeat


def test_nobody_asks_for_the_route_that_must_stay_unseen():
    assert {planted.route for planted in ROUTES} - {route_of(ask) for _, ask in EVERYTHING} == {"GET /legal/imprint"}


def test_only_routes_that_are_cut_over_are_asked_of_the_candidate():
    of_candidate = {route_of(ask) for _, ask in EVERYTHING if not ask.target.startswith("/kong/")}
    assert of_candidate == {planted.route for planted in ROUTES if planted.cut_over} == {"GET /clubs/{clubId}"}


def test_each_player_writes_last():
    for player in range(PLAYERS):
        safe = [ask.method == "GET" for ask in asks(player)]
        assert safe == sorted(safe, reverse=True)


def test_the_total_is_what_is_sent():
    assert total() == len(EVERYTHING)


def test_a_proxy_that_gives_no_answer_is_one_clear_error():
    with pytest.raises(BackendError, match="the proxy gave no answer to GET /"):
        asyncio.run(drive(free_address(), lambda: None))
