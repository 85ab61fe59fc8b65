"""Whose request it is: what makes one session's requests one session's.

Here, on the ground floor, because two processes must agree on it: the proxy, which gives each session to one worker,
and the worker, which keeps the session's requests in order.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import orjson

from shadow.exchange import Headers, header, header_values

__all__ = ["TELLING", "identity", "is_session_cookie"]

TELLING = frozenset({"authorization", "cookie"})
"""The headers that tell, in lower case; `identity` looks at no other."""

_SESSION_COOKIE = re.compile(r"sess|sid$|token|jwt|^auth|auth$|identity|remember")
_NO_SESSION_COOKIE = re.compile(r"csrf|xsrf")
"""These come and go with pages, not with people."""
_SEPARATORS = re.compile(r"[-_. ]")
_LONG = 64
"""Characters in a cookie's name that is not remembered."""


def identity(headers: Headers) -> str:
    """Who is asking, with the secret by which that is known: never to be written down. "" for an anonymous request.

    ``sub:…``, the JWT's subject (RFC 7519 §4.1.2), where the bearer token is a JWT, for tokens are renewed and people
    stay; else ``auth:…``, Authorization as it is; else ``cookie:…``, the session cookies. Never raises.
    """
    authorization = header(headers, "authorization").strip()
    if authorization:
        scheme, _, token = authorization.partition(" ")
        subject = _subject(token.strip()) if scheme.lower() == "bearer" else ""
        return f"sub:{subject}" if subject else f"auth:{authorization}"
    cookies = sorted({pair for pair in _cookies(headers) if is_session_cookie(pair[0])})
    return "cookie:" + "; ".join(f"{name}={value}" for name, value in cookies) if cookies else ""


def is_session_cookie(name: str) -> bool:
    """Whether the cookie tells who is asking, as against a preference, an experiment or an analytics id."""
    return _remembered(name) if len(name) <= _LONG else _is_session_cookie(name)


def _is_session_cookie(name: str) -> bool:
    plain = _SEPARATORS.sub("", name.lower())
    return _SESSION_COOKIE.search(plain) is not None and _NO_SESSION_COOKIE.search(plain) is None


_remembered = lru_cache(maxsize=1024)(_is_session_cookie)


def _subject(token: str) -> str:
    """The token's ``sub``; "" where it is not a JWT, or has none. The signature is the sides' business."""
    parts = token.split(".")
    if len(parts) != 3 or _json(parts[0]) is None:
        return ""
    subject = (_json(parts[1]) or {}).get("sub")
    return str(subject) if isinstance(subject, str | int) and not isinstance(subject, bool) else ""


def _json(part: str) -> dict[str, Any] | None:
    try:
        decoded = orjson.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        return None
    return decoded if isinstance(decoded, dict) else None


def _cookies(headers: Headers) -> Iterator[tuple[str, str]]:
    for line in header_values(headers, "cookie"):
        for pair in line.split(";"):
            name, _, value = pair.strip().partition("=")
            if value:
                yield name, value
