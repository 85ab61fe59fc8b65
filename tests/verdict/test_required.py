"""Which routes the gate demands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shadow.verdict.required import is_required

Build = Callable[..., Any]


def test_globs_of_the_settings_decide_alone(settings: Build) -> None:
    chosen = settings(routes={"required": ["GET /orders*", "POST /pay"]})
    assert is_required(chosen, [], "GET /orders/{id}", None)
    assert is_required(chosen, [], "POST /pay", None)
    assert not is_required(chosen, ["GET /users"], "GET /users", None)


def test_an_empty_list_requires_nothing(settings: Build) -> None:
    assert not is_required(settings(routes={"required": []}), ["GET /a"], "GET /a", None)


def test_with_an_inventory_its_routes_are_required_and_others_are_not(settings: Build, evidence: Build) -> None:
    stated = settings(routes={"from": ["serverless.yml"]})
    assert is_required(stated, ["GET /a", "HEAD /a"], "GET /a", None)
    assert is_required(stated, ["GET /a", "HEAD /a"], "HEAD /a", None)
    assert not is_required(stated, ["GET /a"], "GET /b", evidence({(): 5}))


@pytest.mark.parametrize(
    ("route", "ok", "required"),
    [("GET /a", 1, True), ("GET /a", 0, False), ("HEAD /a", 9, False), ("OPTIONS /a", 9, False), ("PUT /a", 1, True)],
)
def test_without_an_inventory_routes_that_legacy_served_are_required(
    settings: Build, evidence: Build, route: str, ok: int, required: bool
) -> None:
    assert is_required(settings(), [], route, evidence({(): 9}, route=route, ok=ok)) is required


def test_a_route_block_of_the_settings_makes_no_inventory(settings: Build, evidence: Build) -> None:
    noted = settings(route=[{"match": "PATCH /user"}])
    assert is_required(noted, ["PATCH /user"], "GET /a", evidence({(): 5}))
    assert not is_required(noted, ["PATCH /user"], "PATCH /user", None)
