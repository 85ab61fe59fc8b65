"""JSON laid out one value per line, with every number as it was written.

Python's own parser would show 1.10 as 1.1 and 1e400 as Infinity, and drop the first of two members of one name; these
are the very things that two implementations of an API differ in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

__all__ = ["Members", "NotJsonError", "lay_out", "parse"]

_DEEPEST = 100
_INDENT = "  "


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


def lay_out(value: Any, *, like: Any = None) -> Iterator[str]:
    """The document's lines. Members whose names ``like`` has too come in the order that they have there, because the
    order of members means nothing (RFC 8259 §1) and would only hide what differs."""
    return _lines(value, like, "", "", "")


def _lines(value: Any, like: Any, indent: str, before: str, after: str) -> Iterator[str]:
    if isinstance(value, Members) and value:
        yield f"{indent}{before}{{"
        members = _ordered(value, like)
        for position, (name, item, its_like) in enumerate(members):
            comma = "," if position < len(members) - 1 else ""
            yield from _lines(item, its_like, indent + _INDENT, f"{_quoted(name)}: ", comma)
        yield f"{indent}}}{after}"
    elif isinstance(value, list) and value and not isinstance(value, Members):
        yield f"{indent}{before}["
        likes = like if isinstance(like, list) and not isinstance(like, Members) else []
        for position, item in enumerate(value):
            comma = "," if position < len(value) - 1 else ""
            its_like = likes[position] if position < len(likes) else None
            yield from _lines(item, its_like, indent + _INDENT, "", comma)
        yield f"{indent}]{after}"
    else:
        yield f"{indent}{before}{_scalar(value)}{after}"


def _ordered(members: Members, like: Any) -> list[tuple[str, Any, Any]]:
    """(name, value, the value of that name in ``like``); a stable sort, so what only one side has stays last."""
    if not isinstance(like, Members):
        return [(name, item, None) for name, item in members]
    places = {name: (place, item) for place, (name, item) in reversed(list(enumerate(like)))}
    last = (len(places) + len(like), None)
    return [
        (name, item, places.get(name, last)[1])
        for name, item in sorted(members, key=lambda member: places.get(member[0], last)[0])
    ]


def _scalar(value: Any) -> str:
    if isinstance(value, Lexeme):
        return str(value)
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, Members):
        return "{}"
    if isinstance(value, list):
        return "[]"
    return {None: "null", True: "true", False: "false"}[value]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


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
