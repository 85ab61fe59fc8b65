"""Texts that strangers have written, in a normal form."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.compare.normal_forms import normal_form


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("NFC", "e\u0301", "\u00e9"),
        ("NFC", "\u1e9b\u0323", "\u1e9b\u0323"),
        ("NFKC", "\u1e9b\u0323", "\u1e69"),
        ("NFC", "\ufb01", "\ufb01"),
        ("NFKC", "\ufb01", "fi"),
        ("NFC", "\u2126", "\u03a9"),
        ("NFC", "a\ud83d", "a\ufffd"),
        ("NFC", "\ude00\ud83d", "\ufffd\ufffd"),
        ("NFC", "\U0001f600", "\U0001f600"),
        ("NFC", "", ""),
    ],
)
def test_a_text_has_one_form_and_half_a_surrogate_pair_is_the_replacement_character(form, text, expected):
    assert normal_form(text, form) == expected


@given(st.text(st.characters(codec="utf-8"), max_size=20), st.sampled_from(["NFC", "NFKC"]))
def test_it_is_unicodes_own_form(text, form):
    assert normal_form(text, form) == unicodedata.normalize(form, text)


@pytest.mark.parametrize("mark", ["\u0315\u0300", "\u0f73", "\u0344", "\u3099"])
def test_more_marks_in_a_row_than_any_language_has_are_left_as_they_are(mark):
    """Normalised they would take quadratic time: hours, for a body of 5 MB."""
    longest = "a" + mark * 1_000_000
    assert normal_form(longest, "NFKC") == longest
    assert normal_form("a" + mark[-1:] * 30, "NFC") == unicodedata.normalize("NFC", "a" + mark[-1:] * 30)
