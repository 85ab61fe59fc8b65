"""JSON as it was written: every number with its digits, every member that is there twice.

Python's own parser would show 1.10 as 1.1 and 1e400 as Infinity, and drop the first of two members of one name; these
are the very things that two implementations of an API differ in.
"""

from __future__ import annotations

import json
from typing import Any

__all__ = ["Lexeme", "Members", "NotJsonError", "parse", "spelled"]

_DEEPEST = 100


class NotJsonError(ValueError):
    """The bytes aren't JSON, or are nested too deep to be laid out."""


class Lexeme(str):
    """A number (or NaN, or Infinity) as it was written."""

    __slots__ = ()


class Members(list[tuple[str, Any]]):
    """An object's members in their order, duplicates kept."""

    __slots__ = ()


_DECODER = json.JSONDecoder(
    object_pairs_hook=Members, parse_float=Lexeme, parse_int=Lexeme, parse_constant=Lexeme, strict=False
)


def parse(content: bytes) -> Any:
    """The document as `Members`, lists, strings, `Lexeme`, booleans and None; raises NotJsonError."""
    try:
        document = _DECODER.decode(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise NotJsonError("not JSON") from error
    if _depth_exceeds(document, _DEEPEST):
        raise NotJsonError("nested too deep")
    return document


def spelled(value: Any) -> str:
    """A value that takes one line: a text, a number, a word, or a list or object without anything in it."""
    if isinstance(value, Lexeme):
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Members):
        return "{}"
    if isinstance(value, list):
        return "[]"
    return {None: "null", True: "true", False: "false"}[value]


def _depth_exceeds(value: Any, levels: int) -> bool:
    level = [value]
    for _ in range(levels):
        level = [
            child
            for item in level
            if isinstance(item, list)
            for child in ((pair[1] for pair in item) if isinstance(item, Members) else item)
        ]
        if not level:
            return False
    return True
