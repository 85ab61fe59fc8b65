"""Values and sentences as a report shows them."""

from __future__ import annotations

import json
import unicodedata
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shadow.compare.documents.values import ABSENT, OddNumber
from shadow.compare.wording import around, legible, sentence, shown

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters())
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.sampled_from([ABSENT, OddNumber("NaN"), 10**4000, -(10**4000), Decimal("1E+99999999"), "x" * 9999, "\ud800"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()), inner),
)


@given(st.text(st.characters()), st.integers(20, 60))
def test_whatever_is_in_a_text_it_can_be_read_on_one_line_of_a_terminal(text: str, longest: int) -> None:
    said = legible(text, longest)
    assert len(said) <= longest
    assert not any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in said)
    assert legible(said, longest) == said


def test_what_turns_or_hides_a_text_is_spelled_out() -> None:
    assert legible("a\x1b[31m\x9b\u202eb\ufeff\U0001f469\u200d\U0001f680é") == (
        r"a\u001b[31m\u009b\u202eb\ufeff" + "\U0001f469\u200d\U0001f680é"
    )
    assert legible("x" * 5000) != legible("x" * 4999 + "y")


@given(values, values)
def test_whatever_a_body_holds_can_be_shown_and_told(legacy: Any, candidate: Any) -> None:
    assume(legacy is not ABSENT or candidate is not ABSENT)  # a difference has something on one side at least
    json.dumps(shown(legacy), allow_nan=False, ensure_ascii=False).encode()
    sentence("value-changed", legacy, candidate).encode()


@pytest.mark.parametrize(
    ("legacy", "candidate", "told"),
    [
        (Decimal("12.5"), "12.50", 'number 12.5 became string "12.50"'),
        (1, 2, "number 1 became 2"),
        (None, True, "null became true"),
        (7, ABSENT, "number 7 is missing"),
        (ABSENT, [1, 2], "list of 2 items was added"),
        ({}, [], "an empty object became an empty list"),
        (Decimal("1.10"), Decimal("1.1"), "number 1.10 became 1.1"),
    ],
)
def test_a_sentence_says_what_became_of_the_value(legacy: Any, candidate: Any, told: str) -> None:
    assert sentence("", legacy, candidate) == told


def test_a_small_container_is_shown_and_a_big_one_described() -> None:
    assert shown({"a": [Decimal("1.5"), None]}) == {"a": [1.5, None]}
    assert shown(list(range(1000))) == "list of 1,000 items"


def test_a_number_that_a_double_can_not_hold_is_shown_by_its_digits() -> None:
    assert shown(Decimal("0.1000000000000000055511151231257827")) == "0.1000000000000000055511151231257827"
    assert shown(2**64) == str(2**64)


def test_long_texts_are_cut_around_their_first_difference() -> None:
    one, other = around("x" * 1000 + "A" + "y" * 1000, "x" * 1000 + "B" + "y" * 1000, 20)
    assert (one, other) == ("…xxxxxxxxxxAyyyyyyyyy…", "…xxxxxxxxxxByyyyyyyyy…")


def test_texts_that_differ_far_in_are_cut_around_that_place_too() -> None:
    one, other = around("x" * 9000 + "A", "x" * 9000 + "B", 10)
    assert (one, other) == ("…xxxxxA", "…xxxxxB")
    assert around("x" * 9000, "x" * 9001, 10) == ("…xxxxx", "…xxxxxx")


def test_long_numbers_are_cut_around_their_first_difference() -> None:
    told = sentence("", 7 * 10**200 + 1, 7 * 10**200 + 2)
    assert told == f"number …{'0' * 40}1 became …{'0' * 40}2"


@pytest.mark.parametrize(
    ("legacy", "candidate", "told"),
    [
        ("a\u00a0b", "a b", r'string "a\u00a0b" became "a b"'),
        ("\ufeffx", "x", r'string "\ufeffx" became "x"'),
        ("a\u202eb", "ab", r'string "a\u202eb" became "ab"'),
        ("a\r\nb", "a\nb", r'string "a\r\nb" became "a\nb"'),
        ("👩\u200d🚀", "é", 'string "👩\u200d🚀" became "é"'),
    ],
)
def test_what_can_not_be_seen_is_spelled(legacy: str, candidate: str, told: str) -> None:
    assert sentence("", legacy, candidate) == told
    assert shown(legacy) == legacy
