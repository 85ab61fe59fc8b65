"""The rules of shadow.toml: what each makes the same, and what it must not."""

from __future__ import annotations

import dataclasses
import gc
import json
import weakref
from typing import Any

import pytest

from shadow.compare import compare
from shadow.compare.rules import Rules, rules_for
from shadow.config import Settings
from shadow.exchange import Response

JSON = [("Content-Type", "application/json")]
ROUTE = "GET /orders/{orderId}"


def settings_with(*rules: dict[str, Any], **compare_keys: Any) -> Settings:
    return Settings.model_validate(
        {
            "legacy": {"url": "https://h/kong"},
            "candidate": {"url": "https://h"},
            "compare": {"rule": list(rules), **compare_keys},
        }
    )


def paths(legacy: Any, candidate: Any, *rules: dict[str, Any]) -> list[str]:
    found = compare(
        Response(200, JSON, json.dumps(legacy).encode()),
        Response(200, JSON, json.dumps(candidate, indent=1).encode()),
        dataclasses.replace(rules_for(settings_with(*rules), ROUTE), budget=60.0),
    )
    return [d.path for d in found if d.severity == "difference"]


UNORDERED = {"path": "$.items", "unordered": True}
KEYED = {"path": "$.items", "key": "id"}


@pytest.mark.parametrize(
    ("rule", "legacy", "candidate"),
    [
        (UNORDERED, {"items": [3, 1, 2]}, {"items": [1, 2, 3]}),
        (UNORDERED, {"items": [{"a": 1}, {"a": 2}]}, {"items": [{"a": 2}, {"a": 1}]}),
        (KEYED, {"items": [{"id": 1, "v": 1}, {"id": 2, "v": 2}]}, {"items": [{"id": 2, "v": 2}, {"id": 1, "v": 1}]}),
        ({"path": "$.price", "tolerance": 0.01}, {"price": 12.5}, {"price": 12.51}),
        ({"path": "$..price", "tolerance": 1}, {"a": [{"price": 1}]}, {"a": [{"price": 2}]}),
        ({"path": "$.n", "as": "number"}, {"n": 12.5}, {"n": "12.50"}),
        ({"path": "$.at", "as": "datetime"}, {"at": "2024-01-01T00:00:00Z"}, {"at": "2024-01-01T01:00:00.000+01:00"}),
        ({"path": "$.at", "as": "datetime"}, {"at": 1704067200000}, {"at": "2024-01-01T00:00:00Z"}),
        ({"path": "$.at", "as": "datetime"}, {"at": 1704067200}, {"at": 1704067200000}),
        ({"path": "$.*", "null_is_missing": True}, {"a": None, "b": 1}, {"b": 1, "c": None}),
        ({"path": "$.state", "case": False}, {"state": "ACTIVE"}, {"state": "active"}),
        ({"path": "$.name", "trim": True}, {"name": " x "}, {"name": "x"}),
        ({"path": "$.a[*].v", "tolerance": 1}, {"a": [{"v": 1}, {"v": 5}]}, {"a": [{"v": 2}, {"v": 4}]}),
        ({"path": "$['a','b']", "trim": True}, {"a": "x ", "b": " y"}, {"a": "x", "b": "y"}),
        ({"path": "$.a[1]", "trim": True}, {"a": ["x", "y "]}, {"a": ["x", "y"]}),
        # Evaluated on each document: a filter, a slice, an index from the end.
        ({"path": "$.a[?@.k == 'x'].v", "tolerance": 1}, {"a": [{"k": "x", "v": 1}]}, {"a": [{"k": "x", "v": 2}]}),
        ({"path": "$.a[0:2]", "case": False}, {"a": ["A", "B"]}, {"a": ["a", "b"]}),
        ({"path": "$.a[-1]", "case": False}, {"a": ["x", "B"]}, {"a": ["x", "b"]}),
    ],
)
def test_a_rule_makes_the_same_what_it_says(rule: dict[str, Any], legacy: Any, candidate: Any) -> None:
    assert paths(legacy, candidate) != []
    assert paths(legacy, candidate, rule) == []
    assert paths(candidate, legacy, rule) == []


