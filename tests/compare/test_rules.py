"""The rules of shadow.toml: what each makes the same, and what it must not."""

from __future__ import annotations

import dataclasses
import gc
import json
import re
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
        ({"path": "$.on", "as": "boolean"}, {"on": True}, {"on": "yes"}),
        ({"path": "$.on", "as": "boolean"}, {"on": 0}, {"on": "False"}),
        ({"path": "$.on[*]", "as": "boolean"}, {"on": [True, 1, "0"]}, {"on": ["1", True, False]}),
        ({"path": "$.n", "as": "double"}, {"n": 9007199254740993}, {"n": 9007199254740992}),
        ({"path": "$.n", "as": "double"}, {"n": float("inf")}, {"n": None}),
        ({"path": "$.name", "unicode": "NFC"}, {"name": "\u00e9"}, {"name": "e\u0301"}),
        ({"path": "$.name", "unicode": "NFKC"}, {"name": "\ufb01"}, {"name": "fi"}),
        ({"path": "$.name", "unicode": "NFC"}, {"name": "\ud83d"}, {"name": "\ufffd"}),
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
        ({"path": "$.on", "as": "boolean"}, {"on": True}, {"on": 2}, ["$.on"]),
        ({"path": "$.on", "as": "boolean"}, {"on": False}, {"on": None}, ["$.on"]),
        ({"path": "$.on", "as": "boolean"}, {"on": False}, {}, ["$.on"]),
        ({"path": "$.n", "as": "double"}, {"n": 9007199254740993}, {"n": 9007199254740994}, ["$.n"]),
        ({"path": "$.n", "as": "double"}, {"n": 1}, {"n": "1"}, ["$.n"]),
        ({"path": "$.n", "as": "double"}, {"n": float("nan")}, {}, ["$.n"]),
        ({"path": "$.n", "as": "lexical"}, {"n": 1}, {"n": "1"}, ["$.n"]),
        ({"path": "$.name", "unicode": "NFC"}, {"name": "\ufb01"}, {"name": "fi"}, ["$.name"]),
        ({"path": "$.name", "unicode": "NFC"}, {"name": "\u00e9"}, {"name": "e"}, ["$.name"]),
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


@pytest.mark.parametrize(("legacy", "candidate"), [(1, 1.0), (0.0, -0.0), (100, 1e2), (1.5, 1.5e0)])
def test_as_lexical_makes_a_difference_of_another_spelling(legacy: float, candidate: float) -> None:
    rule = {"path": "$.n", "as": "lexical"}
    assert paths({"n": legacy}, {"n": candidate}) == []
    assert paths({"n": legacy}, {"n": legacy}, rule) == []
    assert paths({"n": legacy}, {"n": candidate}, rule) == (["$.n"] if repr(legacy) != repr(candidate) else [])


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


def test_the_limits_come_from_the_settings_and_are_no_part_of_the_digest() -> None:
    """Evidence of before stands: what was compared in full is the same, and what was not is a difference."""
    rules = rules_for(settings_with(budget=2.5, max_depth=900, max_differences=7), ROUTE)
    assert (rules.budget, rules.max_depth, rules.max_differences) == (2.5, 900, 7)
    assert rules.digest == Rules().digest
    assert rules_for(settings_with(), ROUTE) == Rules(legacy_url="https://h/kong", candidate_url="https://h")


@pytest.mark.parametrize(
    "rule",
    [
        {"as": "boolean"}, {"as": "double"}, {"as": "lexical"}, {"unicode": "NFC"}, {"unicode": "NFKC"},
        {"ordered": True}, {"tolerance": 1}, {"tolerance": 2}, {"key": "id"}, {"key": "no"}, {"trim": True},
    ],
)  # fmt: skip
def test_each_way_to_compare_has_a_digest_of_its_own(rule: dict[str, Any]) -> None:
    one, other = (rules_for(settings_with({"path": path} | rule), ROUTE) for path in ("$.a", "$['a']"))
    assert one.digest == other.digest
    assert one.body[0].key == other.body[0].key
    assert re.fullmatch("[0-9a-f]{12}", one.body[0].key)
    rest = [{"unordered": True}, {"as": "number"}, {"tolerance": 3}, {"null_is_missing": True}, {"case": False}]
    others = [rules_for(settings_with({"path": "$.a"} | way), ROUTE) for way in rest]
    others.append(rules_for(settings_with({"path": "$.b"} | rule), ROUTE))
    assert one.digest not in {rules.digest for rules in others}
    assert one.body[0].key not in {rules.body[0].key for rules in others}


def test_the_digest_is_the_same_for_every_spelling_and_order_of_the_rules() -> None:
    other = {"path": "$.n", "tolerance": 1}
    one = rules_for(settings_with(UNORDERED, other), ROUTE)
    assert one.digest == rules_for(settings_with(other, {"path": "$['items']", "unordered": True}), ROUTE).digest


def test_the_digest_never_changes_between_versions() -> None:
    assert Rules().digest == "69fe982a515bd66caea13cb76dc35fad"
    ruled = rules_for(settings_with(UNORDERED, {"path": "$.n", "tolerance": 0.01}), ROUTE)
    assert ruled.digest == "d18c7d77b31f490477bcdb47e19729ec"
    assert [rule.key for rule in ruled.body] == ["980e87c30174", "308144c2cda3"]


def test_rules_by_number_are_matched_where_their_treatments_are() -> None:
    evaluated = {"path": "$.a[?@.k == 'x'].v", "tolerance": 1}
    rules = rules_for(settings_with({"path": "$..v", "as": "number"}, evaluated), ROUTE)
    document = {"a": [{"k": "x", "v": 1}, {"k": "y", "v": 2}]}
    for start, expected in (
        (rules.numbered(document), [(0, 1), (0,)]),
        (rules.numbered(document, evaluate=False), [(0,), (0,)]),
    ):
        places = [start.step("a").step(index).step("v") for index in (0, 1)]
        assert [place.payloads for place in places] == expected
    place = rules.root(document).step("a").step(0).step("v")
    assert place.payloads == tuple(rule.treatment for rule in rules.body)


def test_rules_are_kept_as_long_as_their_settings() -> None:
    settings = settings_with(UNORDERED)
    rules = rules_for(settings, ROUTE)
    assert rules_for(settings, ROUTE) is rules
    alive = weakref.ref(settings)
    del settings
    gc.collect()
    assert alive() is None
