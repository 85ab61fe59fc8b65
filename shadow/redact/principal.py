"""Who is asking: what makes one session's requests one session's, without writing down who it is."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import orjson

from shadow.exchange import Headers, header, header_values
from shadow.redact.marks import Marker
from shadow.redact.names import is_session_cookie

__all__ = ["principal"]


def principal(headers: Headers, marker: Marker) -> str:
    """Keyed digest of the JWT's ``sub`` (RFC 7519 §4.1.2) where the bearer token is a JWT, for tokens are renewed and
    people stay; else of Authorization; else of the session cookies; "" for an anonymous request. Never raises.
    """
    authorization = header(headers, "authorization").strip()
    if authorization:
        scheme, _, token = authorization.partition(" ")
        subject = _subject(token.strip()) if scheme.lower() == "bearer" else ""
        return _digest(marker, "sub", subject) if subject else _digest(marker, "auth", authorization)
    cookies = sorted({pair for pair in _cookies(headers) if is_session_cookie(pair[0])})
    return _digest(marker, "cookie", "; ".join(f"{name}={value}" for name, value in cookies)) if cookies else ""


def _digest(marker: Marker, kind: str, text: str) -> str:
    return f"{kind}:{marker.digest(f'{kind}:{text}'.encode('utf-8', 'surrogatepass')).hex()}"


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
