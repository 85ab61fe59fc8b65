"""Recognises what a gateway says for itself: its own errors, and the marks that it leaves on what it forwards.

Messages are those of Kong's sources (`kong/error_handlers`, `kong/runloop`, the rate-limiting plugin) and of AWS's
"Gateway response types in API Gateway" and "HTTP API" documents.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from shadow.compare.bodies.codings import UndecodableError, decoded_body
from shadow.exchange import Headers, Response, header_values

__all__ = ["gateway_error", "same_backend"]


class _Error(NamedTuple):
    gateway: str
    statuses: frozenset[int]
    message: str
    """The beginning of the message, in lower case."""
    mark: tuple[str, ...] = ()
    """Headers of which one must be there, where an application might well say the same."""


_REST = ("x-amzn-errortype",)
"""A REST API sets it on its own errors only."""
_HTTP = ("apigw-requestid",)
_AWS = (*_REST, *_HTTP, "x-amz-apigw-id")

_ERRORS = (
    _Error("Kong", frozenset({404}), "no route matched with those values"),
    _Error("Kong", frozenset({500, 502, 503}), "an invalid response was received from the upstream server"),
    _Error("Kong", frozenset({504}), "the upstream server is timing out"),
    _Error("Kong", frozenset({503}), "failure to get a peer from the ring-balancer"),
    _Error("Kong", frozenset({503}), "name resolution failed"),
    _Error("Kong", frozenset({500, 502}), "an unexpected error occurred", ("x-kong-request-id", "server")),
    _Error("Kong", frozenset({429}), "api rate limit exceeded"),
    _Error("Kong", frozenset({413}), "request size limit exceeded"),
    _Error("Kong", frozenset({401}), "no api key found in request"),
    _Error("API Gateway", frozenset({403}), "missing authentication token"),
    _Error("API Gateway", frozenset({504}), "endpoint request timed out"),
    _Error("API Gateway", frozenset({403}), "user is not authorized to access this resource", _AWS),
    _Error("API Gateway", frozenset({413}), "request too long", _AWS),
    _Error("API Gateway", frozenset({413}), "request entity too large", _AWS),
    _Error("API Gateway", frozenset({429}), "too many requests", _AWS),
    _Error("API Gateway", frozenset({429}), "limit exceeded", _AWS),
    _Error("API Gateway", frozenset({500, 502}), "internal server error", _AWS),
    _Error("API Gateway", frozenset({503}), "service unavailable", _AWS),
    _Error("API Gateway", frozenset({404}), "not found", _HTTP),
    _Error("API Gateway", frozenset({401}), "unauthorized", _AWS),
    _Error("API Gateway", frozenset({403}), "forbidden", _AWS),
)
_LONGEST = 2000
"""Bytes; gateways are brief."""
_OWN_MEMBERS = {"message", "Message", "request_id"}
"""Members of a gateway's error body; an application's usually has more."""


def gateway_error(response: Response) -> str | None:
    """Which gateway made this error and what it says (`Kong: no Route matched …`), or None if it can't be told."""
    if response.status < 400:
        return None
    message = _message(response)
    for error in _ERRORS:
        if response.status in error.statuses and message.lower().startswith(error.message):
            names = {name.lower() for name, _ in response.headers}
            # A short message that others may say too must be the whole of it.
            if not error.mark or (names & set(error.mark) and message.lower().rstrip(".") == error.message):
                return f"{error.gateway}: {message}"
    return None


def same_backend(legacy: Response, candidate: Response) -> bool:  # noqa: ARG001 - what is asked is about a pair
    """Whether the candidate's response came from the legacy side: Kong's marks are on it.

    The candidate is reached without Kong, so a response with Kong's headers fell through to legacy (a catch-all
    route, an alias, a wrong base URL), and two alike answers of one backend prove nothing.
    """
    return _passed_kong(candidate.headers)


def _passed_kong(headers: Headers) -> bool:
    if any(name.lower().startswith(("x-kong-", "kong-")) for name, _ in headers):
        return True
    # `Server: kong/3.4.0` where Kong itself answers; `Via: kong/3.4.0`, since 3.8 `Via: 1.1 kong/3.8.0`.
    return any(
        part.strip().lower().removeprefix("1.1 ").removeprefix("2 ").startswith("kong")
        for name in ("via", "server")
        for value in header_values(headers, name)
        for part in value.split(",")
    )


def _message(response: Response) -> str:
    """What a brief error body says: the `message` of an object that has little else, or a plain text; else ""."""
    try:
        text = decoded_body(response)[:_LONGEST].decode("utf-8", "replace").strip()
    except UndecodableError:
        return ""
    if not text.startswith("{"):
        return text
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    message = body.get("message", body.get("Message")) if set(body) <= _OWN_MEMBERS else ""
    return message if isinstance(message, str) else ""
