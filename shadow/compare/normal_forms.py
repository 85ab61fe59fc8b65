"""Unicode normalisation (UAX #15) of texts that strangers have written."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

__all__ = ["normal_form"]

_LONGEST = 30
"""Combining characters in a row: what the Stream-Safe Text Format allows (UAX #15 §13), and no language comes near."""
_SURROGATE = re.compile("[\ud800-\udfff]")


def normal_form(text: str, form: Literal["NFC", "NFKC"]) -> str:
    """The text in that form, with lone surrogates as U+FFFD, which is what UTF-8 encoders make of them.

    A text with more combining characters in a row than any language has stays as it is: Python sorts them in quadratic
    time, and a body of nothing else would take it hours.
    """
    if text.isascii():
        return text
    text = _SURROGATE.sub("\ufffd", text)
    return text if _long_run().search(text) else unicodedata.normalize(form, text)


@lru_cache(maxsize=1)
def _long_run() -> re.Pattern[str]:
    # By their decompositions, because some of the characters that are marks don't combine themselves: U+0F73, say.
    marks = [c for c in map(chr, range(0x300, 0x20000)) if unicodedata.combining(unicodedata.normalize("NFKD", c)[0])]
    return re.compile(f"[{''.join(marks)}]{{{_LONGEST + 1},}}")
