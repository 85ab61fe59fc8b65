"""What may have become of a text as people see it: case, white space, accents, its end."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from shadow.compare.normal_forms import is_stream_safe

__all__ = [
    "accents",
    "case",
    "compatibility",
    "cut",
    "cut_after",
    "invisible",
    "invisible_characters",
    "line_ends",
    "normalisation",
    "space",
    "space_at_the_ends",
]

_SHORTEST_CUT = 16
_SHORTEST_CUT_WITH_ELLIPSIS = 4
"""Characters that must be left of a text to call it cut, and not just another one."""
_ELLIPSES = ("…", "...", "[...]", "[…]")
_ACCENTS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]")
"""Unicode's blocks of combining diacritical marks."""
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


def case(a: str, b: str) -> bool:
    """Only upper and lower case differ; `ß` against `ss` is more than that, against `SS` it isn't."""
    return a.lower() == b.lower() or a.upper() == b or b.upper() == a


def line_ends(a: str, b: str) -> bool:
    return ("\r" in a or "\r" in b) and _unix(a) == _unix(b)


def space_at_the_ends(a: str, b: str) -> bool:
    return a.strip() == b.strip()


def space(a: str, b: str) -> bool:
    return "".join(a.split()) == "".join(b.split())


def invisible(a: str, b: str) -> bool:
    """Only characters without width or ink differ: zero-width space, byte order mark, soft hyphen."""
    return not (a.isascii() and b.isascii()) and _INVISIBLE.sub("", a) == _INVISIBLE.sub("", b)


def invisible_characters(legacy: str, candidate: str) -> str:
    """Which ones `invisible` has found, in words."""
    one, other = _INVISIBLE.findall(legacy), _INVISIBLE.findall(candidate)
    found = sorted(set(one) ^ set(other) or set(one))
    return "invisible " + ", ".join(f"U+{ord(character):04X}" for character in found[:3])


def _in_form(form: Callable[[str], str]) -> Callable[[str, str], bool]:
    def holds(a: str, b: str) -> bool:
        if (a.isascii() and b.isascii()) or not (is_stream_safe(a) and is_stream_safe(b)):
            return False
        return form(a) == form(b)

    return holds


def _bare(text: str) -> str:
    return _ACCENTS.sub("", unicodedata.normalize("NFD", text))


normalisation = _in_form(lambda text: unicodedata.normalize("NFC", text))
"""The same text in two canonical forms (UAX #15): `é` in one code point or in two."""
compatibility = _in_form(lambda text: unicodedata.normalize("NFKC", text))
"""The same but for ligatures, widths and the like: `ﬁ` and `fi`, `…` and `...`."""
accents = _in_form(_bare)
"""The same but for accents: `Jose` and `José`."""


def cut(a: str, b: str) -> bool:
    """One is the beginning of the other, with or without an ellipsis."""
    short, long = sorted((a, b), key=len)
    kept = _kept(short)
    least = _SHORTEST_CUT if len(kept) == len(short) else _SHORTEST_CUT_WITH_ELLIPSIS
    return least <= len(kept) < len(long) and long.startswith(kept)


def cut_after(legacy: str, candidate: str) -> str:
    """What `cut` has found, in words."""
    kept = len(_kept(min(legacy, candidate, key=len)))
    return f"{'cut after' if len(candidate) < len(legacy) else 'legacy cuts it after'} {kept:,} characters"


def _kept(short: str) -> str:
    for ellipsis in _ELLIPSES:
        if short.endswith(ellipsis):
            return short.removesuffix(ellipsis).rstrip()
    return short


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
