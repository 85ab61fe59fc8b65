"""Whether a rule finds anything that it can hold for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.compare.documents.values import ABSENT
from shadow.compare.reach import Reach, documents_of, reach
from shadow.compare.rules import Rules, body_rule
from shadow.config.settings import CompareRule
from shadow.exchange import Response

JSON = [("Content-Type", "application/json")]


def rules_of(*blocks: dict[str, Any]) -> Rules:
    return Rules(body=tuple(body_rule(CompareRule.model_validate(block)) for block in blocks))


def found(block: dict[str, Any], legacy: Any, candidate: Any = ABSENT) -> str:
    """`fits`, `absent`, `unknown`, or `unfit` with the type of what was there instead."""
    (only,) = reach(rules_of(block), legacy, candidate)
    return f"{only.found} {only.had}".strip()


@pytest.mark.parametrize(
    ("block", "document", "expected"),
    [
        ({"path": "$.price", "tolerance": 1}, {"price": 1}, "fits"),
        ({"path": "$.price", "tolerance": 1}, {"price": "1"}, "unfit string"),
        ({"path": "$.price", "tolerance": 1}, {"price": None}, "unfit null"),
        ({"path": "$.prise", "tolerance": 1}, {"price": 1}, "absent"),
        ({"path": "$.price", "tolerance": 1}, [{"price": 1}], "absent"),
        ({"path": "$..price", "tolerance": 1}, {"a": [{"b": {"price": 1}}]}, "fits"),
        ({"path": "$..price", "tolerance": 1}, {"a": [{"price": "1"}, {"price": 1}]}, "fits"),
        ({"path": "$[1]", "tolerance": 1}, ["a", 1], "fits"),
        ({"path": "$[2]", "tolerance": 1}, ["a", 1], "absent"),
        ({"path": "$", "unordered": True}, [], "fits"),
        ({"path": "$", "unordered": True}, {}, "unfit object"),
        ({"path": "$.items", "key": "id"}, {"items": [{"id": 1}]}, "fits"),
        ({"path": "$.items", "key": "id"}, {"items": [{"_id": 1}]}, "unfit list"),
        ({"path": "$.items", "key": "id"}, {"items": []}, "unknown"),
        ({"path": "$.items[*]", "key": "id"}, {"items": [{"id": 1}]}, "unfit object"),
        ({"path": "$.at", "as": "datetime"}, {"at": "2024-01-01T00:00:00Z"}, "fits"),
        ({"path": "$.at", "as": "datetime"}, {"at": "today"}, "unfit string"),
        ({"path": "$.n", "as": "number"}, {"n": "1e3"}, "fits"),
        ({"path": "$.n", "as": "number"}, {"n": True}, "unfit boolean"),
        ({"path": "$.on", "as": "boolean"}, {"on": "yes"}, "fits"),
        ({"path": "$.on", "as": "boolean"}, {"on": "maybe"}, "unfit string"),
        ({"path": "$.n", "as": "double"}, {"n": 1}, "fits"),
        ({"path": "$.n", "as": "lexical"}, {"n": "1"}, "unfit string"),
        ({"path": "$.s", "case": False}, {"s": "A"}, "fits"),
        ({"path": "$.s", "trim": True}, {"s": 1}, "unfit number"),
        ({"path": "$.s", "unicode": "NFC"}, {"s": ["A"]}, "unfit list"),
        ({"path": "$.o", "ordered": True}, {"o": {}}, "fits"),
        ({"path": "$.o", "ordered": True}, {"o": []}, "unfit list"),
        # About a member that may not be there: the object is enough.
        ({"path": "$.a.b", "null_is_missing": True}, {"a": {"b": 1}}, "fits"),
        ({"path": "$.a.b", "null_is_missing": True}, {"a": {}}, "fits"),
        ({"path": "$.a.b", "null_is_missing": True}, {"a": None}, "absent"),
        ({"path": "$.a.b", "null_is_missing": True}, {"a": []}, "absent"),
        ({"path": "$.a.b", "null_is_missing": True}, {}, "absent"),
        ({"path": "$.*", "null_is_missing": True}, {}, "fits"),
        ({"path": "$.*", "null_is_missing": True}, [1], "unfit item"),
        ({"path": "$..b", "null_is_missing": True}, [{}], "fits"),
        ({"path": "$['b','c']", "null_is_missing": True}, {}, "fits"),
        ({"path": "$.a[0]", "null_is_missing": True}, {"a": [None]}, "unfit item"),
        ({"path": "$", "null_is_missing": True}, {}, "unfit item"),
        # Evaluated on each document.
        ({"path": "$[?@.k == 1].v", "tolerance": 1}, [{"k": 1, "v": 1}], "fits"),
        ({"path": "$[?@.k == 1].v", "tolerance": 1}, [{"k": 1, "v": "1"}], "unfit string"),
        ({"path": "$[?@.k == 1].v", "tolerance": 1}, [{"k": 2, "v": 1}], "absent"),
        ({"path": "$[?@.k == 1].v", "null_is_missing": True}, [{"k": 1, "v": None}], "fits"),
        ({"path": "$[-1]", "trim": True}, [1, "a"], "fits"),
        # A block that asks for nothing.
        ({"path": "$.s", "trim": False}, {"s": "A"}, "unknown"),
    ],
)
def test_a_rule_has_found_what_it_fits_or_something_else_or_nothing(
    block: dict[str, Any], document: Any, expected: str
) -> None:
    assert found(block, document) == expected
    assert found(block, ABSENT, document) == expected


def test_one_side_is_enough() -> None:
    block = {"path": "$.price", "tolerance": 1}
    assert found(block, {"price": 1}, {"price": "1"}) == "fits"
    assert found(block, {"price": "1"}, {"price": 1}) == "fits"
    assert found(block, {}, {"price": "1"}) == "unfit string"
    assert found(block, {"price": None}, {"price": "1"}) == "unfit null"
    assert found(block, ABSENT, ABSENT) == "absent"


def test_each_rule_is_answered_for_in_its_order() -> None:
    rules = rules_of(
        {"path": "$.price", "tolerance": 1}, {"path": "$.prise", "tolerance": 1}, {"path": "$.name", "tolerance": 1}
    )
    keys = [rule.key for rule in rules.body]
    assert reach(rules, {"price": 1, "name": "x"}, ABSENT) == (
        Reach(keys[0], "fits"),
        Reach(keys[1], "absent"),
        Reach(keys[2], "unfit", "string"),
    )
    assert reach(Rules(), {}, {}) == ()


def test_a_tolerance_holds_for_what_another_rule_of_the_same_place_makes_a_number() -> None:
    tolerance = {"path": "$..at", "tolerance": 1}
    document = {"at": "2024-01-01T00:00:00Z"}
    assert found(tolerance, document) == "unfit string"
    both = reach(rules_of(tolerance, {"path": "$.at", "as": "datetime"}), document, ABSENT)
    assert [one.found for one in both] == ["fits", "fits"]


def test_what_lies_beyond_the_limit_is_unknown() -> None:
    many = {"items": [{"name": "x", "price": "1"}] * 10_000}
    assert found({"path": "$.items[*].price", "tolerance": 1}, many) == "unknown"
    assert found({"path": "$..prise", "tolerance": 1}, many) == "unknown"
    assert found({"path": "$.items[*].name", "trim": True}, many) == "fits"
    assert found({"path": "$.itens", "unordered": True}, many) == "absent"
    assert found({"path": "$.items[?@.name].price", "tolerance": 1}, many) == "unknown"
    plain, evaluated = reach(
        rules_of({"path": "$.items", "unordered": True}, {"path": "$.items[-1]", "trim": True}), many, ABSENT
    )
    assert (plain.found, evaluated.found) == ("fits", "unknown")


def test_nesting_has_no_limit() -> None:
    deep: Any = 1
    for _ in range(5_000):
        deep = [deep]
    assert found({"path": "$..*", "tolerance": 1}, deep) == "fits"
    assert found({"path": "$..a", "tolerance": 1}, deep) == "absent"
    assert found({"path": "$..[?@.a]", "tolerance": 1}, deep) in {"absent", "unknown"}


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        (JSON, b'{"a": 1}', {"a": 1}),
        (JSON, b"null", None),
        (JSON, b"{", ABSENT),
        (JSON, b"", ABSENT),
        (JSON, b"\xff", ABSENT),
        ([*JSON, ("Content-Encoding", "gzip")], b"{}", ABSENT),
        ([("Content-Type", "text/plain")], b"hello", ABSENT),
        ([], b'{"a": 1}', {"a": 1}),
    ],
)
def test_a_body_is_a_document_or_none(headers: list[tuple[str, str]], body: bytes, expected: Any) -> None:
    response = Response(200, headers, body)
    assert documents_of(response, response) == (expected, expected)


_BLOCKS = [
    {"path": path} | way
    for path in ("$", "$.a", "$..a", "$[*]", "$.a[0]", "$..[?@.a]", "$[::2]", "$.a['b','c']")
    for way in (
        {"unordered": True}, {"key": "a"}, {"tolerance": 1}, {"as": "datetime"}, {"as": "number"}, {"as": "boolean"},
        {"as": "double"}, {"as": "lexical"}, {"null_is_missing": True}, {"case": False}, {"trim": True},
        {"unicode": "NFKC"}, {"ordered": True},
    )
]  # fmt: skip
_DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.sampled_from(["1e9", "no"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
).map(json.dumps)


@given(st.lists(st.sampled_from(_BLOCKS), max_size=5), _DOCUMENTS, _DOCUMENTS)
def test_it_never_raises_and_what_fits_in_one_document_fits_in_both(
    blocks: list[dict[str, Any]], legacy: str, candidate: str
) -> None:
    one, other = documents_of(*(Response(200, JSON, text.encode()) for text in (legacy, candidate)))
    rules = rules_of(*blocks)
    together = [each.found == "fits" for each in reach(rules, one, other)]
    alone = zip(reach(rules, one, ABSENT), reach(rules, ABSENT, other), strict=True)
    assert together == [left.found == "fits" or right.found == "fits" for left, right in alone]
