"""Bodies that are text, as lines: forms by their fields, markup by its elements, any other as it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from shadow.compare.documents.values import Location
from shadow.report.example.layout import Line

__all__ = ["text_lines"]

_INDENT = "  "
_DEEPEST = 100
"""Levels of elements; what is deeper stands beside them."""


def text_lines(text: str, structure: str | None) -> Iterator[Line]:
    """All of a text in its order, of markup without the white space between tags.

    ``structure``: what the body says that it is (`media_types.Structure`).
    """
    return _BY_STRUCTURE.get(structure or "", _as_it_is)(text)


def _as_it_is(text: str) -> Iterator[Line]:
    return map(Line, re.split(r"\r?\n", text))


def _fields(text: str) -> Iterator[Line]:
    """One field a line, each with its place among the fields of its name."""
    fields = text.split("&")
    names = [_decoded(field.partition("=")[0]) for field in fields]
    several, seen = Counter(names), Counter[str]()
    for place, (name, field) in enumerate(zip(names, fields, strict=True)):
        location: Location = (name, seen[name]) if several[name] > 1 else (name,)
        seen[name] += 1
        yield Line(field, location, "&" * (place < len(fields) - 1))


def _decoded(spelled: str) -> str:
    return unquote_to_bytes(spelled.replace("+", " ").encode("utf-8", "surrogatepass")).decode(
        "utf-8", "surrogateescape"
    )


class _Piece(NamedTuple):
    text: str
    opens: str = ""
    """The name of the element that begins here."""
    closes: str = ""
    """The name of the one that ends."""


_TAG = re.compile(r"""<(/?)([A-Za-z_][^\s/>"'<]*+)(?:[^"'>]|"[^"]*"|'[^']*')*+>""")
_SPECIAL = (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"), ("<!", ">"))
_RAW = re.compile(r"</(script|style|textarea|pre)\s*>", re.IGNORECASE)
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)


def _pieces(text: str, *, html: bool) -> Iterator[_Piece]:
    """Tags, and what stands between them. What can't be taken for either is text, to the end."""
    at = 0
    while at < len(text):
        start = text.find("<", at)
        if start != at:
            yield _Piece(text[at:start] if start >= 0 else text[at:])
            if start < 0:
                return
        special = next((end for begin, end in _SPECIAL if text.startswith(begin, start)), None)
        if special is not None:
            found = text.find(special, start)
            at = len(text) if found < 0 else found + len(special)
            yield _Piece(text[start:at])
            continue
        tag = _TAG.match(text, start)
        if tag is None:
            yield _Piece(text[start:])
            return
        at = tag.end()
        name = tag[2].rpartition(":")[2]
        alone = tag[0].endswith("/>") or (html and name.lower() in _VOID)
        yield _Piece(tag[0], "" if tag[1] or alone else name, name if tag[1] else "")
        if html and not tag[1] and name.lower() in ("script", "style", "textarea", "pre"):
            end = _RAW.search(text, at)
            stop = len(text) if end is None else end.start()
            if stop > at:
                yield _Piece(text[at:stop])
            at = stop


def _elements(text: str, *, html: bool = False) -> Iterator[Line]:
    """One tag a line, indented; an element that holds nothing but text on one. Places are those of XML (see
    docs/comparison.md); where a browser mends and fills in, a page's elements can't be counted by reading tags."""
    pieces = [piece for piece in _pieces(text, html=html) if piece.text.strip()]
    parents = [_Parent("", ())]
    place = 0
    while place < len(pieces):
        piece, *following = pieces[place : place + 3]
        if any(parent.name == piece.closes for parent in parents[1:]):
            while parents.pop().name != piece.closes:
                pass
        indent = _INDENT * (len(parents) - 1)
        location = _child(parents[-1], piece.opens) if piece.opens else None
        if piece.opens and _holds_text(piece, following):
            piece = _Piece(piece.text + "".join(after.text for after in following))
            place += 2
        elif location is not None and len(parents) <= _DEEPEST:
            parents.append(_Parent(piece.opens, location))
        for number, line in enumerate(_broken(piece.text)):
            yield Line(indent + line, None if html or number else location)
        place += 1


class _Parent:
    """An element that has begun and not ended."""

    def __init__(self, name: str, location: Location) -> None:
        self.name = name
        self.location = location
        self.children = Counter[str]()
        """How often each name has come."""


def _holds_text(piece: _Piece, following: list[_Piece]) -> bool:
    """Whether a text and the element's end follow, the text without tags in it."""
    return len(following) == 2 and not following[0].text.startswith("<") and following[1].closes == piece.opens


def _child(parent: _Parent, name: str) -> Location:
    parent.children[name] += 1
    return (*parent.location, name, parent.children[name] - 1) if parent.location else (name,)


def _broken(text: str) -> list[str]:
    """A piece as lines, without the indentation that it brings."""
    lines = re.split(r"\r?\n", text)
    return lines if len(lines) == 1 else [line.strip() for line in lines if line.strip()]


def _page(text: str) -> Iterator[Line]:
    return _elements(text, html=True)


_BY_STRUCTURE: dict[str, Callable[[str], Iterator[Line]]] = {"form": _fields, "xml": _elements, "html": _page}
