"""Items are the same to the letter, or not, also where their text can't be written."""

from __future__ import annotations

import pytest

from shadow.compare import compare
from shadow.compare.rules import BodyRule, Rules
from shadow.compare.treatment import Treatment
from shadow.config.jsonpath import parse_path
from shadow.exchange import Response


def paths(legacy: str, candidate: str, *rules: tuple[str, Treatment]) -> list[str]:
    one, other = (Response(200, [("Content-Type", "application/json")], text.encode()) for text in (legacy, candidate))
    body = tuple(BodyRule(parse_path(path), treatment) for path, treatment in rules)
    return [d.path for d in compare(one, other, Rules(body=body)) if d.severity == "difference"]


@pytest.mark.parametrize("odd", ["NaN", '"\\ud800"', '{"x": 1, "x": 2}'])
@pytest.mark.parametrize(
    ("candidate", "rule", "path"),
    [
        ('{"a": @, "b": 1.0}', ("$[*].b", Treatment(as_="lexical")), "$[0].b"),
        ('{"b": 1, "a": @}', ("$[*]", Treatment(ordered=True)), "$[0]"),
    ],
)
@pytest.mark.parametrize("any_order", [False, True])
def test_what_cannot_be_written_as_text_does_not_hide_what_a_stricter_rule_asks_for(
    odd: str, candidate: str, rule: tuple[str, Treatment], path: str, any_order: bool
) -> None:
    rules = [rule, ("$", Treatment(unordered=True))] if any_order else [rule]
    legacy = '[{"a": @, "b": 1}, 7]'.replace("@", odd)
    assert paths(legacy, f"[{candidate}, 7]".replace("@", odd), *rules) == [path]
    assert paths(legacy, legacy, *rules) == []


@pytest.mark.parametrize(
    ("legacy", "candidate", "rule"),
    [
        ('{"a": 1, "a": 2}', '{"a": 1.0, "a": 2}', Treatment(as_="lexical")),
        ('{"a": {"x": 1, "y": 1}, "a": 2}', '{"a": {"y": 1, "x": 1}, "a": 2}', Treatment(ordered=True)),
    ],
)
def test_rules_hold_for_every_value_of_a_repeated_member(legacy: str, candidate: str, rule: Treatment) -> None:
    assert paths(legacy, candidate) == []
    assert paths(legacy, candidate, ("$.a", rule)) == ["$.a"]


def test_a_list_of_plain_values_is_no_way_around_the_clock() -> None:
    legacy, candidate = (f"[{','.join([number] * 1000)}]".encode() for number in ("1", "1.0"))
    found = compare(Response(200, [], legacy), Response(200, [], candidate), Rules(budget=0.0))
    assert "truncated" in {d.class_ for d in found}
