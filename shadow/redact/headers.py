"""Secrets in headers: whole values, the credentials behind a scheme, cookie by cookie, or inside any other value."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable

from shadow.exchange import Headers
from shadow.redact.marks import MARK, Marker
from shadow.redact.names import CHALLENGE_HEADERS, COOKIE_HEADERS, SCHEME_HEADERS, URL_HEADERS
from shadow.redact.sensitive import Sensitive

__all__ = ["HeaderRedactor"]

_ATTRIBUTES = frozenset(
    {"path", "domain", "expires", "max-age", "samesite", "secure", "httponly", "partitioned", "priority", "version"}
)
"""Of a cookie (RFC 6265bis §4.1.2), which are kept."""
_CODE = re.compile(r"([?&#;](?:code|ticket|state|session_state)=)(?!\[redacted )([^\s&#\"'<>;,]{8,})", re.IGNORECASE)
"""What a login hands on in a redirect (RFC 6749 §4.1.2; CAS)."""
_TOKEN68 = re.compile(r"((?:\A|,)\s*(?:negotiate|ntlm|kerberos|nego2)\s+)([\w~+/.-]+=*)", re.IGNORECASE | re.ASCII)
"""A server's answer in a handshake (RFC 4559 §4.1)."""
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
"""What no value may hold (RFC 9110 §5.5), and some servers send: nobody knows what such bytes are."""
_WITHIN = dict.fromkeys(URL_HEADERS, _CODE) | dict.fromkeys(CHALLENGE_HEADERS, _TOKEN68)
"""What is secret in a header besides what is everywhere; group 2."""


class HeaderRedactor:
    """``redact_text``: what values go through that are not secret by their header's name."""

    def __init__(self, sensitive: Sensitive, marker: Marker, redact_text: Callable[[str], str]) -> None:
        self._sensitive = sensitive
        self._marker = marker
        self._text = redact_text
        self._done: dict[tuple[str, str], str] = {}

    def headers(self, headers: Headers) -> Headers:
        """Both sides are mostly sent the same, so what has been done is remembered: not for more than one pair."""
        for name, value in headers:
            if (name, value) not in self._done:
                self._done[name, value] = self.value(name, value)
        return [(name, self._done[name, value]) for name, value in headers]

    def value(self, name: str, value: str) -> str:
        name = name.strip().lower()
        if name in SCHEME_HEADERS:
            return self._credentials(value)
        if name in COOKIE_HEADERS:
            first, *others = value.split(";")
            return ";".join([self._cookie(first), *map(self._cookie if name == "cookie" else self._attribute, others)])
        if self._sensitive.header(name) or _CONTROL.search(value):
            return self._marker.mark("string", value) if value else value
        if name in _WITHIN:
            value = _WITHIN[name].sub(lambda found: found[1] + self._marker.mark("string", found[2]), value)
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
        if scheme.lower() == "basic":
            self._marker.spelled(_password(credentials))
        return f"{scheme} {self._marker.mark('string', credentials.strip())}"

    def _cookie(self, pair: str) -> str:
        name, equals, value = pair.partition("=")
        if not equals:
            return self._marker.mark("string", pair) if pair.strip() else pair
        return f"{name}={self._marker.mark('string', value.strip())}" if value.strip() else pair

    def _attribute(self, text: str) -> str:
        """What nobody knows as an attribute may be the rest of a value that has a semicolon in it."""
        known = text.partition("=")[0].strip().lower() in _ATTRIBUTES or not text.strip()
        return self._text(text) if known else f" {self._marker.mark('string', text.strip())}"


def _password(credentials: str) -> str:
    """Of Basic credentials (RFC 7617 §2); "" where they are none."""
    try:
        return base64.b64decode(credentials, validate=True).decode("utf-8", "replace").partition(":")[2]
    except (binascii.Error, ValueError):
        return ""
