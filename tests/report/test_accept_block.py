"""The block to copy is TOML that the configuration understands, whatever traffic put into it."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from pydantic import ValidationError

from shadow.config.environment import expand
from shadow.config.settings import Accept
from shadow.report.accept_block import accept_block, acceptable
from shadow.report.visible import HIDDEN

NOW = dt.datetime(2026, 11, 23, 10, 0, tzinfo=dt.UTC).timestamp()


def test_the_block_accepts_one_fingerprint_of_one_route_for_ninety_days(judged: Callable[..., Any]) -> None:
    found = judged("body", "$.items[*].price", "type-changed", "number-as-string", 12.5, "12.50")
    block = accept_block(found, "GET /orders/{orderId}", NOW)
    (accept,) = tomllib.loads(block)["accept"]
    assert accept["routes"] == ["GET /orders/{orderId}"]
    assert accept["fingerprint"] == found.evidence.fingerprint
    assert accept["until"] == dt.date(2027, 2, 21)
    assert '# body $.items[*].price: 12.5 became "12.50"' in block


def test_the_configuration_takes_the_block_only_with_a_reason(judged: Callable[..., Any]) -> None:
    (accept,) = tomllib.loads(accept_block(judged(), "GET /x", NOW))["accept"]
    with pytest.raises(ValidationError, match="reason"):
        Accept.model_validate(accept)
    assert Accept.model_validate({**accept, "reason": "clients ignore it"}).until == dt.date(2027, 2, 21)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(route=st.text(st.characters(exclude_categories=["Cs"])), summary=st.text(st.characters()))
@example(route="GET /${HOME}", summary="")
def test_any_text_makes_valid_toml_that_says_the_same(route: str, summary: str, judged: Callable[..., Any]) -> None:
    block = accept_block(judged(summary=summary, path=summary, examples=0), route, NOW)
    read, _ = expand(tomllib.loads(block), {})
    assert [found["routes"] for found in read["accept"]] == [[route]]
    assert all(not HIDDEN.search(line) for line in block.split("\n"))


def test_hostile_values_make_valid_toml(judged: Callable[..., Any], hostile_text: str) -> None:
    (accept,) = tomllib.loads(accept_block(judged(summary=hostile_text), hostile_text, NOW))["accept"]
    assert accept["routes"] == [hostile_text.replace("\ud800", "*")]


@pytest.mark.parametrize("status", ["accepted", "noise", "notice"])
def test_only_open_differences_can_be_accepted(status: str, judged: Callable[..., Any]) -> None:
    assert acceptable(judged(), "GET /x")
    assert not acceptable(replace(judged(), status=status), "GET /x")
    assert not acceptable(judged(fingerprint="overflow"), "GET /x")
    assert not acceptable(judged(), "GET /" + "x" * 500)
