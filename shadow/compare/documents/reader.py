"""Reads JSON without losing anything: every digit, repeated members, NaN, lone surrogates.

RFC 8259 leaves all of these to the parser, and common parsers lose them silently, so that different documents look
the same. Only the standard library's parser lets one see them all.
"""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from shadow.compare.documents.values import OddNumber

__all__ = ["Document", "UnreadableError", "read_json"]


_BOM = "\ufeff"


class UnreadableError(ValueError):
    """The text is not JSON, or too deeply nested to be read; the message says which, and where."""

    def __init__(self, message: str, *, too_deep: bool = False) -> None:
        self.too_deep = too_deep
        super().__init__(message)


class Document(msgspec.Struct, frozen=True):
    """A parsed body. Of a repeated member ``value`` holds the last (as browsers and Node do)."""

    value: Any
    repeated: tuple[tuple[str, list[Any]], ...] = ()
    """Each member name that an object has more than once, with all its values in order."""
    marked: bool = False
    """The text begins with a byte order mark."""


def read_json(text: str) -> Document:
    """Parse a JSON text, with or without a byte order mark; raises UnreadableError."""
    marked = text.startswith(_BOM)
    text = text.removeprefix(_BOM)
    repeated: list[tuple[str, list[Any]]] = []

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) != len(pairs):
            repeated.extend(_repeated(pairs))
        return members

    try:
        try:
            value = _decode(text, object_pairs_hook=members)
        except json.JSONDecodeError:
            raise
        except ValueError:
            # Python refuses to read an integer of more than 4,300 digits (CVE-2020-10735); Decimal reads any.
            repeated.clear()
            value = _decode(text, object_pairs_hook=members, parse_int=_number)
    except json.JSONDecodeError as error:
        raise UnreadableError(f"{error.msg} at line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise UnreadableError("nested too deeply to be read", too_deep=True) from error
    return Document(value, tuple(repeated), marked)


def _decode(text: str, **hooks: Any) -> Any:
    return json.JSONDecoder(parse_float=_number, parse_constant=OddNumber, **hooks).decode(text)


def _number(literal: str) -> Decimal | OddNumber:
    try:
        return Decimal(literal)
    except InvalidOperation:
        return OddNumber(literal)


def _repeated(pairs: list[tuple[str, Any]]) -> list[tuple[str, list[Any]]]:
    values: dict[str, list[Any]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return [(name, several) for name, several in values.items() if len(several) > 1]
