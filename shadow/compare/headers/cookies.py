"""What a Set-Cookie header says besides the cookie's value (RFC 6265 §5.2 and §5.3, RFC 6265bis §4.1.3)."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from shadow.compare.base_urls import BaseUrls
from shadow.compare.dates import Instant, http_date
from shadow.compare.headers.grammar import OWS, lower
from shadow.compare.headers.lines import Lines
from shadow.compare.headers.meaning import Seconds
from shadow.exchange import Side

__all__ = ["DELETED", "SESSION", "Cookie", "cookies"]

DELETED = "deleted"
SESSION = "session"
"""Kept until the browser is closed."""

_FLAGS = {"secure", "httponly", "partitioned"}
"""Attributes whose value has no meaning."""
_LONG_AGO = 10**9
"""Seconds since 1970, in 2001: a cookie that expired before then is deleted, whatever the response's Date."""
_MOST_DIGITS = 15


class Cookie(msgspec.Struct, frozen=True):
    """A cookie without its value, which is a secret or changes anyway."""

    name: str
    attributes: dict[str, str]
    """Names in lower case, without those that make the lifetime. `path` and `domain` are relative to the side."""
    lifetime: Seconds | str
    """Seconds from now, `SESSION`, `DELETED`, or the Expires that can't be counted from anything."""
    empty: bool
    """Whether the value is. A browser keeps such a cookie, but an application often means that there is none."""
    refused: str
    """Why browsers don't take it; "" where they do."""

    @property
    def identity(self) -> tuple[str, str, str]:
        """What makes it the same cookie for a browser (RFC 6265 §5.3, step 11)."""
        return self.name, self.attributes.get("domain", ""), self.attributes.get("path", "")


def cookies(lines: Lines, side: Side, urls: BaseUrls, host: str) -> Iterator[Cookie]:
    """The cookies that a response sets, in order. ``host`` is the side's own, "" where not known."""
    for line in lines.all("set-cookie"):
        pair, *rest = line.split(";")
        name, equals, value = pair.partition("=")
        # RFC 6265bis §5.6: without a name, all of it is the value.
        name, value = (name.strip(OWS), value) if equals else ("", name)
        said: dict[str, str] = {}
        for part in rest:
            key, _, argument = part.partition("=")
            key = lower(key.strip(OWS))
            if key:
                said[key] = "" if key in _FLAGS else argument.strip(OWS)
        lifetime = _lifetime(said.pop("max-age", ""), said.pop("expires", ""), lines.date)
        empty = lifetime != DELETED and not value.strip(OWS).strip('"')
        yield Cookie(name, _relative(said, side, urls, host), lifetime, empty, _refused(lower(name), said))


def _lifetime(max_age: str, expires: str, now: Instant | None) -> Seconds | str:
    """Max-Age counts before Expires (RFC 6265 §5.3, step 3); one that is no number counts for nothing (§5.2.2)."""
    digits = max_age.removeprefix("-")
    if digits.isascii() and digits.isdigit():
        if max_age.startswith("-") or not digits.strip("0"):
            return DELETED
        return Seconds(int(digits), exact=True) if len(digits) <= _MOST_DIGITS else f"{digits} s"
    if not expires:
        return SESSION
    end = http_date(expires)
    if end is None:
        return expires
    if end.seconds < _LONG_AGO:
        return DELETED
    if now is None:
        return "until a date"
    left = int(end.seconds - now.seconds)
    return Seconds(left, exact=False) if left > 0 else DELETED


def _relative(said: dict[str, str], side: Side, urls: BaseUrls, host: str) -> dict[str, str]:
    """The attributes as both sides may be compared by them; what browsers ignore is left out."""
    attributes = dict(said)
    if "samesite" in said:
        attributes["samesite"] = lower(said["samesite"])
    if domain := lower(said.get("domain", "")).removeprefix("."):
        attributes["domain"] = "the side's own host" if domain == host else domain
    else:
        attributes.pop("domain", None)
    if said.get("path", "").startswith("/"):
        attributes["path"] = urls.relative(side, said["path"])
    else:
        attributes.pop("path", None)
    return attributes


def _refused(name: str, said: dict[str, str]) -> str:
    secure = "secure" in said
    if name.startswith("__host-") and not (secure and said.get("path") == "/" and not said.get("domain")):
        return "__Host- needs Secure, Path=/ and no Domain"
    if not secure:
        if name.startswith("__secure-"):
            return "__Secure- needs Secure"
        if lower(said.get("samesite", "")) == "none":
            return "SameSite=None needs Secure"
        if "partitioned" in said:
            return "Partitioned needs Secure"
    return ""
