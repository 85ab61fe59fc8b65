"""Numbers in the sentences of a verdict."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.verdict.wording import one_line, percent, percent_below, plural


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0%"), (1, "100%"), (0.5, "50%"), (0.95, "95%"), (0.0082, "0.82%"), (0.9997, "99.97%"), (0.029, "2.9%")],
)
def test_shares_have_two_significant_digits(value: float, text: str) -> None:
    assert percent(value) == text


@given(st.floats(1e-9, 1 - 1e-9))
def test_a_bound_is_never_rounded_down(bound: float) -> None:
    assert float(percent_below(bound).removesuffix("%")) >= bound * 100 * (1 - 1e-5)
    assert percent_below(bound) != "0%"


def test_a_bound_that_needs_no_rounding_is_left_as_it_is() -> None:
    assert percent_below(0.82) == "82%"
    assert percent_below(0.00815531) == "0.82%"


def test_nouns_follow_their_number() -> None:
    assert [plural(number, "request") for number in (0, 1, 1234)] == ["0 requests", "1 request", "1,234 requests"]


def test_long_text_is_cut_and_stays_on_one_line() -> None:
    assert one_line("a\nb\t c") == "a b c"
    assert one_line("x" * 200, 10) == "x" * 9 + "…"
