"""Characters that a reader can't see, or that change how the rest is read, written out as their code points.

Values from traffic may hold control characters, and bidirectional ones that make `abc` read as `cba` (Unicode
Technical Report 36 §2.10; "Trojan Source", CVE-2021-42574). Two values that differ only in such a character must not
look the same in a report, and none may disturb the report itself.
"""

from __future__ import annotations

import re

__all__ = ["HIDDEN", "clip", "visible"]

_CONTROL = r"\x00-\x1f\x7f-\x9f"
_FORMAT = (
    r"\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064"
    r"\u2066-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    r"\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f"
)
_SEPARATORS = r"\u2028\u2029"
_SURROGATES = r"\ud800-\udfff"
_BLANKS = r"\u00a0\u115f\u1160\u1680\u2000-\u200a\u202f\u205f\u2800\u3000\u3164\uffa0"
_NONCHARACTERS = r"\ufdd0-\ufdef\ufffe\uffff"

HIDDEN = re.compile(f"[{_CONTROL}{_FORMAT}{_SEPARATORS}{_SURROGATES}{_BLANKS}{_NONCHARACTERS}]")
"""One such character: Unicode's categories Cc, Cf (with all bidi controls), Cs, Zl and Zp, spaces that aren't U+0020,
and what XML 1.0 §2.2 forbids."""


_SIGNS = {"\t": "⇥", "\n": "↵"}


def visible(text: str) -> str:
    """The text with every hidden character as its code point: a right-to-left override as ``‹U+202E›``."""
    if text.isascii() and text.isprintable():  # as most are: this takes a tenth of the time
        return text
    return HIDDEN.sub(lambda found: _SIGNS.get(found[0]) or f"‹U+{ord(found[0]):04X}›", text)


def clip(text: str, limit: int) -> str:
    """At most ``limit`` characters of the text, saying how many were cut."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}… ({len(text) - limit:,} more characters)"
