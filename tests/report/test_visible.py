"""What can't be seen is written out."""

from __future__ import annotations

import sys
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from shadow.report.visible import HIDDEN, clip, visible


def test_every_control_format_separator_and_surrogate_is_hidden_and_no_letter_is() -> None:
    for code in range(sys.maxunicode + 1):
        category = unicodedata.category(chr(code))
        if category in ("Cc", "Cf", "Cs", "Zl", "Zp") or (category == "Zs" and code != 0x20):
            assert HIDDEN.match(chr(code)), f"U+{code:04X} {category}"
        elif category[0] in "NPS" or category in ("Lu", "Ll", "Lt", "Lm") or code == 0x20:
            assert code == 0x2800 or not HIDDEN.match(chr(code)), f"U+{code:04X} {category}"


def test_a_hidden_character_becomes_its_code_point() -> None:
    assert visible("a\u202eb\0c") == "a‹U+202E›b‹U+0000›c"
    assert visible("\tline\n") == "⇥line↵"


@given(st.text(st.characters()))
def test_nothing_hidden_is_left(text: str) -> None:
    assert not HIDDEN.search(visible(text))
    visible(text).encode()


def test_cutting_says_how_much_is_gone() -> None:
    assert clip("abc", 3) == "abc"
    assert clip("a" * 1_003, 3) == "aaa… (1,000 more characters)"
