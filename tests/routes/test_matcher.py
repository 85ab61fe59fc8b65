"""API Gateway's precedence: exact, then {var}, then greedy, then $default; a wrong method never hides the right one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.routes.known_route import DEFAULT_TEMPLATE
from shadow.routes.matcher import Matcher

ROUTES = [
    ("*", DEFAULT_TEMPLATE),
    ("*", "/{proxy+}"),
    ("GET", "/part1/{param+}"),
    ("GET", "/part1/{id}"),
    ("GET", "/part1/part2"),
    ("POST", "/part1/part2/part3"),
    ("GET", "/test"),
    ("*", "/test"),
    ("PUT", "/files/{name}.json"),
    ("PUT", "/files/{name}"),
    ("GET", "/users/me"),
    ("GET", "/users/{id}/orders"),
    ("GET", "/"),
]
MATCHER = Matcher((method, template, f"{method} {template}") for method, template in ROUTES)


@pytest.mark.parametrize(
    ("request_line", "route"),
    [
        ("GET /part1/part2", "GET /part1/part2"),
        ("GET /part1/other", "GET /part1/{id}"),
        ("GET /part1/other/more", "GET /part1/{param+}"),
        ("POST /part1/other", "* /{proxy+}"),
        ("POST /part1/part2", "* /{proxy+}"),
        ("POST /part1/part2/part3", "POST /part1/part2/part3"),
        ("GET /part1/part2/part3", "GET /part1/{param+}"),
        ("GET /test", "GET /test"),
        ("OPTIONS /test", "* /test"),
        ("HEAD /part1/part2", "* /{proxy+}"),
        ("get /test/", "GET /test"),
        ("PUT /files/a.json", "PUT /files/{name}.json"),
        ("PUT /files/a.xml", "PUT /files/{name}"),
        ("GET /users/me/orders", "GET /users/{id}/orders"),
        ("GET /users/a%2Fb/orders", "GET /users/{id}/orders"),
        ("GET /users/m%65", "GET /users/me"),
        ("GET /", "GET /"),
        ("POST /", "* /{default+}"),
        ("GET //test", "* /{default+}"),
    ],
)
def test_the_most_specific_route_of_the_method_is_taken(request_line: str, route: str) -> None:
    assert MATCHER.match(*request_line.split()) == route


@pytest.mark.parametrize(
    "request_line", ["GET /users", "POST /users/1", "HEAD /users/1", "GET /users/1/", "GET /users//1/x"]
)
def test_without_a_catch_all_a_request_may_have_no_route(request_line: str) -> None:
    expected = "x" if request_line == "GET /users/1/" else None
    assert Matcher([("GET", "/users/{id}", "x")]).match(*request_line.split()) == expected


def test_no_routes_take_no_request() -> None:
    assert Matcher([]).match("GET", "/") is None


def test_a_greedy_parameter_takes_at_least_one_segment() -> None:
    matcher = Matcher([("GET", "/files/{proxy+}", "x")])
    assert matcher.match("GET", "/files") is None
    assert matcher.match("GET", "/files/a/b%2Fc/d") == "x"


@given(st.text(), st.text(alphabet=st.characters()))
def test_any_method_and_path_are_judged_without_failing(method: str, path: str) -> None:
    assert Matcher([("GET", "/users/{id}", "x")]).match(method, "/" + path) in {None, "x"}
