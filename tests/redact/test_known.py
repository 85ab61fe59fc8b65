"""Pieces of what is known to be secret are taken out of whatever is shown; marks, and names that are words, stay."""

from __future__ import annotations

import html
import json
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.redact.known import Known
from shadow.redact.marks import MARK, Marker

MARKER = Marker(b"key")
SECRET = "hunter2-Tr0ub4dor"
KNOWN = Known([SECRET, "1234", "password"])


@pytest.mark.parametrize("piece", [SECRET, "hunter", "ter2-Tr0u", "ub4dor"])
@pytest.mark.parametrize("around", ["{}", "…{} x", "x {}…", "a{}_{}c"])
def test_a_piece_of_a_secret_is_replaced_and_nothing_else(piece: str, around: str) -> None:
    text = around.replace("{}", piece)
    assert KNOWN.hidden(text, MARKER) == around.replace("{}", MARKER.mark("string", piece))


@pytest.mark.parametrize("text", ["", "hunte", "1234", "a string became", "hun ter2- Tr0ub"])
def test_what_may_be_chance_stays(text: str) -> None:
    assert Known([SECRET, "1234", "string", "became"]).hidden(text, MARKER) == text


def test_a_mark_is_left_alone() -> None:
    mark = MARKER.mark("string", "x")
    assert Known([mark[3:20], "redacted string"]).hidden(f"{mark} {mark}", MARKER) == f"{mark} {mark}"


@given(st.text(alphabet="abc", min_size=6, max_size=20), st.text(alphabet="abcx", max_size=80))
def test_no_piece_of_six_is_left(secret: str, text: str) -> None:
    hidden = MARK.sub("…", Known([secret]).hidden(text, MARKER))
    assert not any(secret[start : start + 6] in hidden for start in range(len(secret) - 5))


@pytest.mark.parametrize("spell", [json.dumps, quote_plus, html.escape, str])
def test_a_secret_is_known_in_the_spelling_of_every_format(spell: type[str]) -> None:
    secret = 'ab"cd\\ef&gh<ij+kl%mn öp'
    hidden = Known([secret]).hidden(spell(secret), MARKER)
    assert MARK.sub("", hidden).strip('"') == ""


@pytest.mark.parametrize(
    ("value", "least", "expected"),
    [("1234", None, True), (1234, None, True), ("12345", None, False), ("1234", 5, False), (None, 1, False),
     (True, 1, False)],
)  # fmt: skip
def test_a_whole_value_may_be_a_secret(value: object, least: int | None, expected: bool) -> None:
    assert Known(["1234", "True"]).is_one(value, least=least) is expected


def test_a_name_that_is_a_word_stays_whatever_passwords_there_are() -> None:
    assert KNOWN.hidden_name("password", MARKER) == "password"
    assert KNOWN.hidden_name(SECRET, MARKER) == MARKER.mark("string", SECRET)


def test_beyond_a_bound_everything_is_a_piece() -> None:
    many = Known(f"{number:07}" for number in range(40_000))
    assert many.hidden("a harmless text", MARKER) == MARKER.mark("string", "a harmless text")
