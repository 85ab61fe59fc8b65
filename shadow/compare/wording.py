"""Values as people read them, and the sentence that says what became of them."""

from __future__ import annotations

import json
import re
import unicodedata
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from shadow.compare.documents.values import ABSENT, OddNumber, is_number, json_type

__all__ = ["LONGEST", "around", "legible", "sentence", "shown", "spelled"]

LONGEST = 300
"""Characters of a text that are shown."""
_QUOTED = 80
"""Characters of a text that a sentence quotes."""
_MOST = 40
"""Values of a list or object that are shown whole; a bigger one is described."""
_CHUNK = 4096
"""Characters that are compared at once."""
_LARGEST = 20_000
"""Bits of an integer that is written in decimal digits, for which Python takes quadratic time."""
_MOST_LEGIBLE = 4000
_CUT = 14
"""Characters that say where a text was cut, and from which one."""
_CONTROLS = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
"""Control characters, line ends, and what has no width or turns the direction (but U+200D, which joins emoji)."""
_UNSEEN = {"Cc", "Cf", "Zs", "Zl", "Zp"}
"""Categories of characters (UAX #44) that a reader doesn't see, or takes for a plain space."""


def shown(value: Any) -> Any:
    """A value as a report keeps it: encodable as JSON, long texts cut, big containers described, absent as None."""
    if value is ABSENT:
        return None
    if isinstance(value, str):
        return _cut(_printable(value), LONGEST + 2)
    if isinstance(value, OddNumber):
        return value.literal[:LONGEST]
    if isinstance(value, Decimal):
        return _number(value)
    if type(value) is int and abs(value) >= 2**63:
        return _cut(spelled(value), LONGEST)
    if isinstance(value, list | dict):
        return _shown_whole(value) if _small(value) else _described(value)
    return value


def around(legacy: Any, candidate: Any, width: int) -> tuple[Any, Any]:
    """Two long texts cut to the ``width`` characters around their first difference; anything else as it is."""
    if not (isinstance(legacy, str) and isinstance(candidate, str)) or max(len(legacy), len(candidate)) <= width:
        return legacy, candidate
    start = max(0, _first_difference(legacy, candidate) - width // 2)
    return _window(legacy, start, width), _window(candidate, start, width)


def sentence(kind: str, legacy: Any, candidate: Any) -> str:
    """What became of legacy's value, with both values: `number 12.5 became string "12.50"`."""
    legacy, candidate = around(legacy, candidate, _QUOTED)
    if is_number(legacy) and is_number(candidate):
        one, other = around(_digits(legacy), _digits(candidate), _QUOTED)
        return f"number {one} became {other}"
    if candidate is ABSENT:
        return f"{_named(legacy)} is missing"
    if legacy is ABSENT:
        return f"{_named(candidate)} was added"
    if kind == "reordered":
        return f"{_described(legacy)} in another order"
    if json_type(legacy) == json_type(candidate) and not isinstance(legacy, list | dict):
        return f"{_named(legacy)} became {spelled(candidate)}"
    return f"{_named(legacy)} became {_named(candidate)}"


def legible(text: str, longest: int = _MOST_LEGIBLE) -> str:
    """Any text on one line and in sight, cut where long: what controls a terminal, or hides or turns what stands beside
    it, is spelled as JSON escapes. The same in every version of Python."""
    if not (text.isascii() and text.isprintable()):
        text = _CONTROLS.sub(lambda found: json.dumps(found[0])[1:-1], _printable(text))
    return text if len(text) <= longest else f"{text[: longest - _CUT]}… {_digest(text)}"


def spelled(value: Any) -> str:
    """A scalar as JSON writes it, cut where long; a container in words."""
    if isinstance(value, str):
        return _seen(json.dumps(_cut(_printable(value), _QUOTED + 2), ensure_ascii=False))
    if isinstance(value, list | dict):
        return _described(value)
    if isinstance(value, OddNumber):
        return _cut(value.literal, _QUOTED)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return _cut(_digits(value), _QUOTED)
    return json.dumps(value)


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=6).hexdigest()


def _named(value: Any) -> str:
    if value is None or isinstance(value, bool | list | dict):
        return spelled(value)
    return f"{json_type(value)} {spelled(value)}"


def _described(value: list[Any] | dict[str, Any]) -> str:
    if not value:
        return "an empty list" if isinstance(value, list) else "an empty object"
    noun = "item" if isinstance(value, list) else "member"
    return f"{json_type(value)} of {len(value):,} {noun}{'s' if len(value) > 1 else ''}"


def _first_difference(one: str, other: str) -> int:
    shortest = min(len(one), len(other))
    for start in range(0, shortest, _CHUNK):
        left, right = one[start : start + _CHUNK], other[start : start + _CHUNK]
        if left != right:
            pairs = enumerate(zip(left, right, strict=False), start)
            return next((i for i, (a, b) in pairs if a != b), shortest)
    return shortest


def _digits(number: int | Decimal) -> str:
    if isinstance(number, Decimal):
        return str(number)
    # A Decimal prints any number of digits; int refuses beyond 4,300.
    return str(Decimal(number)) if number.bit_length() <= _LARGEST else f"{number:#x}"


def _window(text: str, start: int, width: int) -> str:
    end = start + width
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text):,} characters)"


def _printable(text: str) -> str:
    """The text with lone surrogates, which no encoding can carry, spelled as JSON escapes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join(f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in text)
    return text


def _seen(text: str) -> str:
    """The text with no-break spaces, zero-width characters and the like spelled as JSON escapes."""
    if text.isprintable():
        return text
    return "".join(json.dumps(c)[1:-1] if _is_unseen(c) else c for c in text)


def _is_unseen(character: str) -> bool:
    # Emoji are joined by U+200D, and no more readable without it.
    return character not in " \u200d" and unicodedata.category(character) in _UNSEEN


def _number(value: Decimal) -> int | float | str:
    """The number where a double holds it exactly enough to print the same, else its digits."""
    try:
        near = float(value)
    except OverflowError:
        return _cut(str(value), LONGEST)
    return near if Decimal(repr(near)) == value else _cut(str(value), LONGEST)


def _small(value: Any, room: int = _MOST) -> bool:
    """Whether the value, with all that is in it, has at most ``room`` values (and so few levels, too)."""
    waiting = [value]
    while waiting and room >= 0:
        room -= 1
        item = waiting.pop()
        if isinstance(item, list | dict):
            waiting.extend(item.values() if isinstance(item, dict) else item)
    return room >= 0


def _shown_whole(value: Any) -> Any:
    if isinstance(value, list):
        return [_shown_whole(item) for item in value]
    if isinstance(value, dict):
        return {_cut(_printable(name), LONGEST): _shown_whole(item) for name, item in value.items()}
    return shown(value)
