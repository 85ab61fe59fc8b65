"""A redacted exchange as an entry of a recording that others may read: no credentials, and nobody's address."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from urllib.parse import unquote_to_bytes

from shadow.exchange import Exchange, Headers, Request, Response
from shadow.mirror.policy import MIRROR_HEADER
from shadow.recordings.entry import Part, Recorded
from shadow.redact.marks import MARK
from shadow.redact.names import COOKIE_HEADERS, SCHEME_HEADERS
from shadow.routes.octets import octets
from shadow.routes.sides import Origin

__all__ = ["entry_of", "is_writable"]

_ADDRESSES = frozenset(
    {
        *("forwarded", "x-forwarded-for", "x-original-forwarded-for", "x-real-ip", "x-client-ip", "client-ip"),
        *("x-cluster-client-ip", "true-client-ip", "cf-connecting-ip", "cf-connecting-ipv6", "fastly-client-ip"),
        *("fly-client-ip", "x-envoy-external-address", "x-azure-clientip", "x-appengine-user-ip"),
    }
)
"""What gateways tell a server of where its client is."""
_OF_THE_ROAD = frozenset({MIRROR_HEADER.lower(), "transfer-encoding"})
"""Said by a harness, and of a form in which the body is not written down."""
_LEFT_OUT = SCHEME_HEADERS | COOKIE_HEADERS | _ADDRESSES | _OF_THE_ROAD
"""Of a request, besides whatever a mark stands in: replay has credentials of its own."""
_UNWRITABLE = re.compile(r"[\x00-\x20\x7f]")
_QUOTINGS = 3
"""How often a mark is quoted at most: a form in a link in a query."""


def entry_of(redacted: Exchange, origin: Origin, client: str, configured: AbstractSet[str] = frozenset()) -> Recorded:
    """``redacted`` as the `Redactor` gives it; ``origin`` is that of its side, ``client`` a name that tells nothing.

    ``configured`` are headers, in lower case, that shadow.toml may have given the request.
    """
    request = redacted.request
    response = redacted.response if isinstance(redacted.response, Response) else None
    parts: dict[Part, bytes] = {
        "target": octets(request.target),
        "body": request.body,
        "response": response.body if response else b"",
    }
    left_out = _LEFT_OUT | configured
    headers = [
        (name, value)
        for name, value in request.headers
        if name.strip().lower() not in left_out and MARK.search(value) is None
    ]
    return Recorded(
        where="",
        request=Request(request.method, request.target, headers, request.body),
        scheme=origin.scheme,
        host=origin.host,
        port=origin.port,
        response=None if response is None else Response(response.status, _answered(response.headers), response.body),
        started=redacted.started,
        duration=redacted.duration,
        client=client,
        redacted=frozenset(part for part, data in parts.items() if _holds_mark(data)),
    )


def is_writable(request: Request) -> bool:
    """Whether its target can stand in a URL: no client sends others but by mistake, or to see what happens."""
    return _UNWRITABLE.search(request.target) is None


def _answered(headers: Headers) -> Headers:
    return [(name, value) for name, value in headers if name.strip().lower() not in _OF_THE_ROAD]


def _holds_mark(data: bytes) -> bool:
    """Whether a mark stands in it, also quoted, and in a charset of two or four bytes."""
    if b"redacted" not in data and b"r\0" not in data:
        return False
    for _ in range(_QUOTINGS + 1):
        if MARK.search(data.replace(b"\0", b"").decode("latin-1")):
            return True
        if b"%" not in data:
            break
        data = unquote_to_bytes(data)
    return False
