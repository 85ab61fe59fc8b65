"""Names of routes as names of tests."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.pytest_plugin.names import names_of
from shadow.report.visible import HIDDEN

HOSTILE = st.text(st.sampled_from("a/:[]{}~# \n\x1b\u202e\ud800é"), max_size=12) | st.text(max_size=300)


@pytest.mark.parametrize(
    "route",
    ["GET /orders/{orderId}", "GET /v1/things:cancel", "* /any", "GET /é/✓", "GET /a]b", "GET /x?y", "DELETE /"],
)
def test_an_ordinary_route_is_its_own_name(route: str) -> None:
    assert names_of([route]) == {route: route}


@given(st.sets(HOSTILE, max_size=8))
def test_names_are_unique_on_one_line_and_nothing_in_them_means_anything_to_pytest(routes: set[str]) -> None:
    names = names_of(routes)
    assert names.keys() == routes
    assert len(set(names.values())) == len(routes)
    for name in names.values():
        assert "::" not in name
        assert "[" not in name
        assert not HIDDEN.search(name)
        assert len(name.splitlines()) <= 1
    assert names == names_of(sorted(routes, reverse=True))


def test_a_route_does_not_take_the_name_of_another() -> None:
    hostile = "GET /a\n"
    name = names_of([hostile])[hostile]
    assert sorted(names_of([hostile, name]).values()) == [name, f"{name} #2"]


def test_a_name_does_not_depend_on_what_other_routes_there_are() -> None:
    routes = ["GET /a[0]", "GET /a‹U+005B›0]", "GET /a\x1b", "GET /a‹U+001B›", "GET /"]
    assert names_of(routes) == {route: names_of([route])[route] for route in routes}
