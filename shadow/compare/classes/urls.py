"""What may have become of a URL. Cut by RFC 3986's appendix B, which fits any text and takes linear time."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import NamedTuple

__all__ = ["another_host", "another_scheme", "query_order", "relative", "trailing_slash"]


class _Url(NamedTuple):
    scheme: str
    host: str
    path: str
    query: str
    fragment: str


_URL = re.compile(r"(?:([a-z][a-z0-9+.-]{0,30}):)?(?://([^/?#\s]*))?([^?#\s]*)(\?[^#\s]*)?(#\S*)?", re.IGNORECASE)
_LONGEST = 8000


def _urls(test: Callable[[_Url, _Url], bool]) -> Callable[[str, str], bool]:
    """A test of two URLs, for texts: false where either is none (absolute, or an absolute path)."""

    @wraps(test)
    def holds(a: str, b: str) -> bool:
        one, other = _cut(a), _cut(b)
        return one is not None and other is not None and test(one, other)

    return holds


def _cut(text: str) -> _Url | None:
    if len(text) > _LONGEST or not ("://" in text or text.startswith("/")):
        return None
    found = _URL.fullmatch(text)
    if found is None:
        return None
    scheme, host, path, query, fragment = (part or "" for part in found.groups())
    return _Url(scheme.lower(), host.lower(), path, query, fragment)


@_urls
def another_host(one: _Url, other: _Url) -> bool:
    return "" not in (one.host, other.host) and one == other._replace(host=one.host)


@_urls
def another_scheme(one: _Url, other: _Url) -> bool:
    return one.host != "" and one == other._replace(scheme=one.scheme)


@_urls
def trailing_slash(one: _Url, other: _Url) -> bool:
    return one._replace(path=one.path.removesuffix("/")) == other._replace(path=other.path.removesuffix("/"))


@_urls
def query_order(one: _Url, other: _Url) -> bool:
    """The same parameters in another order."""
    if one._replace(query="") != other._replace(query=""):
        return False
    return sorted(one.query[1:].split("&")) == sorted(other.query[1:].split("&"))


@_urls
def relative(one: _Url, other: _Url) -> bool:
    """One with scheme and host, the other from the path on."""
    return (one.host == "") != (other.host == "") and one[2:] == other[2:]
