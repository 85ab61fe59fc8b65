"""What may have become of a text's characters: escaped once too often or too rarely, or read in the wrong charset."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable
from itertools import islice
from urllib.parse import unquote, unquote_plus

__all__ = [
    "as_base64",
    "html_escape",
    "json_escape",
    "mojibake",
    "other_base64",
    "percent_encoding",
    "plus_for_space",
    "replacement",
    "unicode_escape",
]

Test = Callable[[str, str], bool]


def _either_way(turned: Callable[[str, str], bool]) -> Test:
    """A test of what one text was made of the other, for texts of which either may be the one."""
    return lambda a, b: turned(a, b) or turned(b, a)


# -- escapes ----------------------------------------------------------------------------------------------------------

_UNICODE_ESCAPES = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")


@_either_way
def unicode_escape(escaped: str, text: str) -> bool:
    r"""A literal `\u00e9` for the character that it stands for."""
    return "\\u" in escaped and _UNICODE_ESCAPES.sub(lambda run: _json_string(run[0]) or "", escaped) == text


@_either_way
def json_escape(escaped: str, text: str) -> bool:
    r"""A literal `\n` or `\"` for the character: escaped as in JSON, twice."""
    return "\\" in escaped and _json_string(escaped) == text


def _json_string(inner: str) -> str | None:
    try:
        read: str = json.loads(f'"{inner}"', strict=False)
    except ValueError:
        return None
    return read


@_either_way
def html_escape(escaped: str, text: str) -> bool:
    if "&" not in escaped:
        return False
    try:
        return html.unescape(escaped) == text
    except ValueError:  # a character reference of more than 4,300 digits
        return False


@_either_way
def percent_encoding(escaped: str, text: str) -> bool:
    """`%20` for a space (RFC 3986 §2.1); also where only one side leaves some of the octets escaped."""
    read = _unquoted(escaped)
    return read is not None and (read == text or read == _unquoted(text))


@_either_way
def plus_for_space(escaped: str, text: str) -> bool:
    """`+` for a space, as in HTML forms."""
    if "+" not in escaped:
        return False
    try:
        return unquote_plus(escaped, errors="strict") == text
    except UnicodeError:
        return False


def _unquoted(text: str) -> str | None:
    if "%" not in text:
        return None
    try:
        return unquote(text, errors="strict")
    except UnicodeError:
        return None


# -- charsets ---------------------------------------------------------------------------------------------------------


def _windows_1252() -> dict[int, int]:
    """Code points that cp1252 has for the octets 80 to 9F → those octets; the five it leaves out stay themselves."""
    octets = {}
    for octet in range(0x80, 0xA0):
        character = bytes([octet]).decode("cp1252", errors="ignore")
        if character:
            octets[ord(character)] = octet
    return octets


_OCTETS = _windows_1252()
_GARBLED = re.compile(f"[\u00c2-\u00f4][\x80-\xbf{''.join(map(chr, _OCTETS))}]")
"""The first two octets of a character in UTF-8, read as Latin-1 or Windows-1252."""
_ROUNDS = 3
"""How many times over a text may have been read in the wrong charset."""


@_either_way
def mojibake(garbled: str, text: str) -> bool:
    """UTF-8 read as Latin-1 or Windows-1252, once or over and over: `Ã©` for `é`."""
    for _ in range(_ROUNDS):
        if not _GARBLED.search(garbled):
            return False
        try:
            garbled = garbled.translate(_OCTETS).encode("latin-1").decode()
        except UnicodeError:
            return False
        if garbled == text:
            return True
    return False


_MARK = re.compile("[?\ufffd\ud800-\udfff]")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")
_MOST_MARKS = 200
"""Marks that are looked at one by one."""
_WIDTHS: tuple[Callable[[str], int], ...] = (
    lambda _: 1,
    lambda character: len(character.encode("utf-8", "surrogatepass")),
    lambda character: 1 + (character > "\uffff"),
)
"""Marks that may stand for one character: one, one for each octet of UTF-8, one for each unit of UTF-16."""


@_either_way
def replacement(broken: str, text: str) -> bool:
    """`?`, U+FFFD or half of a surrogate pair in place of characters that a charset doesn't have."""
    marks = [found.start() for found in islice(_MARK.finditer(broken), _MOST_MARKS + 1)]
    if not marks or text.isascii():
        return False
    if len(marks) > _MOST_MARKS:
        return not _MARK.search(text) and _MARK.sub("?", broken) == _BEYOND_ASCII.sub("?", text)
    return any(_replaced(broken, text, marks, width) for width in _WIDTHS)


def _replaced(broken: str, text: str, marks: list[int], width: Callable[[str], int]) -> bool:
    """Whether the texts are the same but for some of the marks (their indexes in ``broken``)."""
    done = at = replaced = 0  # characters of ``broken``, of ``text``, and those of ``text`` that are gone
    for mark in marks:
        if mark < done:
            continue
        character = text[at + mark - done : at + mark - done + 1]
        if broken[done:mark] != text[at : at + mark - done] or not character:
            return False
        at += mark - done + 1
        done = mark + 1
        if character == broken[mark]:
            continue
        # An ASCII character is in every charset; a mark for a mark tells nothing.
        if character.isascii() or _MARK.match(character):
            return False
        done = mark + width(character)
        if len(_MARK.findall(broken[mark:done])) != width(character):
            return False
        replaced += 1
    return replaced > 0 and broken[done:] == text[at:]


# -- octets -----------------------------------------------------------------------------------------------------------

_STANDARD = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_URL_SAFE = re.compile(r"[A-Za-z0-9_-]+={0,2}")
_HEX = re.compile(r"[0-9a-fA-F]+")
_SHORTEST = 8
"""Characters; what is shorter may look like base64 by chance."""
_TO_STANDARD = str.maketrans("-_", "+/")


@_either_way
def other_base64(one: str, other: str) -> bool:
    """One is padded (RFC 4648 §4), or in the standard alphabet where the other is in that for URLs (§5)."""
    if max(len(one), len(other)) < _SHORTEST or not _STANDARD.fullmatch(one) or not _URL_SAFE.fullmatch(other):
        return False
    bare = one.rstrip("=")
    if bare != other.rstrip("=").translate(_TO_STANDARD) or len(bare) % 4 == 1:
        return False
    if one.rstrip("=") == other.rstrip("="):
        return all(text == bare or len(text) % 4 == 0 for text in (one, other))
    # `a/b` and `a_b` are seldom base64, and then the signs are rare: 2 of 64.
    signs = bare.count("+") + bare.count("/")
    return len(bare) >= 2 * _SHORTEST and signs <= 1 + len(bare) // 16 and not bare.islower() and not bare.isupper()


@_either_way
def as_base64(encoded: str, text: str) -> bool:
    """The base64 of the other text, or of the octets that the other spells in hex."""
    if len(encoded) < _SHORTEST or not (_STANDARD.fullmatch(encoded) or _URL_SAFE.fullmatch(encoded)):
        return False
    bare = encoded.rstrip("=").translate(_TO_STANDARD)
    try:
        octets = base64.b64decode(bare + "=" * (-len(bare) % 4))
    except ValueError:
        return False
    if _HEX.fullmatch(text) and len(text) % 2 == 0 and bytes.fromhex(text) == octets:
        return True
    return octets == text.encode("utf-8", "surrogatepass")