@pytest.mark.parametrize(
    ("rule", "legacy", "candidate", "where"),
    [
        (UNORDERED, {"items": [1, 1, 2]}, {"items": [1, 2, 2]}, ["$.items[1]", "$.items[2]"]),
        (UNORDERED, {"items": [1]}, {"items": [True]}, ["$.items[0]", "$.items[0]"]),
        (UNORDERED, {"items": [None]}, {"items": ["NONE"]}, ["$.items[0]"]),
        (UNORDERED, {"items": [[]]}, {"items": ["list:"]}, ["$.items[0]", "$.items[0]"]),
        (UNORDERED, {"items": [{"a": 1, "b": 2}, 5]}, {"items": [5, {"a": 1, "b": 3}]}, ["$.items[0].b"]),
        (UNORDERED, {"items": [[1, 2]]}, {"items": [[2, 1]]}, ["$.items[0]"]),
        (UNORDERED, {"items": [1], "others": [1, 2]}, {"items": [1], "others": [2, 1]}, ["$.others"]),
        (KEYED, {"items": [{"id": 1}]}, {"items": [{"id": 1}, {"id": 1}]}, ["$.items[1]"]),
        (KEYED, {"items": [{"id": 1, "v": 1}]}, {"items": [{"id": 1, "v": 2}]}, ["$.items[0].v"]),
        (KEYED, {"items": [{"id": 1}]}, {"items": [{"id": "1"}]}, ["$.items[0].id"]),
        (KEYED, {"items": [{"id": 1}]}, {"items": [{"id": 2}]}, ["$.items[0]", "$.items[0]"]),
        ({"path": "$.price", "tolerance": 0.01}, {"price": 12.5}, {"price": 12.511}, ["$.price"]),
        ({"path": "$.price", "tolerance": 1}, {"price": 1}, {"price": "1"}, ["$.price"]),
        ({"path": "$.price", "tolerance": 1}, {"price": 1}, {"price": True}, ["$.price"]),
        ({"path": "$.n", "as": "number"}, {"n": 1}, {"n": "1_0"}, ["$.n"]),
        ({"path": "$.n", "as": "number"}, {"n": 1}, {"n": True}, ["$.n"]),
        ({"path": "$.at", "as": "datetime"}, {"at": "2024-01-01T00:00:00Z"}, {"at": "2024-01-01T00:00:00"}, ["$.at"]),
        ({"path": "$.at", "as": "datetime"}, {"at": "soon"}, {"at": "later"}, ["$.at"]),
        ({"path": "$.a", "null_is_missing": True}, {"a": None}, {"a": ""}, ["$.a"]),
        ({"path": "$.a", "null_is_missing": True}, {"a": {"b": None}}, {"a": {}}, ["$.a.b"]),
        (
            {"path": "$.a[?@.k == 'x'].v", "tolerance": 1},
            {"a": [{"k": "y", "v": 1}]},
            {"a": [{"k": "y", "v": 2}]},
            ["$.a[0].v"],
        ),
    ],
)
def test_a_rule_hides_nothing_else(rule: dict[str, Any], legacy: Any, candidate: Any, where: list[str]) -> None:
    assert paths(legacy, candidate, rule) == where


def test_rules_hold_inside_unordered_lists() -> None:
    inner = {"path": "$.items[*].v", "tolerance": 0.5}
    legacy, candidate = {"items": [{"v": 1}, {"v": 9}]}, {"items": [{"v": 9.2}, {"v": 1.1}]}
    assert paths(legacy, candidate, UNORDERED, inner) == []
    assert paths(legacy, candidate, UNORDERED) != []


def test_links_to_the_sides_themselves_pair_in_unordered_lists() -> None:
    legacy = {"items": [{"u": "https://h/kong/1"}, {"u": "https://h/kong/2"}]}
    assert paths(legacy, {"items": [{"u": "https://h/2"}, {"u": "https://h/1"}]}, UNORDERED) == []


def test_a_large_unordered_list_is_compared_item_by_item() -> None:
    items = [{"id": i, "v": i} for i in range(1000)]
    changed = [{**item, "v": -1} if item["id"] % 500 == 0 else item for item in reversed(items)]
    assert len(paths({"items": items}, {"items": changed}, UNORDERED)) == 2


def test_a_rule_for_another_route_does_not_apply() -> None:
    rule = {**UNORDERED, "routes": ["POST *"]}
    assert paths({"items": [2, 1]}, {"items": [1, 2]}, rule) == ["$.items"]


def test_the_digest_changes_only_with_what_changes_results() -> None:
    plain = rules_for(settings_with(), ROUTE).digest
    assert plain == Rules().digest
    assert plain == rules_for(settings_with(ignore_headers=["etag"]), ROUTE).digest
    assert plain == rules_for(settings_with({**UNORDERED, "routes": ["POST *"]}), ROUTE).digest
    assert plain != rules_for(settings_with(headers="strict"), ROUTE).digest
    assert plain != rules_for(settings_with(UNORDERED), ROUTE).digest


def test_the_digest_is_the_same_for_every_spelling_and_order_of_the_rules() -> None:
    other = {"path": "$.n", "tolerance": 1}
    one = rules_for(settings_with(UNORDERED, other), ROUTE)
    assert one.digest == rules_for(settings_with(other, {"path": "$['items']", "unordered": True}), ROUTE).digest


def test_the_digest_never_changes_between_versions() -> None:
    assert Rules().digest == "69fe982a515bd66caea13cb76dc35fad"


def test_rules_are_kept_as_long_as_their_settings() -> None:
    settings = settings_with(UNORDERED)
    rules = rules_for(settings, ROUTE)
    assert rules_for(settings, ROUTE) is rules
    alive = weakref.ref(settings)
    del settings
    gc.collect()
    assert alive() is None
