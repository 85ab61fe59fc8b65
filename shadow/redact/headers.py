"""Secrets in headers: whole values, the credentials behind a scheme, cookie by cookie, or inside any other value."""

from __future__ import annotations

from collections.abc import Callable

from shadow.exchange import Headers
from shadow.redact.marks import MARK, Marker
from shadow.redact.names import COOKIE_HEADERS, SCHEME_HEADERS, is_secret_header

__all__ = ["HeaderRedactor"]


class HeaderRedactor:
    """``names``: further secret headers, in lower case; ``redact_text``: what other values go through."""

    def __init__(self, names: frozenset[str], marker: Marker, redact_text: Callable[[str], str]) -> None:
        self._names = names
        self._marker = marker
        self._text = redact_text

    def headers(self, headers: Headers) -> Headers:
        return [(name, self.value(name, value)) for name, value in headers]

    def value(self, name: str, value: str) -> str:
        name = name.strip().lower()
        if name in SCHEME_HEADERS:
            return self._credentials(value)
        if name in COOKIE_HEADERS:
            first_only = name != "cookie"  # the rest are attributes
            first, *others = value.split(";")
            return ";".join([self._cookie(first), *(map(self._text if first_only else self._cookie, others))])
        if is_secret_header(name) or name in self._names:
            return self._marker.mark("string", value) if value else value
        return self._text(value)

    def shown(self, name: str, value: str) -> str:
        """The value as a difference shows it: of Set-Cookie just name and attributes, without a value to hide."""
        if name in COOKIE_HEADERS and "=" not in value.partition(";")[0]:
            return self._text(value)
        return self.value(name, value)

    def _credentials(self, value: str) -> str:
        scheme, space, credentials = value.strip().partition(" ")
        if not space:
            return self._marker.mark("string", value) if value else value
        if MARK.fullmatch(value.strip()):
            return value
        return f"{scheme} {self._marker.mark('string', credentials.strip())}"

    def _cookie(self, pair: str) -> str:
        name, equals, value = pair.partition("=")
        if not equals:
            return self._marker.mark("string", pair) if pair.strip() else pair
        return f"{name}={self._marker.mark('string', value.strip())}" if value.strip() else pair
