"""One body on its way to be read: its content codings off, its text decoded at most once."""

from __future__ import annotations

import codecs
import re
from functools import cached_property

from shadow.compare.bodies.codings import UndecodableError, decoded_body
from shadow.compare.bodies.content import Broken, Empty
from shadow.compare.bodies.media_types import MediaType, known_charset, media_type
from shadow.exchange import Response

__all__ = ["Body", "body_of"]

_BOMS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_NAMED = re.compile(rb"""(?:encoding|charset)\s{0,9}=\s{0,9}["']?([\w.:-]{1,40})""")
_EMPTY = Empty()
_START = 1024
"""Bytes at the beginning in which a page must name its charset (HTML §13.2.3.2)."""


class Body:
    def __init__(self, type_: MediaType, raw: bytes, nothing: Broken | Empty | None = None) -> None:
        self.type = type_
        self.claim = type_.structure
        """What structure the media type says there is, or ""."""
        self.silent = not type_.name
        """There is no media type."""
        self.raw = raw
        self.nothing = nothing
        """Why there is nothing to read, where there isn't."""
        self.shares_charset = False
        """The other side's body declares the same charset."""

    @cached_property
    def utf8(self) -> str | None:
        """The text of JSON, which must be UTF-8 (RFC 8259 §8.1); in another charset only where both sides are in it."""
        return self._decoded("utf-8", self.type.charset if self.shares_charset else "")

    @cached_property
    def text(self) -> str | None:
        """The text, in the charset that is declared, else UTF-8; None where it is text in neither."""
        return self._decoded(self.type.charset, "utf-8")

    @cached_property
    def markup(self) -> str | None:
        """The text of XML or HTML, which may also declare a charset in itself, where nothing else says what it is."""
        marked = next((charset for mark, charset in _BOMS if self.raw.startswith(mark)), "")
        named = None if self.type.charset else _NAMED.search(self.raw[:_START])
        inside = known_charset(named[1].decode("ascii", "replace")) if named else ""
        # What is written in ASCII is in none of these (HTML §13.2.3.2).
        inside = "" if inside.startswith(("utf-16", "utf-32")) else inside
        return self._decoded(marked, self.type.charset, inside, "utf-8")

    def begins_with(self, *starts: str) -> bool:
        """Whether the text begins so, white space and a byte order mark aside; in any case."""
        return (self.text or "")[:_START].lstrip(" \t\r\n\ufeff").lower().startswith(starts)

    def _decoded(self, *charsets: str) -> str | None:
        for charset in filter(None, charsets):
            try:
                return self.raw.decode(charset)
            except (UnicodeError, LookupError):
                continue
        return None


def body_of(response: Response) -> Body:
    type_ = media_type(response)
    if response.status in (204, 304) or not response.body:
        return Body(type_, b"", _EMPTY)
    try:
        raw = decoded_body(response)
    except UndecodableError as error:
        return Body(type_, b"", Broken(str(error), unfinished=error.too_large))
    return Body(type_, raw, None if raw else _EMPTY)
