"""What may be mirrored: a pure decision, request by request."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from hashlib import blake2b

from shadow.config import RouteSettings
from shadow.exchange import Headers, Request, header

__all__ = [
    "MIRROR_HEADER",
    "SAFE_METHODS",
    "RateLimit",
    "effective_method",
    "is_mirrored",
    "sampled",
    "skip_reason",
]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""RFC 9110 §9.2.1, less TRACE, which is never mirrored."""
MIRROR_HEADER = "X-Shadow-Mirror"
_OVERRIDES = ("x-http-method-override", "x-http-method", "x-method-override")


def is_mirrored(headers: Headers) -> bool:
    """Whether the request is a mirrored one that has come back: it is never mirrored again."""
    return bool(header(headers, MIRROR_HEADER))


def effective_method(request: Request) -> str:
    """The method to judge a request by: `X-HTTP-Method-Override` can make it unsafe, but never safe, because an
    application that does not know the header acts on the request line."""
    for name in _OVERRIDES:
        override = header(request.headers, name).strip().upper()
        if override and override not in SAFE_METHODS:
            return override
    return request.method.upper()


def skip_reason(request: Request, settings: RouteSettings, methods: list[str], *, known: bool) -> str:
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
