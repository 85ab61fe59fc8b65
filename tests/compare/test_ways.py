"""What each way to compare fits, and that no rule makes a difference but those that say so."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.compare import compare
from shadow.compare.documents.values import OddNumber, json_type
from shadow.compare.rules import BodyRule, Rules
from shadow.compare.treatment import PLAIN, Treatment
from shadow.compare.ways import WAYS, Way, way_of
from shadow.config.jsonpath import parse_path
from shadow.config.settings import CompareRule
from shadow.exchange import Response

ONE_OF_EACH = [
    Treatment(unordered=True),
    Treatment(key="id"),
    Treatment(tolerance=0.5),
    Treatment(as_="datetime"),
    Treatment(as_="number"),
    Treatment(as_="boolean"),
    Treatment(as_="double"),
    Treatment(as_="lexical"),
    Treatment(null_is_missing=True),
    Treatment(fold_case=True),
    Treatment(trim=True),
    Treatment(unicode="NFC"),
    Treatment(ordered=True),
]
VALUES: list[Any] = [
    None, True, 0, 1, Decimal("12.5"), Decimal("1E+400"), OddNumber("NaN"), "", "a", "12.5", "yes",
    "2024-01-01T00:00:00Z", "1", [], [1], [{"id": 1}], [{"x": 1}], [1, {"id": None}], {}, {"id": 1},
]  # fmt: skip


def way(treatment: Treatment) -> Way:
    found = way_of(treatment)
    assert found is not None
    return found


def test_every_way_of_shadow_toml_is_in_the_table_once() -> None:
    assert [way_of(treatment) for treatment in ONE_OF_EACH] == list(WAYS)
    ways_to_read = get_args(get_args(CompareRule.model_fields["as_"].annotation)[0])
    assert {treatment.as_ for treatment in ONE_OF_EACH if treatment.as_} == set(ways_to_read)
    assert way_of(PLAIN) is None


NUMBERS = [0, 1, Decimal("12.5"), Decimal("1E+400")]
TEXTS = [value for value in VALUES if isinstance(value, str)]


@pytest.mark.parametrize(
    ("treatment", "fitting"),
    [
        (Treatment(unordered=True), [[], [1], [{"id": 1}], [{"x": 1}], [1, {"id": None}]]),
        (Treatment(key="id"), [[{"id": 1}], [1, {"id": None}]]),
        (Treatment(tolerance=0.5), NUMBERS),
        (Treatment(as_="datetime"), [0, 1, Decimal("12.5"), "2024-01-01T00:00:00Z"]),
        (Treatment(as_="number"), [*NUMBERS, "12.5", "1"]),
        (Treatment(as_="boolean"), [True, 0, 1, "yes", "1"]),
        (Treatment(as_="double"), [*NUMBERS, OddNumber("NaN")]),
        (Treatment(as_="lexical"), [*NUMBERS, OddNumber("NaN")]),
        (Treatment(fold_case=True), TEXTS),
        (Treatment(trim=True), TEXTS),
        (Treatment(unicode="NFKC"), TEXTS),
        (Treatment(ordered=True), [{}, {"id": 1}]),
    ],
    ids=lambda given: json.dumps(msgspec.to_builtins(given)) if isinstance(given, Treatment) else "",
)
def test_a_way_fits_the_values_that_it_can_hold_for(treatment: Treatment, fitting: list[Any]) -> None:
    found = [value for value in VALUES if way(treatment).fits(value, treatment, treatment)]
    assert sorted(map(repr, found)) == sorted(map(repr, fitting))
    assert {json_type(value) for value in fitting} - {"boolean"} == way(treatment).types


@pytest.mark.parametrize(
    ("other", "value"),
    [
        (Treatment(as_="datetime"), "2024-01-01T00:00:00Z"),
        (Treatment(as_="number"), "12.5"),
        (Treatment(as_="double"), 1),
    ],
)
def test_a_tolerance_fits_what_another_rule_for_the_same_place_makes_of_the_value(other: Treatment, value: Any) -> None:
    tolerance = Treatment(tolerance=1.0)
    assert way(tolerance).fits(value, tolerance, tolerance | other)
    assert not way(tolerance).fits("soon", tolerance, tolerance | other)


def test_an_empty_list_does_not_tell_whether_its_items_would_have_a_key() -> None:
    assert way(Treatment(key="id")).fits([], Treatment(key="id"), PLAIN) is None


# -- no rule makes a difference ---------------------------------------------------------------------------------------

JSON = [("Content-Type", "application/json")]
SCALARS = (
    st.none()
    | st.booleans()
    | st.sampled_from(["0", "1", "-0.0", "1.0", "1e2", "1e400", "NaN", "9007199254740993", "9007199254740992"])
    | st.integers(-3, 3)
    | st.sampled_from(['"a"', '"A "', '"\\ud800"', '"\\ufffd"', '"yes"', '"1"', '"2024-01-01"', '"e\\u0301"'])
)


def _text(value: Any) -> str:
    match value:
        case list():
            return f"[{','.join(map(_text, value))}]"
        case dict():
            return f"{{{','.join(f'{json.dumps(name)}:{_text(member)}' for name, member in value.items())}}}"
        case str():
            return value
    return json.dumps(value)


DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "id"]), inner, max_size=3),
    max_leaves=6,
).map(_text)
PATHS = st.sampled_from(["$", "$.*", "$..*", "$.a", "$..id", "$[?@.id].id"])


def same(legacy: str, candidate: str, *treatments: tuple[str, Treatment]) -> bool:
    body = tuple(BodyRule(parse_path(path), treatment) for path, treatment in treatments)
    answers = (Response(200, JSON, text.encode()) for text in (legacy, candidate))
    return all(d.severity == "notice" for d in compare(*answers, Rules(body=body, budget=60.0)))


@given(DOCUMENTS, DOCUMENTS, st.data())
def test_no_rule_makes_a_difference_but_those_that_are_stricter(legacy: str, candidate: str, data: Any) -> None:
    lenient = [treatment for treatment in ONE_OF_EACH if not way(treatment).stricter]
    rules = data.draw(st.lists(st.tuples(PATHS, st.sampled_from(lenient)), max_size=3))
    for one, other in ((legacy, candidate), (legacy, legacy + " "), (legacy, legacy.replace("1.0", "1"))):
        if same(one, other):
            assert same(one, other, *rules)


def test_those_that_are_stricter_are_two() -> None:
    assert [t for t in ONE_OF_EACH if way(t).stricter] == [Treatment(as_="lexical"), Treatment(ordered=True)]
    assert same("[1.0]", "[1]")
    assert not same("[1.0]", "[1]", ("$[*]", Treatment(as_="lexical")))
