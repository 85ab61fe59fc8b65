"""Reads JSON without losing anything: every digit, repeated members, NaN, lone surrogates.

RFC 8259 leaves all of these to the parser, and common parsers lose them silently, so that different documents look
the same. msgspec reads fast and keeps every digit, but of a repeated member only the last value, and refuses what is
not JSON; the standard library's parser lets one see it all, at twice the time. So the second reads only what the first
refuses, and what turns out to hold more than the first has shown (`read_again`).
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from shadow.compare.documents.sameness import Text
from shadow.compare.documents.values import OddNumber, Repeating

__all__ = ["Document", "UnreadableError", "has_negative_zero", "read_again", "read_json", "shows_all"]

_BOM = "\ufeff"
_LARGE = 2**20
"""Bytes from which on a text may hold more than can be read in time."""
_MOST_CONTAINERS = 1_000_000
"""Lists and objects of a document that is read."""
_MOST_CLOSELY = 300_000
"""Values of a document that is read the slow way, which takes a microsecond for each."""
_MOST_NUMBERS = 10_000
_LONGEST_NUMBER = 40
"""Numbers that are remembered, and the characters that such a one may have."""
_NEGATIVE_ZERO = re.compile(rb"-0(?=[\s,\]}]|\Z)")


class UnreadableError(ValueError):
    """The text is not JSON, or too large or too deeply nested to be read; the message says which, and where."""

    def __init__(self, message: str, *, too_deep: bool = False) -> None:
        self.too_deep = too_deep
        super().__init__(message)


class Document(msgspec.Struct, frozen=True):
    """A parsed body."""

    value: Any
    repeats: bool = False
    """Somewhere in it is an object with repeated members, and then it is of type `Repeating`."""
    marked: bool = False
    """The text begins with a byte order mark."""
    source: bytes = b""
    """The JSON text, where more may be in it than ``value`` shows; see `shows_all`."""
    exponents: bool = False
    """Some numbers in ``source`` are written with an exponent."""


def read_json(text: str | bytes) -> Document:
    """Parse a JSON text (bytes: in UTF-8), with or without a byte order mark; raises UnreadableError."""
    source = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(source) > _LARGE and source.count(b"[") + source.count(b"{") > _MOST_CONTAINERS:
        raise UnreadableError(f"more than {_MOST_CONTAINERS:,} lists and objects", too_deep=True)
    before = _NUMBERS.exponents
    try:
        value = _DECODER.decode(source)
    except (msgspec.MsgspecError, UnicodeDecodeError, InvalidOperation, RecursionError):
        return read_again(source)
    return Document(value, source=source, exponents=_NUMBERS.exponents != before)


class _Numbers(dict[str, Decimal]):
    """Numbers by their spelling: what one side sends, the other mostly sends too."""

    def __init__(self) -> None:
        super().__init__()
        self.exponents = 0
        """How many have been asked for that are written with an exponent; these are not kept."""

    def __missing__(self, literal: str) -> Decimal:
        number = Decimal(literal)
        if "e" in literal or "E" in literal:
            self.exponents += 1
        elif len(literal) <= _LONGEST_NUMBER:
            if len(self) >= _MOST_NUMBERS:
                self.clear()
            self[literal] = number
        return number


_NUMBERS = _Numbers()
_DECODER = msgspec.json.Decoder(float_hook=_NUMBERS.__getitem__)


def shows_all(document: Document, written: Text) -> bool:
    """Whether no repeated member is lost from the document's value; ``written`` is the value as JSON text.

    Nothing but an exponent is longer as it is written than as it was, so equal lengths prove that nothing is lost.
    Where there was white space: each member that was dropped takes at least one colon with it, and nothing but an
    escaped colon could make up for that.
    """
    source = document.source
    if len(source) == written.length and not document.exponents:
        return True
    # An escaped colon is looked for in the order in which the search is quickest.
    return source.count(b":") == written.colons and not (b"\\" in source and b"003" in source and b"\\u003" in source)


def has_negative_zero(source: bytes) -> bool:
    """Whether the text may hold the integer `-0`, which `read_json` reads as 0."""
    return _NEGATIVE_ZERO.search(source) is not None


def read_again(source: bytes) -> Document:
    """Parse with every repeated member, `-0`, NaN and lone surrogate; raises UnreadableError."""
    if len(source) > _LARGE and source.count(b",") > _MOST_CLOSELY:
        raise UnreadableError(f"more than {_MOST_CLOSELY:,} values, and not plain JSON", too_deep=True)
    try:
        text = source.decode()
    except UnicodeDecodeError as error:
        raise UnreadableError(f"byte {error.start:,} is not UTF-8") from error
    marked = text.startswith(_BOM)
    text = text.removeprefix(_BOM)
    repeats = False

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeats
        members = dict(pairs)
        if len(members) == len(pairs):
            return members
        repeats = True
        return Repeating(pairs)

    try:
        value = json.JSONDecoder(
            parse_float=_number, parse_int=_integer, parse_constant=OddNumber, object_pairs_hook=members
        ).decode(text)
    except json.JSONDecodeError as error:
        raise UnreadableError(f"{error.msg} at line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise UnreadableError("nested too deeply to be read", too_deep=True) from error
    return Document(value, repeats, marked)


def _integer(literal: str) -> int | Decimal | OddNumber:
    # Python refuses to read an integer of more than 4,300 digits (CVE-2020-10735); Decimal reads any.
    return _number(literal) if literal == "-0" or len(literal) > 4_000 else int(literal)


def _number(literal: str) -> Decimal | OddNumber:
    try:
        return Decimal(literal)
    except InvalidOperation:
        return OddNumber(literal)
