"""How values are compared at a place that rules name."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.compare.documents.values import OddNumber
from shadow.compare.treatment import PLAIN, Treatment, Truth, merged

TRUE = [True, 1, Decimal("1.0"), Decimal("1E0"), "true", "True", "TRUE", " yes ", "1", "on", "t", "Y"]
FALSE = [False, 0, Decimal("-0"), Decimal("0.00"), "false", "NO", "0", "off", "f", "n\n"]
NEITHER = [None, 2, -1, Decimal("0.5"), "", "2", "maybe", "1.0", "null", [], [True], {}, OddNumber("NaN")]


def test_all_ways_to_write_a_boolean_are_the_same_as_a_boolean() -> None:
    boolean = Treatment(as_="boolean")
    assert {boolean.normalise(value) for value in TRUE} == {Truth(value=True)}
    assert {boolean.normalise(value) for value in FALSE} == {Truth(value=False)}


@pytest.mark.parametrize("value", NEITHER, ids=repr)
def test_what_is_no_boolean_stays_as_it_is(value: Any) -> None:
    normal = Treatment(as_="boolean").normalise(value)
    assert normal == value
    assert type(normal) is type(value)


def test_a_boolean_is_never_equal_to_the_number_that_python_takes_it_for() -> None:
    assert Treatment(as_="boolean").normalise(True) not in (True, 1, Decimal(1), "true")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (9007199254740993, 9007199254740992),
        (9007199254740993, Decimal("9007199254740992.0")),
        (Decimal("0.1000000000000000055"), Decimal("0.1")),
        (Decimal("1e-400"), 0),
        (OddNumber("1e-99999999999999999999"), 0),
        (10**400, None),
        (Decimal("1e400"), None),
        (Decimal("-1e400"), Decimal("1e400")),
        (OddNumber("NaN"), None),
        (OddNumber("Infinity"), OddNumber("-Infinity")),
        (OddNumber("1e99999999999999999999"), OddNumber("NaN")),
    ],
)
def test_numbers_that_are_one_double_are_the_same_as_doubles(one: Any, other: Any) -> None:
    double = Treatment(as_="double")
    assert one != other
    assert double.normalise(one) == double.normalise(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, 2), (9007199254740994, 9007199254740992), (1, "1"), (1, True), (0, None), (0, False), (None, "null")],
)
def test_other_doubles_and_other_types_are_not_the_same(one: Any, other: Any) -> None:
    left, right = (Treatment(as_="double").normalise(value) for value in (one, other))
    assert (type(left), left) != (type(right), right)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_double_is_the_number_that_it_was(number: float) -> None:
    assert Treatment(as_="double").normalise(Decimal(number)) == Decimal(repr(number))


def test_a_tolerance_holds_for_doubles_too() -> None:
    both = Treatment(as_="double") | Treatment(tolerance=0.01)
    one, other = both.normalise(Decimal("12.49")), both.normalise(Decimal("12.50"))
    assert both.near(one, other)
    assert not both.near(one, both.normalise(OddNumber("NaN")))


def test_nothing_is_near_by_a_tolerance_that_is_no_number() -> None:
    assert not Treatment(tolerance=float("nan")).near(1, 2)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, Decimal("1.0")),
        (0, Decimal("-0")),
        (Decimal("0.0"), Decimal("-0.0")),
        (100, Decimal("1E+2")),
        (Decimal("1.1"), Decimal("1.10")),
    ],
)
def test_numbers_as_they_are_written_are_told_apart(one: Any, other: Any) -> None:
    lexical = Treatment(as_="lexical")
    assert one == other
    assert lexical.normalise(one) != lexical.normalise(other)
    assert lexical.normalise(one) == lexical.normalise(one)


def test_a_number_as_it_is_written_is_not_a_text() -> None:
    lexical = Treatment(as_="lexical")
    assert lexical.normalise(1) != lexical.normalise("1")


def test_numbers_of_any_length_can_be_compared_as_they_are_written() -> None:
    lexical = Treatment(as_="lexical")
    assert lexical.normalise(10**5000) == lexical.normalise(Decimal("1" + "0" * 5000))


def test_normalisation_comes_before_trimming_and_folding_and_holds_after_them() -> None:
    all_three = Treatment(unicode="NFKC", trim=True, fold_case=True)
    assert all_three.normalise("\u00a0\u2002E\u0301\ufb01") == "\u00e9fi"
    assert all_three.normalise("\u0390") == all_three.normalise("\u03b9\u0308\u0301")
    assert all_three.normalise("a\ud800") == "a\ufffd"


def test_of_two_rules_that_can_not_both_hold_the_first_named_does() -> None:
    first = merged([Treatment(as_="double"), Treatment(as_="lexical"), Treatment(unicode="NFC")])
    assert first == Treatment(as_="double", unicode="NFC")
    assert (Treatment(unicode="NFKC") | Treatment(unicode="NFC")).unicode == "NFKC"


def test_rules_for_one_place_add_up() -> None:
    ways = [{"unordered": True}, {"key": "id"}, {"tolerance": 1.0}, {"as_": "boolean"}, {"null_is_missing": True},
            {"fold_case": True}, {"trim": True}, {"unicode": "NFC"}, {"ordered": True}]  # fmt: skip
    together = merged(Treatment(**way) for way in ways)
    assert msgspec.structs.asdict(together) == {name: value for way in ways for name, value in way.items()}
    assert PLAIN | together == together | PLAIN == together


def test_what_a_rule_does_not_say_is_not_encoded() -> None:
    """So that another way to compare, added some day, changes no digest that there is."""
    assert msgspec.json.encode(Treatment(tolerance=0.5)) == b'{"tolerance":0.5}'
