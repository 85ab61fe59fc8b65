"""Media types (RFC 9110 §8.3.1): what a body says it is."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from shadow.compare.headers.grammar import parameters
from shadow.exchange import Response, header

__all__ = ["LONGEST", "MediaType", "Structure", "known_charset", "media_type"]

Structure = Literal["json", "lines", "sequence", "form", "multipart", "xml", "html"]
"""The kinds of bodies that become documents."""

_STRUCTURES: dict[str, Structure] = {
    "application/json": "json",
    "text/json": "json",
    "application/ndjson": "lines",
    "application/x-ndjson": "lines",
    "application/jsonl": "lines",
    "application/x-jsonl": "lines",
    "application/jsonlines": "lines",
    "application/x-jsonlines": "lines",
    "application/json-lines": "lines",
    "application/json-seq": "sequence",
    "application/x-www-form-urlencoded": "form",
    "application/xml": "xml",
    "text/xml": "xml",
    "text/html": "html",
}
_SUFFIXES: tuple[tuple[str, Structure], ...] = (("+json", "json"), ("+json-seq", "sequence"), ("+xml", "xml"))
"""RFC 6839 §3.1, RFC 8091, RFC 7303 §4.2."""
_TEXT = {
    "application/xml",
    "application/javascript",
    "application/ecmascript",
    "application/x-www-form-urlencoded",
    "application/graphql",
    "application/yaml",
    "application/x-ndjson",
    "image/svg+xml",
}
_CHARSETS = ("utf-8", "utf-16", "utf-32", "ascii", "iso8859", "cp", "shift_jis", "euc_", "gb", "big5", "koi8")
"""How Python's names of charsets that are used on the web begin."""

LONGEST = 64 * 1024
"""Characters of a media type that is read."""


@dataclass(frozen=True)
class MediaType:
    """A Content-Type, read; names in lower case, and "" for none."""

    name: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    """Sorted by name; `charset`'s value in lower case."""

    @property
    def is_json(self) -> bool:
        """`application/json`, `text/json` and every `+json` (RFC 6839 §3.1)."""
        return self.structure == "json"

    @cached_property
    def structure(self) -> Structure | Literal[""]:
        """What kind of document the body claims to be, or "" for none that has parts to be compared."""
        if self.name.startswith("multipart/"):
            return "multipart"
        if self.name in _STRUCTURES:
            return _STRUCTURES[self.name]
        return next((structure for suffix, structure in _SUFFIXES if self.name.endswith(suffix)), "")

    @property
    def is_text(self) -> bool:
        return self.name.startswith("text/") or self.name in _TEXT or self.name.endswith(("+xml", "+yaml"))

    @cached_property
    def charset(self) -> str:
        """The declared charset where Python knows it, else ""."""
        return known_charset(dict(self.parameters).get("charset", ""))

    @property
    def written(self) -> str:
        """The type in one spelling, without the boundary, which is random."""
        return "; ".join((self.name, *(f"{key}={value}" for key, value in self.parameters if key != "boundary")))


@lru_cache(maxsize=1024)
def known_charset(name: str) -> str:
    """Python's name for a charset of the web, or ""."""
    try:
        known = codecs.lookup(name).name
    except (LookupError, ValueError):
        return ""
    # Python's codecs also read escapes, ciphers and domain names, which no charset does.
    return known if known.startswith(_CHARSETS) else ""


def media_type(response: Response) -> MediaType:
    """The response's media type; of several Content-Type headers, the first. One that is too long says nothing."""
    value = header(response.headers, "content-type")
    return _remembered(value) if len(value) <= _LONGEST_REMEMBERED else _read(value)


def _read(value: str) -> MediaType:
    name, pairs = parameters(value if len(value) <= LONGEST else "")
    read: dict[str, str] = {}
    for key, argument in pairs:
        if key:
            bare = argument.strip('"')  # also of a quote that is not closed
            read.setdefault(key, bare.lower() if key == "charset" else bare)
    return MediaType(name.lower(), tuple(sorted(read.items())))


_LONGEST_REMEMBERED = 200
"""Characters of a Content-Type that is remembered: an API has few."""
_remembered = lru_cache(maxsize=1024)(_read)
