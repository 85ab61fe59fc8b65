"""Routes named on the command line."""

from __future__ import annotations

import pytest

from shadow.cli.route_choice import did_you_mean, the_route, the_routes
from shadow.errors import UsageError

KNOWN = ["GET /orders", "GET /orders/{orderId}", "POST /orders", "GET /few"]


def test_a_name_means_that_route_and_a_glob_all_that_it_matches() -> None:
    assert the_routes(["GET /orders"], KNOWN) == {"GET /orders": True}
    assert the_routes(["* /orders*"], KNOWN) == dict.fromkeys(KNOWN[:3], False)
    assert the_routes(["* /orders*", "POST /orders"], KNOWN)["POST /orders"]
    assert the_routes(["POST /orders", "* /orders*"], KNOWN)["POST /orders"]


def test_braces_are_literal_and_a_star_in_a_known_name_too() -> None:
    assert the_route("GET /orders/{orderId}", KNOWN) == "GET /orders/{orderId}"
    assert the_route("GET /files/*", ["GET /files/*", "GET /files/a"]) == "GET /files/*"


def test_a_word_that_means_no_route_is_an_error_that_says_what_may_be_meant() -> None:
    with pytest.raises(UsageError, match=r'no route "get /order"; did you mean GET /orders or GET /orders/\{orderId\}'):
        the_routes(["GET /few", "get /order"], KNOWN)
    with pytest.raises(UsageError, match=r'no route matches "PUT \*"; `shadow routes` lists'):
        the_routes(["PUT *"], KNOWN)
    with pytest.raises(UsageError, match="none has been seen yet"):
        the_routes(["GET /few"], [])


def test_nothing_is_suggested_where_nothing_is_near() -> None:
    assert did_you_mean("zzz", KNOWN) == ""
    assert did_you_mean("", KNOWN) == ""
