"""A comparison rule is offered where it helps: the configuration takes it, and it removes the very difference."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from shadow.compare import compare
from shadow.compare.rules import rules_for
from shadow.config import Settings
from shadow.evidence.observation import Example
from shadow.exchange import Response
from shadow.report.rule_block import WAYS, RuleBlock, rule_block
from shadow.verdict.acceptance import Acceptances
from shadow.verdict.model import JudgedDifference

PAGE = (Path(__file__).parents[2] / "docs" / "comparison.md").read_text("utf-8")
JSON = [("content-type", "application/json")]
ROUTE = "GET /orders/{orderId}"

Judge = Callable[..., JudgedDifference]


def documented() -> list[tuple[str, str, str]]:
    """Class and two JSON texts of every example in the page's tables of classes."""
    section = PAGE.partition("## Classes\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([^`]+)` \| (.*)$", section, re.MULTILINE)
    return [(name, *pair) for name, row in rows for pair in re.findall(r"`([^`]+)` → `([^`]+)`", row)]


@pytest.fixture
def found(judged: Judge, example: Callable[..., Example]) -> Callable[[Response, Response], list[JudgedDifference]]:
    """The groups of differences of a pair, with the pair as their example."""

    def groups(legacy: Response, candidate: Response) -> list[JudgedDifference]:
        result = []
        differences = tuple(compare(legacy, candidate))
        for difference in differences:
            plain = judged(
                difference.where, difference.pattern, difference.kind, difference.class_,
                status="open" if difference.severity == "difference" else "notice", fingerprint=difference.fingerprint,
            )  # fmt: skip
            kept = replace(example(difference), differences=differences)
            result.append(replace(plain, evidence=replace(plain.evidence, examples=(kept,))))
        return result

    return groups


Found = Callable[[Response, Response], list[JudgedDifference]]


def configured(block: RuleBlock) -> Settings:
    data = tomllib.loads(block.text)
    return Settings.model_validate({"legacy": {"url": "https://h/kong"}, "candidate": {"url": "https://h"}, **data})


def wrapped(text: str) -> Response:
    return Response(200, JSON, b'{"list": [{"the value": %b}]}' % text.encode())


OFFERED = {
    "null-vs-absent", "number-as-string", "bool-as-string", "bool-as-number", "number-special", "number-precision",
    "rounding", "last-digit", "epoch-unit", "date-format", "time-zone", "date-precision", "timestamp",
    "timestamp-format", "numeric-text", "case", "unicode-normalisation", "unicode-compatibility", "list-order",
}  # fmt: skip


@pytest.mark.parametrize(("class_", "legacy", "candidate"), documented())
def test_what_is_offered_for_a_documented_example_removes_it(
    found: Found, class_: str, legacy: str, candidate: str
) -> None:
    one, other = wrapped(legacy), wrapped(candidate)
    groups = found(one, other)
    blocks = [(group, block) for group in groups if (block := rule_block(group, ROUTE))]
    assert blocks or class_ not in OFFERED or (class_, legacy) == ("date-format", '"2024-01-31"')
    for group, block in blocks:
        left = compare(one, other, rules_for(configured(block), ROUTE))
        assert group.evidence.fingerprint not in {difference.fingerprint for difference in left}
        assert all(difference.severity == "notice" for difference in left)
        assert "starts this route's evidence afresh" in block.caution


def test_every_class_with_a_way_is_one_that_is_offered() -> None:
    assert OFFERED | {"whitespace"} == WAYS.keys()


def test_the_block_names_the_route_and_the_place(found: Found) -> None:
    (group,) = found(wrapped("12.5"), wrapped('"12.50"'))
    assert rule_block(group, ROUTE) == RuleBlock(
        '[[compare.rule]]\nroutes = ["GET /orders/{orderId}"]\npath = "$.list[*][\'the value\']"\nas = "number"\n',
        "A number and a text that spells it are the same.",
        "Another comparison rule starts this route's evidence afresh; accepting a difference does not.",
    )


def ways(block: RuleBlock | None) -> list[dict[str, Any]]:
    assert block
    rules = tomllib.loads(block.text)["compare"]["rule"]
    return [{key: value for key, value in rule.items() if key not in ("routes", "path")} for rule in rules]


