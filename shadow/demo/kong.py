"""A Kong-like front: strips the prefix, checks the token, and adds the headers that Kong adds.

Headers and messages are those of Kong Gateway 3.8 (`headers` in its configuration reference; the rate-limiting and
JWT plugins' pages; `kong/error_handlers.lua` and `kong/runloop/handler.lua` in its source).
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Collection

from shadow.demo.server import Application
from shadow.demo.templates import find
from shadow.demo.tokens import subject
from shadow.exchange import Headers, Request, Response

__all__ = ["PREFIX", "kong"]

PREFIX = "/kong"
VERSION = "kong/3.8.0"
LIMIT_PER_MINUTE = 60_000


def kong(upstream: Application, routes: Collection[str], public: Collection[str]) -> Application:
    """The upstream behind Kong: ``routes`` are let through, and need a token unless they are ``public``."""

    def answer(request: Request) -> Response:
        request_id = uuid.uuid4().hex
        path, question, query = request.target.partition("?")
        # HEAD follows GET: the service behind answers both.
        method = "GET" if request.method == "HEAD" else request.method
        found = find(routes, method, path.removeprefix(PREFIX)) if path.startswith(f"{PREFIX}/") else None
        if found is None:
            return _refusal(404, "no Route matched with those values", request_id)
        if found[0] not in public and subject(request.headers) is None:
            return _refusal(401, "Unauthorized", request_id, [("WWW-Authenticate", "Bearer")])
        started = time.monotonic()
        target = path.removeprefix(PREFIX) + question + query
        try:
            response = upstream(Request(request.method, target, request.headers, request.body))
        except Exception:  # noqa: BLE001 - whatever goes wrong behind it, Kong says this
            return _refusal(502, "An invalid response was received from the upstream server", request_id)
        taken = int((time.monotonic() - started) * 1000)
        return Response(response.status, [*response.headers, *_headers(request_id, taken)], response.body)

    return answer


def _headers(request_id: str, upstream_ms: int) -> Headers:
    remaining = LIMIT_PER_MINUTE - int(time.time() * 7) % 1000
    return [
        ("X-RateLimit-Limit-Minute", str(LIMIT_PER_MINUTE)),
        ("X-RateLimit-Remaining-Minute", str(remaining)),
        ("RateLimit-Limit", str(LIMIT_PER_MINUTE)),
        ("RateLimit-Remaining", str(remaining)),
        ("RateLimit-Reset", str(60 - int(time.time()) % 60)),
        ("X-Kong-Upstream-Latency", str(upstream_ms)),
        ("X-Kong-Proxy-Latency", "1"),
        ("Via", f"1.1 {VERSION}"),
        ("X-Kong-Request-Id", request_id),
    ]


def _refusal(status: int, message: str, request_id: str, headers: Headers | None = None) -> Response:
    said = {"message": message, "request_id": request_id}
    return Response(
        status,
        [
            ("Content-Type", "application/json; charset=utf-8"),
            *(headers or []),
            ("X-Kong-Response-Latency", "0"),
            ("Server", VERSION),
            ("X-Kong-Request-Id", request_id),
        ],
        json.dumps(said).encode(),
    )
