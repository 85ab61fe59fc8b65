"""What may be mirrored: a pure decision, request by request."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Collection, Iterator
from hashlib import blake2b

from shadow.config import RouteSettings
from shadow.exchange import Headers, Request, header

__all__ = [
    "MIRROR_HEADER",
    "SAFE_METHODS",
    "RateLimit",
    "effective_method",
    "is_mirrored",
    "overriding_methods",
    "sampled",
    "skip_reason",
]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""RFC 9110 §9.2.1, less TRACE, which is never mirrored."""
MIRROR_HEADER = "X-Shadow-Mirror"
_OVERRIDES = frozenset({"x-http-method-override", "x-http-method", "x-method-override"})
_LENGTHS = frozenset(map(len, _OVERRIDES))
_PARAMETER = r"(?:_|%5[Ff])method=([A-Za-z]+)"
_IN_QUERY = re.compile(rf"[?&;]{_PARAMETER}")
_IN_BODY = {
    "x-www-form-urlencoded": re.compile(rf"(?:^|[&;]){_PARAMETER}".encode()),
    "multipart/form-data": re.compile(rb"""name=["']?_method["']?\r?\n(?:[^\r\n]+\r?\n){0,4}\r?\n\s*([A-Za-z]+)"""),
}
"""Part of the media type → where the method stands."""


def is_mirrored(headers: Headers) -> bool:
    """Whether the request is a mirrored one that has come back: it is never mirrored again."""
    return bool(header(headers, MIRROR_HEADER))


def effective_method(request: Request) -> str:
    """The method to judge a request by: what overrides the request line can make it unsafe, but never safe, because
    an application that does not know the override acts on the request line.

    Overrides are `X-HTTP-Method-Override`, `X-HTTP-Method` and `X-Method-Override`, and `_method` in the query or in
    the form that a POST brings (Rack's MethodOverride, Symfony, Laravel, Express' method-override).
    """
    return next(iter(overriding_methods(request)), request.method.upper())


def overriding_methods(request: Request) -> list[str]:
    """The unsafe methods, other than that of the request line, that an application may take the request for."""
    method = request.method.upper()
    return [named for named in _overrides(request, method) if named not in SAFE_METHODS and named != method]


def _overrides(request: Request, method: str) -> Iterator[str]:
    for name, value in request.headers:
        # Through CGI and WSGI, an underscore in a header's name comes out as a hyphen does.
        if len(name) in _LENGTHS and name.lower().replace("_", "-") in _OVERRIDES and (named := value.strip()):
            yield named.upper()
    if "method=" in request.target:
        yield from map(str.upper, _IN_QUERY.findall(request.target))
    if method == "POST" and b"method" in request.body:
        content_type = header(request.headers, "content-type").lower()
        for kind, pattern in _IN_BODY.items():
            if kind in content_type:
                yield from (named.decode().upper() for named in pattern.findall(request.body))


def skip_reason(request: Request, settings: RouteSettings, methods: Collection[str], *, known: bool) -> str:
    """Why this request must not be mirrored, as a skip reason; "" where it may be.

    ``known`` says that the route may be mirrored at all (with an inventory, only its routes are).
    """
    if is_mirrored(request.headers) or not settings.mirror or not known:
        return "excluded"
    method = effective_method(request)
    if method in SAFE_METHODS:
        return "" if method in methods else "excluded"
    if method in {"TRACE", "CONNECT"}:
        return "excluded"
    return "write" if settings.writes == "never" else ""


def sampled(session: str, share: float) -> bool:
    """Whether a session belongs to the sample: by a stable hash, so a session is mirrored as a whole or not at all."""
    if share >= 1.0:
        return True
    hashed = int.from_bytes(blake2b(session.encode("utf-8", "surrogateescape"), digest_size=8).digest(), "big")
    return hashed < share * 2**64


class RateLimit:
    """A token bucket of one second's worth of requests; ``rate`` in requests per second, 0 for no limit."""

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._tokens = max(1.0, rate)
        self._filled_at = clock()

    def take(self) -> bool:
        """Take one request's worth; False where none is left."""
        if not self._rate:
            return True
        now = self._clock()
        self._tokens = min(max(1.0, self._rate), self._tokens + (now - self._filled_at) * self._rate)
        self._filled_at = now
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True

    async def wait(self) -> None:
        """Take one request's worth as soon as there is one."""
        while not self.take():  # noqa: ASYNC110 - only time refills the bucket
            await asyncio.sleep(1.0 / self._rate)
