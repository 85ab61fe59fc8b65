"""Media types (RFC 9110 §8.3.1): what a body says it is."""

from __future__ import annotations

import codecs

import msgspec

from shadow.exchange import Response, header

__all__ = ["MediaType", "media_type"]

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


class MediaType(msgspec.Struct, frozen=True):
    """A Content-Type, read; names in lower case, and "" for none."""

    name: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    """Sorted by name; `charset`'s value in lower case."""

    @property
    def is_json(self) -> bool:
        """`application/json`, `text/json` and every `+json` (RFC 6839 §3.1)."""
        return self.name in ("application/json", "text/json") or self.name.endswith("+json")

    @property
    def is_text(self) -> bool:
        return self.name.startswith("text/") or self.name in _TEXT or self.name.endswith(("+xml", "+yaml"))

    @property
    def charset(self) -> str:
        """The declared charset where Python knows it, else ""."""
        try:
            name = codecs.lookup(dict(self.parameters).get("charset", "")).name
        except (LookupError, ValueError):
            return ""
        # Python's codecs also read escapes, ciphers and domain names, which no charset does.
        return name if name.startswith(_CHARSETS) else ""


def media_type(response: Response) -> MediaType:
    """The response's media type; of several Content-Type headers, the first."""
    name, *parameters = header(response.headers, "content-type").split(";")
    read: dict[str, str] = {}
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        key, value = key.strip().lower(), value.strip().strip('"')
        if key:
            read.setdefault(key, value.lower() if key == "charset" else value)
    return MediaType(name.strip().lower(), tuple(sorted(read.items())))
