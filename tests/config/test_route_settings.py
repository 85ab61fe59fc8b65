from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.config import Settings, glob_matches, route_settings

Load = Callable[..., Settings]


@pytest.mark.parametrize(
    ("glob", "route", "matches"),
    [
        ("*", "GET /orders/{id}", True),
        ("GET /orders*", "GET /orders", True),
        ("GET /orders*", "GET /orders/{id}/lines", True),
        ("GET /orders*", "POST /orders", False),
        ("* /orders", "POST /orders", True),
        ("* /orders", "POST /orders/{id}", False),
        ("GET*", "GET /a", True),
        ("GET /orders/{id}", "GET /orders/{id}", True),
        ("GET /orders/{id}", "GET /orders/1", False),
        ("GET /a*a", "GET /a", False),
        ("GET /a.c", "GET /abc", False),
        ("GET /*/lines*", "GET /orders/{id}/lines", True),
    ],
)
def test_a_star_stands_for_any_text_and_all_else_for_itself(glob: str, route: str, matches: bool) -> None:
    assert glob_matches(glob, route) is matches


@given(st.text(st.sampled_from("ab*")), st.text(st.sampled_from("ab")))
def test_globs_match_as_the_regular_expression_with_the_same_meaning(glob: str, route: str) -> None:
    assert glob_matches(glob, route) is (re.fullmatch(glob.replace("*", ".*"), route) is not None)


def test_many_stars_are_matched_without_backtracking() -> None:
    """A backtracking matcher would not come back in the lifetime of the universe."""
    assert not glob_matches("*a" * 5_000 + "b", "a" * 20_000)


def test_without_blocks_the_sections_hold(load: Load) -> None:
    found = route_settings(load("[mirror]\nsample=0.5\nrate=7\n[verdict]\nenough=9"), "GET /a")
    assert (found.writes, found.mirror, found.candidate, found.expect_status) == ("never", True, "", ())
    assert (found.sample, found.rate, found.verdict.enough) == (0.5, 7, 9)


def test_a_block_overrides_only_what_it_says_and_only_for_its_routes(load: Load) -> None:
    settings = load(
        "[verdict]\nconfidence=0.9\n[[route]]\nmatch='PATCH /user*'\nwrites='isolated'\nsample=0.1\nrate=0\n"
        "expect_status=[401,403]\nenough=20\nmax_age='1d'\nlatency='gate'"
    )
    found = route_settings(settings, "PATCH /user/profile")
    assert (found.writes, found.sample, found.rate, found.expect_status) == ("isolated", 0.1, 0, (401, 403))
    assert (found.verdict.enough, found.verdict.max_age, found.verdict.latency) == (20, 86400, "gate")
    assert found.verdict.confidence == 0.9
    assert route_settings(settings, "GET /user").verdict == settings.verdict


def test_later_blocks_override_earlier_ones_key_by_key(load: Load) -> None:
    settings = load(
        "[[route]]\nmatch='*'\nmirror=false\nsample=0.2\nexpect_status=[401]\nwrites='idempotent'\n"
        "[[route]]\nmatch='GET*'\nmirror=true\nexpect_status=[]\n"
    )
    found = route_settings(settings, "GET /a")
    assert (found.mirror, found.expect_status, found.sample, found.writes) == (True, (), 0.2, "idempotent")
    assert route_settings(settings, "PUT /a").mirror is False


def test_what_holds_for_a_route_survives_the_way_to_a_worker(load: Load) -> None:
    """A key that a later block leaves out must not come back as its default and undo an earlier block."""
    settings = load("[[route]]\nmatch='GET*'\nmirror=false\nsample=0.2\n[[route]]\nmatch='*'\nrate=3\n")
    again = Settings.model_validate_json(settings.model_dump_json(by_alias=True))
    assert route_settings(again, "GET /a") == route_settings(settings, "GET /a")
    assert route_settings(again, "GET /a").mirror is False
