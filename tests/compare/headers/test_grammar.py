"""The grammar that header values share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.compare.headers.grammar import extended, lower, named, pair, parameters, split, unquoted, words

latin = st.text(st.characters(max_codepoint=255))
signs = st.text(st.sampled_from('"\\<>,;= \tab\xe9'))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a, b ,\tc", ["a", "b", "c"]),
        (", ,a,,", ["a"]),
        ('a="x, y", b', ['a="x, y"', "b"]),
        (r'a="x\", y", b', [r'a="x\", y"', "b"]),
        ("<https://h/a,b>; rel=next, <c>", ["<https://h/a,b>; rel=next", "<c>"]),
        ('a="unfinished, b', ['a="unfinished, b']),
        ("<unfinished, b", ["<unfinished, b"]),
        ('a"b\\', ['a"b\\']),
        ("", []),
    ],
)
def test_a_comma_separates_outside_of_quotes_and_angle_brackets_only(text: str, parts: list[str]) -> None:
    assert split(text) == parts


@given(signs)
def test_splitting_loses_nothing_but_separators_and_white_space(text: str) -> None:
    kept = "".join(c for part in split(text) for c in part if c not in ", \t")
    assert kept == "".join(c for c in text if c not in ", \t")


@given(latin)
def test_a_quoted_string_is_read_back(text: str) -> None:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    assert unquoted(f'"{escaped}"') == text
    assert pair(f'Name = "{escaped}"') == ("name", text)


@pytest.mark.parametrize("text", ["", '"', "a", '"a', 'a"', '"a" "b"', '"a\\"'])
def test_what_is_no_whole_quoted_string_stays_as_it_is(text: str) -> None:
    assert unquoted(text) == text


def test_parameters_are_read_in_order_without_empty_ones() -> None:
    assert parameters('text/a ; B="c;d"; ; e') == ("text/a", [("b", "c;d"), ("e", "")])
    assert parameters("; a=1") == ("", [("a", "1")])


def test_a_map_has_no_order_but_the_values_of_one_name_do() -> None:
    assert named([("a", "1"), ("b", "2")]) == named([("b", "2"), ("a", "1"), ("a", "1")])
    assert named([("a", "1"), ("a", "2")]) != named([("a", "2"), ("a", "1")])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("UTF-8''na%C3%AFve%20.txt", "naïve .txt"),
        ("utf-8'en'a'b", "a'b"),
        ("iso-8859-1''%E9", "é"),
        ("UTF-8''%ff", None),
        ("idna''a", None),
        ("naive.txt", None),
        ("UTF-8'a", None),
    ],
)
def test_an_extended_value_is_decoded(value: str, text: str | None) -> None:
    assert extended(value) == text


def test_only_ascii_letters_have_a_case_and_only_space_and_tab_separate_words() -> None:
    assert lower("ÀAZ") == "Àaz"
    assert words("a \t b\xa0c") == ["a", "b\xa0c"]
