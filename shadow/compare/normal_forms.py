"""Unicode normalisation (UAX #15) of texts that strangers have written."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

__all__ = ["is_stream_safe", "normal_form"]

_LONGEST = 30
"""Combining characters in a row: what the Stream-Safe Text Format allows (UAX #15 §13), and no language comes near."""
_MAY_COMBINE = re.compile(f"[\u0300-\U0010ffff]{{{_LONGEST + 1}}}")
"""U+0300 is the first combining character."""
_SURROGATE = re.compile("[\ud800-\udfff]")


def normal_form(text: str, form: Literal["NFC", "NFKC"]) -> str:
    """The text in that form, with lone surrogates as U+FFFD, which is what UTF-8 encoders make of them.

    A text with more combining characters in a row than any language has stays as it is: Python sorts them in quadratic
    time, and a body of nothing else would take it hours.
    """
    if text.isascii():
        return text
    text = _SURROGATE.sub("\ufffd", text)
    return unicodedata.normalize(form, text) if is_stream_safe(text) else text


def is_stream_safe(text: str) -> bool:
    """Whether a text has no more combining characters in a row than any language has, and so is quick to normalise."""
    # Few texts in the scripts of Europe come as far as to the second question.
    return _MAY_COMBINE.search(text) is None or _long_run().search(text) is None


@lru_cache(maxsize=1)
def _long_run() -> re.Pattern[str]:
    # By their decompositions, because some of the characters that are marks don't combine themselves: U+0F73, say.
    marks = [c for c in map(chr, range(0x300, 0x20000)) if unicodedata.combining(unicodedata.normalize("NFKD", c)[0])]
    return re.compile(f"[{''.join(marks)}]{{{_LONGEST + 1},}}")
