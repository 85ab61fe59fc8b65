"""Secrets in JSON text, replaced in place: every byte that is not secret stays as it was.

The text is scanned instead of parsed, so that duplicate members, the spelling of numbers and the order of members are
kept, and so that newline-delimited, truncated or slightly broken JSON is redacted by the same rules.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import NamedTuple

from shadow.compare.documents.selectors import Place
from shadow.redact.detectors import is_card_number
from shadow.redact.marks import Marker
from shadow.redact.names import is_secret_name

__all__ = ["JsonRules", "container", "end_of_container", "redact_json"]


class JsonRules(NamedTuple):
    """What is secret in a document, besides what stands under a secret name."""

    root: Place[bool]
    """Leads to the secret places."""
    marker: Marker
    name: Callable[[str], str]
    """A member's name without secrets."""
    string: Callable[[str], str]
    """A string's value without secrets."""


def redact_json(text: str, rules: JsonRules) -> str:
    """The text with secret values replaced by their marks."""
    pieces: list[str] = []
    copied = 0
    open_frames: list[_Frame] = []
    lexemes = _LEXEME.finditer(text)
    for found in lexemes:
        lexeme, start, end = found[0], found.start(), found.end()
        if lexeme in _PUNCTUATION:
            _punctuation(lexeme, open_frames)
            continue
        frame = open_frames[-1] if open_frames else None
        if frame is not None and frame.key is None and lexeme[0] == '"':
            frame.key = _spoken(lexeme)
            replaced = _replaced(lexeme, frame.key, rules.name)
        else:
            place, secret = _place(frame, rules.root)
            opens = lexeme in _BRACKETS
            if opens and not secret:
                open_frames.append(_Frame(place, is_object=lexeme == "{"))
                continue
            if opens:
                end = _ended(lexemes, len(text))
                replaced = _quoted(rules.marker.mark(*container(text[start:end])))
            else:
                replaced = _secret(lexeme, rules) if secret else _harmless(lexeme, rules)
        if replaced != lexeme:
            pieces += [text[copied:start], replaced]
            copied = end
    return "".join([*pieces, text[copied:]])


_LEXEME = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
"""RFC 8259 §2's tokens; a string may lack its end, and what is neither string nor punctuation is a word."""
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_PUNCTUATION = frozenset(",:}]")
_BRACKETS = frozenset("{[")


class _Frame:
    """An object or list that is open."""

    __slots__ = ("is_object", "key", "place")

    def __init__(self, place: Place[bool], *, is_object: bool) -> None:
        self.place = place
        self.is_object = is_object
        self.key: str | int | None = None if is_object else 0
        """The member or index whose value comes next; None where a member's name does."""


def _punctuation(mark: str, open_frames: list[_Frame]) -> None:
    if not open_frames or mark == ":":
        return
    frame = open_frames[-1]
    if mark != ",":
        open_frames.pop()
    elif frame.is_object:
        frame.key = None
    elif isinstance(frame.key, int):
        frame.key += 1


def _place(frame: _Frame | None, root: Place[bool]) -> tuple[Place[bool], bool]:
    """Where the value that starts here is, and whether that makes it secret."""
    if frame is None:
        return root, bool(root.payloads)
    key = "" if frame.key is None else frame.key
    place = frame.place.step(key)
    return place, bool(place.payloads) or (isinstance(key, str) and is_secret_name(key))


def _secret(lexeme: str, rules: JsonRules) -> str:
    if lexeme == "null":
        return lexeme
    if lexeme[0] == '"':
        rules.marker.spelled(lexeme[1:].removesuffix('"'))
        return _replaced(lexeme, _spoken(lexeme), lambda value: rules.marker.mark("string", value))
    if lexeme in {"true", "false"}:
        return _quoted(rules.marker.value(lexeme == "true"))
    kind = rules.marker.number if _NUMBER.fullmatch(lexeme) else rules.marker.value
    return _quoted(kind(lexeme))


def _harmless(lexeme: str, rules: JsonRules) -> str:
    if lexeme[0] == '"':
        return _replaced(lexeme, _spoken(lexeme), rules.string)
    if _NUMBER.fullmatch(lexeme):
        return _quoted(rules.marker.number(lexeme)) if is_card_number(lexeme) else lexeme
    return rules.string(lexeme)


def _replaced(lexeme: str, value: str, redact: Callable[[str], str]) -> str:
    redacted = redact(value)
    return lexeme if redacted == value else _quoted(redacted)


def _quoted(text: str) -> str:
    return json.dumps(text)


def _spoken(lexeme: str) -> str:
    """What a string says; the characters between its quotes where it is no proper JSON string."""
    if "\\" in lexeme:
        try:
            return str(json.loads(lexeme, strict=False))
        except ValueError:
            pass
    return lexeme[1:].removesuffix('"')


def end_of_container(text: str, start: int) -> int:
    """Where the object or list ends that begins at ``start``; the text's end where it never does."""
    lexemes = _LEXEME.finditer(text, start)
    next(lexemes, None)
    return _ended(lexemes, len(text))


def _ended(lexemes: Iterator[re.Match[str]], length: int) -> int:
    """Where the object or list ends that has just begun; the text's end where it never does."""
    depth = 1
    for found in lexemes:
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(found[0], 0)
        if depth == 0:
            return found.end()
    return length


def container(text: str) -> tuple[str, str]:
    """Kind and canonical text of an object or list: the order of its members and its white space don't matter."""
    kind = "list" if text.startswith("[") else "object"
    try:
        parsed = json.loads(text, parse_float=Decimal)
        return kind, json.dumps(parsed, sort_keys=True, separators=(",", ":"), default=str)
    except (ValueError, RecursionError):
        return kind, text
