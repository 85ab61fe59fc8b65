"""Reads JSON bodies: one JSON text, one a line (https://github.com/ndjson/ndjson-spec), or a sequence (RFC 7464)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from shadow.compare.bodies.body import Body
from shadow.compare.bodies.content import Broken, Content, Structured
from shadow.compare.bodies.media_types import Structure
from shadow.compare.documents.reader import UnreadableError, read_json

__all__ = ["read_document", "read_lines", "read_sequence"]

_MOST = 100_000
"""JSON texts of one body that are read."""
_BOM = "\ufeff"
_SEPARATOR = "\x1e"
_ENCODING = "the body is not UTF-8, as JSON must be"
_FIRST_LINE = re.compile(r"at line 1, (?=column)")


def read_document(body: Body) -> Content:
    """The whole body as one JSON text."""
    try:
        document = read_json(body.raw)
    except UnreadableError:
        return _unusual(body)
    return Structured("json", document, document.value)


def _unusual(body: Body) -> Content:
    """One JSON text in another charset, or none."""
    if body.utf8 is None:
        return Broken(_ENCODING)
    try:
        document = read_json(body.utf8)
    except UnreadableError as error:
        return Broken(f"the body is not JSON: {error}", unfinished=error.too_deep)
    return Structured("json", document, document.value)


def read_lines(body: Body) -> Content:
    """A list of the JSON texts, one a line; blank lines are ignored."""
    if body.utf8 is None:
        return Broken(_ENCODING)
    lines = body.utf8.split("\n", 2 * _MOST)
    return _several("lines", body.utf8, "line", enumerate(lines, 1))


def read_sequence(body: Body) -> Content:
    """A list of the JSON texts, each after a record separator (RFC 7464 §2.2); empty ones are ignored."""
    if body.utf8 is None:
        return Broken(_ENCODING)
    before, *records = body.utf8.split(_SEPARATOR, 2 * _MOST)
    if before.strip(" \t\r\n"):
        return Broken("the body does not begin with a record separator, as a JSON text sequence must")
    for number, record in enumerate(records, 1):
        if record[-1:].isalnum():
            # RFC 7464 §2.4: there may have been more of it.
            return Broken(f"record {number:,} is cut off: a number or name must be followed by white space")
    return _several("sequence", body.utf8, "record", enumerate(records, 1))


def _several(structure: Structure, whole: str, noun: str, texts: Iterable[tuple[int, str]]) -> Content:
    said: list[str] = []
    marked = False
    for number, text in texts:
        if not text.strip(" \t\r\n"):
            continue
        if len(said) >= _MOST:
            return Broken(f"the body has more than {_MOST:,} {noun}s", unfinished=True)
        try:
            document = read_json(text)
        except UnreadableError as error:
            reason = _FIRST_LINE.sub("at ", str(error)) if noun == "line" else str(error)
            return Broken(f"{noun} {number:,} is not JSON: {reason}", unfinished=error.too_deep)
        if document.marked and said:
            return Broken(f"{noun} {number:,} is not JSON: it begins with a byte order mark")
        marked = marked or document.marked
        said.append(text.removeprefix(_BOM))
    # Each is a JSON text, so a list of them is one, too; to read it so loses nothing that reading one doesn't.
    return Structured(structure, read_json(f"{_BOM if marked else ''}[{','.join(said)}]"), whole)
