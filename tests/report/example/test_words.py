"""What differs within a line is marked word by word, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.report.example.words import Segment, shortened, whole, words_marked

texts = st.text(st.sampled_from('ab1T-:. "é\u202e'), max_size=40) | st.text(max_size=40)


def told(one: str, other: str) -> tuple[str, str]:
    """Both lines with ‹…› around what is marked."""
    left, right = (
        "".join(f"‹{text}›" if differs else text for text, differs in side) for side in words_marked(one, other)
    )
    return left, right


@pytest.mark.parametrize(
    ("one", "other", "left", "right"),
    [
        ('"price": 12.5', '"price": "12.50"', '"price": ‹12.5›', '"price": ‹"12.50"›'),
        ('"price": 20', '"price": "20"', '"price": ‹20›', '"price": ‹"20"›'),
        ('"a": true', '"a": "true"', '"a": ‹true›', '"a": ‹"true"›'),
        ('"n": 12.5', '"n": 12.55', '"n": ‹12.5›', '"n": ‹12.55›'),
        ("12 EUR for 3 items", "13 EUR for 4 items", "‹12› EUR for ‹3› items", "‹13› EUR for ‹4› items"),
        ("the quick brown fox", "the slow red fox", "the ‹quick brown› fox", "the ‹slow red› fox"),
        ("2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z", "2026-11-23T‹10›:00:00Z", "2026-11-23T‹11›:00:00Z"),
        ("id 8d1f", "id 8d77", "id ‹8d1f›", "id ‹8d77›"),
        ("caf\u00e9 au lait", "cafe au lait", "‹caf\u00e9› au lait", "‹cafe› au lait"),
        ("a, b", "c, d", "‹a, b›", "‹c, d›"),
        ("a b", "a x b", "a b", "a ‹x ›b"),
        ("same", "same", "same", "same"),
        ("", "x", "", "‹x›"),
    ],
)  # fmt: skip
def test_words_and_numbers_are_marked_whole(one: str, other: str, left: str, right: str) -> None:
    assert told(one, other) == (left, right)


@given(texts, texts, st.booleans())
def test_both_lines_can_be_put_together_again(one: str, other: str, finely: bool) -> None:
    left, right = words_marked(one, other, finely=finely)
    assert "".join(segment.text for segment in left) == one
    assert "".join(segment.text for segment in right) == other
    assert all(segment.text for segment in (*left, *right))


@given(texts, texts, st.booleans())
def test_what_is_not_marked_is_the_same_on_both_sides(one: str, other: str, finely: bool) -> None:
    left, right = (
        "".join(text for text, differs in side if not differs) for side in words_marked(one, other, finely=finely)
    )
    assert left == right


@given(texts, texts)
def test_lines_are_marked_exactly_where_they_differ(one: str, other: str) -> None:
    assert any(segment.differs for side in words_marked(one, other) for segment in side) == (one != other)


def test_long_equal_texts_are_cut_around_what_differs() -> None:
    words = "word " * 500
    left, _ = words_marked(f"{words}1 {words}2 {words}", f"{words}3 {words}4 {words}")
    short = shortened(left)
    assert [segment.text for segment in short if segment.differs] == ["1", "2"]
    assert sum(len(segment.text) for segment in short) < 1_000
    assert short[0].text.startswith("…")
    assert "more characters" in short[-1].text


def test_what_is_short_stays_whole() -> None:
    left, right = words_marked("a 1 b 2 c", "a 3 b 4 c")
    assert (shortened(left), shortened(right)) == (left, right)
    assert whole("abc") == (Segment("abc"),)


def test_very_long_lines_are_one_mark() -> None:
    """Beyond a number of words nobody compares them one by one, and no time is spent on it."""
    one, other = " ".join(map(str, range(9_000))), " ".join(map(str, range(9_000, 18_000)))
    assert sum(segment.differs for segment in words_marked(f"x {one} y", f"x {other} y")[0]) == 1
