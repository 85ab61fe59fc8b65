"""The grammar that header values share: lists, quoted strings, parameters (RFC 9110 §5.6). All of it in linear time.

Values are opaque bytes as latin-1 (see `shadow.exchange`), so only ASCII letters have a case and only space and
tab are white space.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal
from urllib.parse import unquote_to_bytes

__all__ = ["OWS", "Pairs", "extended", "lower", "named", "pair", "parameters", "split", "unquoted", "words"]

OWS = " \t"
"""Optional white space (RFC 9110 §5.6.3)."""

Pairs = list[tuple[str, str]]
"""Names in lower case and values without their quotes, in order, repeated ones too."""

Separator = Literal[",", ";"]

_LETTERS = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+'
"""A quoted string but for its closing quote; possessive, so that nothing is tried twice."""
_QUOTED = re.compile(f'{_STRING}"', re.DOTALL)
_PIECES = {mark: re.compile(rf'{_STRING}"?|<[^>]*+>?|[^"<{mark}]++|{mark}|.', re.DOTALL) for mark in (",", ";")}
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_CHARSETS = {"utf-8", "iso-8859-1"}


def lower(text: str) -> str:
    """The text with ASCII letters in lower case and all others as they are: ``À`` is a byte, not a letter."""
    return text.lower() if text.isascii() else text.translate(_LETTERS)


def split(text: str, separator: Separator = ",") -> list[str]:
    """The parts of a list, without white space around them and without empty ones (RFC 9110 §5.6.1).

    A separator inside a quoted string, or inside the angle brackets of a URI (RFC 8288 §3), separates nothing.
    """
    return [part for part in _cut(text, separator) if part]


def words(text: str) -> list[str]:
    """The parts between white space."""
    return [word for word in text.replace("\t", " ").split(" ") if word]


def unquoted(text: str) -> str:
    """A quoted string's content (RFC 9110 §5.6.4); any other text, a broken quoted string too, as it is."""
    return _ESCAPE.sub(r"\1", text[1:-1]) if text.startswith('"') and _QUOTED.fullmatch(text) else text


def pair(text: str) -> tuple[str, str]:
    """`name = "value"` as a name in lower case and a value without quotes; "" where there is no value."""
    name, _, value = text.partition("=")
    return lower(name.strip(OWS)), unquoted(value.strip(OWS))


def parameters(text: str) -> tuple[str, Pairs]:
    """`value; name=value; …` (RFC 9110 §5.6.6) as the value, as it is, and its parameters."""
    head, *rest = _cut(text, ";")
    return head, [pair(part) for part in rest if part]


def named(pairs: Iterable[tuple[str, str]]) -> frozenset[tuple[str, tuple[str, ...]]]:
    """Pairs as a map, in any order; different values of one name keep theirs, for it may be the first that counts."""
    values: dict[str, dict[str, None]] = {}
    for name, value in pairs:
        values.setdefault(name, {})[value] = None
    return frozenset((name, tuple(several)) for name, several in values.items())


def extended(value: str) -> str | None:
    """What a parameter whose name ends with `*` says (RFC 8187: `UTF-8''na%C3%AFve`); None where it can't be read."""
    charset, _, rest = value.partition("'")
    _, quote, encoded = rest.partition("'")
    if not quote or lower(charset) not in _CHARSETS:
        return None
    try:
        return unquote_to_bytes(encoded.encode("latin-1")).decode(charset)
    except UnicodeError:
        return None


def _cut(text: str, separator: Separator) -> list[str]:
    if '"' not in text and "<" not in text:
        return [part.strip(OWS) for part in text.split(separator)]
    parts: list[str] = []
    pieces: list[str] = []
    for found in _PIECES[separator].findall(text):
        if found == separator:
            parts.append("".join(pieces))
            pieces = []
        else:
            pieces.append(found)
    return [part.strip(OWS) for part in (*parts, "".join(pieces))]
