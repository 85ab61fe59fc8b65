"""Texts are compared line by line, in linear time."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadow.compare.base_urls import base_urls
from shadow.compare.bodies.text import text_difference

URLS = base_urls("https://h/kong", "https://h")
NONE = base_urls("", "")

lines = st.lists(
    st.sampled_from(["a", "b", "", " ", "\r", "https://h/kong/x", "https://h/x", "é", "\u2028"]), max_size=8
)
texts = lines.map("\n".join)


@given(texts, texts)
@settings(max_examples=500, deadline=None)
def test_texts_are_the_same_exactly_when_they_are_equal(one: str, other: str) -> None:
    assert (text_difference(one, other, NONE) == []) is (one == other)


@given(texts, texts)
@settings(max_examples=500, deadline=None)
def test_lines_of_the_same_number_that_differ_are_never_the_same(one: str, other: str) -> None:
    pairs = one.split("\n"), other.split("\n")
    same = len(pairs[0]) == len(pairs[1]) and all(URLS.same(a, b) for a, b in zip(*pairs, strict=True))
    if not same:
        # Lines that move are told, too: nothing else could explain them.
        assert len(text_difference(one, other, URLS)) == 1
    else:
        assert text_difference(one, other, URLS) == []


@given(texts, texts)
@settings(max_examples=200, deadline=None)
def test_the_line_that_is_named_is_the_first_that_differs(one: str, other: str) -> None:
    found = text_difference(one, other, NONE)
    if found:
        matcher = difflib.SequenceMatcher(None, one.split("\n"), other.split("\n"), autojunk=False)
        shared = 0
        for a, b in zip(one.split("\n"), other.split("\n"), strict=False):
            if a != b:
                break
            shared += 1
        assert matcher.ratio() < 1
        assert f"; line {shared + 1}: " in found[0].summary or shared == min(one.count("\n"), other.count("\n")) + 1


@pytest.mark.parametrize(
    ("legacy", "candidate", "summary"),
    [
        ("a\nb\nc", "a\nB\nc", '1 line changed; line 2: string "b" became "B"'),
        ("a\nb\nc", "a\nc", '1 line is missing; line 2: string "b" is missing'),
        ("a\nc", "a\nb\nb\nc", '2 lines were added; line 2: string "b" was added'),
        ("a\nb\nc\nd", "a\nc\nd\ne", '1 line is missing, 1 line was added; line 2: string "b" is missing'),
        ("a\nb", "a\r\nb", '1 line changed; line 1: string "a" became "a\\r"'),
        ("a\n", "a", '1 line is missing; line 2: string "" is missing'),
        ("1\n2\n3", "4\n5\n6", '3 lines changed; line 1: string "1" became "4"'),
    ],
)
def test_the_sentence_counts_the_lines_and_shows_the_first(legacy: str, candidate: str, summary: str) -> None:
    (found,) = text_difference(legacy, candidate, NONE)
    # What follows in brackets is the class's.
    assert found.summary.partition(" (")[0] == summary


def test_the_values_are_the_first_lines_that_differ() -> None:
    (found,) = text_difference("a\nb\nc\nd", "a\nB\nC\nd", NONE)
    assert (found.path, found.legacy, found.candidate) == ("$", "b\nc", "B\nC")
    (found,) = text_difference("a\nb", "a", NONE)
    assert (found.legacy, found.candidate) == ("b", "")


def test_what_is_missing_and_what_changed_in_a_text_is_one_fault() -> None:
    fingerprints = {text_difference("a\nb", other, NONE)[0].fingerprint for other in ("a", "a\nc", "a\nb\nc")}
    assert len(fingerprints) == 1


def test_each_line_is_the_same_as_it_is_or_without_its_own_base_url() -> None:
    assert text_difference("https://h/kong/a\nhttps://h/kong/b", "https://h/a\nhttps://h/kong/b", URLS) == []
    (found,) = text_difference("x\nhttps://h/kong/a\ny", "x\nhttps://h/c\ny", URLS)
    assert found.summary.startswith("1 line changed; line 2: ")


def test_a_long_line_is_shown_where_it_differs() -> None:
    (found,) = text_difference("x" * 9_000 + "old", "x" * 9_000 + "new", NONE)
    assert "old" in found.legacy
    assert "new" in found.candidate
    assert len(found.legacy) < 400
    assert "new" in found.summary


@pytest.mark.parametrize(
    ("legacy", "candidate"),
    [
        ("\n" * 2_000_000, "a" + "\n" * 2_000_000),
        ("a\n" * 1_000_000, "b\n" * 1_000_000),
        ("ab" * 2_000_000, "ba" * 2_000_000),
        ("a\nb\n" * 200_000, "b\na\n" * 200_000),
        ("https://h/kong/x\n" * 100_000 + "a", "https://h/x\n" * 100_000 + "b"),
    ],
)
def test_large_and_repetitive_texts_are_one_difference(legacy: str, candidate: str) -> None:
    # A quadratic way to compare them would run into the time limit of all tests.
    assert len(text_difference(legacy, candidate, URLS)) == 1


def test_lines_beyond_those_that_are_looked_at_are_counted_as_a_lower_bound() -> None:
    (found,) = text_difference("a\n" * 100_000, "b\n" * 100_000, NONE)
    assert found.summary.startswith("at least 50,001 lines changed; line 1: ")