@pytest.mark.parametrize(
    ("legacy", "candidate", "expected"),
    [
        ("2.67", "2.68", [{"tolerance": 0.01}]),
        ("0.30000000000000004", "0.3", [{"tolerance": 4e-13}]),
        ('"a "', '"a"', [{"trim": True}]),
        ('"A"', '"a"', [{"case": False}]),
        ("[1, 2, 3]", "[3, 1, 2]", [{"unordered": True}]),
        ('[{"id": 1}, {"id": 2}]', '[{"id": 2}, {"id": 1}]', [{"key": "id"}]),
        ('[{"userId": 1}, {"userId": 2}]', '[{"userId": 2}, {"userId": 1}]', [{"key": "userId"}]),
        ('[{"score": 1}, {"score": 2}]', '[{"score": 2}, {"score": 1}]', [{"unordered": True}]),
        ('"2024-01-01T00:00:00Z"', '"2024-01-01T00:00:07Z"', [{"as": "datetime"}, {"tolerance": 10}]),
        ('"2024-01-01T00:00:00.123456Z"', '"2024-01-01T00:00:00.123Z"', [{"as": "datetime"}, {"tolerance": 0.001}]),
    ],
)
def test_the_value_is_a_sensible_one(found: Found, legacy: str, candidate: str, expected: list[dict[str, Any]]) -> None:
    (group,) = [group for group in found(wrapped(legacy), wrapped(candidate)) if group.status == "open"]
    assert ways(rule_block(group, ROUTE)) == expected


def test_a_tolerance_covers_all_kept_examples(found: Found) -> None:
    groups = [found(wrapped("2.67"), wrapped(text))[0] for text in ("2.68", "2.66")]
    groups += [found(wrapped("12.30"), wrapped("12.31"))[0], found(wrapped("2.5"), wrapped("3"))[0]]
    kept = tuple(example for group in groups[:3] for example in group.evidence.examples)
    together = replace(groups[0], evidence=replace(groups[0].evidence, examples=kept))
    assert ways(rule_block(together, ROUTE)) == [{"tolerance": 0.01}]


def test_times_far_apart_are_no_matter_of_tolerance(found: Found) -> None:
    (group,) = found(wrapped('"2024-01-01T00:00:00Z"'), wrapped('"2024-01-03T00:07:01Z"'))
    assert group.evidence.class_ == "timestamp"
    assert rule_block(group, ROUTE) is None


def test_where_one_example_is_not_covered_nothing_is_offered(found: Found) -> None:
    (group,) = found(wrapped('"a "'), wrapped('"a"'))
    (within,) = found(wrapped('"a b"'), wrapped('"a  b"'))
    both = (*group.evidence.examples, *within.evidence.examples)
    assert group.evidence.fingerprint == within.evidence.fingerprint
    assert rule_block(replace(group, evidence=replace(group.evidence, examples=both)), ROUTE) is None


def test_headers_are_ignored_and_the_evidence_stays(found: Found) -> None:
    (group,) = found(Response(200, [("X-A", "1")]), Response(200, [("X-A", "2")]))
    block = rule_block(group, ROUTE)
    assert block
    accepting = Acceptances.of(configured(block), ROUTE, 0.0).accepting(group.evidence)
    assert accepting
    assert accepting.header == "x-a"
    assert "judges the evidence that is there again" in block.caution
    plain = rules_for(
        Settings.model_validate({"legacy": {"url": "https://h/k"}, "candidate": {"url": "https://h"}}), ROUTE
    )
    assert rules_for(configured(block), ROUTE).digest == plain.digest


def test_cookies_are_not_ignored_all_together(found: Found) -> None:
    groups = found(
        Response(200, [("Set-Cookie", "a=1; Path=/")]), Response(200, [("Set-Cookie", "a=1; Path=/; Secure")])
    )
    assert groups
    assert all(rule_block(group, ROUTE) is None for group in groups if group.evidence.path == "set-cookie")


def test_nothing_is_offered_where_no_rule_can_be_written_down(found: Found, judged: Judge, hostile_text: str) -> None:
    (group,) = found(wrapped("12.5"), wrapped('"12.50"'))
    for path in (
        "not a path",
        "$.a…",
        "$['[redacted string:0123456789abcdef]']",
        "$['" + "x" * 600 + "']",
        "$['\ud800']",
    ):
        assert rule_block(replace(group, evidence=replace(group.evidence, path=path)), ROUTE) is None
    assert rule_block(replace(group, evidence=replace(group.evidence, examples=())), ROUTE) is None
    assert rule_block(replace(group, status="notice"), ROUTE) is None
    assert rule_block(judged("status", "status", "status-changed", "status", 200, 204), ROUTE) is None
    assert rule_block(group, hostile_text * 10) is None


def test_hostile_routes_and_members_are_still_toml_without_hidden_characters(found: Found, hostile_text: str) -> None:
    name = hostile_text[-90:].replace("\ud800", "")
    one, other = (
        Response(200, JSON, json.dumps({name: value}).encode("utf-8", "surrogatepass")) for value in (12.5, "12.50")
    )
    (group,) = found(one, other)
    route = "GET /" + re.sub(r"[\s{}]", "", hostile_text)
    block = rule_block(group, route)
    assert block
    assert not re.search("[\u202e\u2066\u200b\x1b\0]", block.text)
    settings = configured(block)
    assert compare(one, other, rules_for(settings, route)) == []
