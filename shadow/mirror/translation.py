"""A client's request as it is sent to a side: the same bytes, but for what must differ between the sides."""

from __future__ import annotations

import uuid
from urllib.parse import urlsplit

from shadow.config import RouteSettings
from shadow.config.settings import Settings, SideSettings
from shadow.exchange import Headers, Request, Side, header
from shadow.mirror.policy import MIRROR_HEADER, SAFE_METHODS, effective_method
from shadow.routes.sides import Sides

__all__ = ["AstrayError", "is_conditional", "side_settings", "translate"]

_CONDITIONAL = frozenset({"if-none-match", "if-modified-since", "if-match", "if-unmodified-since", "if-range", "range"})
"""RFC 9110 §13.1 and §14.2: what the answer depends on is the client's cache, not the application."""
_FOR_THE_PROXY = frozenset({"proxy-connection", "proxy-authorization"})
"""What a client said to the proxy itself, not to a side (RFC 9110 §11.7.2)."""

_KEYS = uuid.UUID("5f0cf4a2-6f0b-4d0f-9c0e-3c2f3f1d7a55")


class AstrayError(Exception):
    """The translated request would reach the side that the client asked."""


def side_settings(settings: Settings, side: Side) -> SideSettings:
    return settings.legacy if side is Side.LEGACY else settings.candidate


def is_conditional(request: Request) -> bool:
    """Whether a cache's condition decides about the answer; such a request is asked of both sides without it."""
    return any(name.lower() in _CONDITIONAL for name, _ in request.headers)


def translate(
    request: Request,
    *,
    asked: Side,
    to: Side,
    path: str | None,
    settings: Settings,
    route: RouteSettings,
    sides: Sides,
) -> Request:
    """The request for side ``to`` that says what the client said to side ``asked``.

    ``path`` is the target under ``to``'s base where its template differs from the client's, else None. Raises
    AstrayError where one host serves both sides and would give the request to the other one: `/kong/kong/a` of legacy
    is `/kong/a` without its base, which is legacy's again.
    """
    target = sides.rebase(request.target, asked, to) if path is None else sides.of(to).path + path
    if sides.legacy.origin == sides.candidate.origin and sides.by_path(target) is not to:
        raise AstrayError(target)
    side = side_settings(settings, to)
    safe = effective_method(request) in SAFE_METHODS
    dropped = _FOR_THE_PROXY | (_CONDITIONAL if safe else frozenset())
    headers = [(name, value) for name, value in request.headers if name.lower() not in dropped]
    if not settings.proxy.keep_host or not header(headers, "Host"):
        headers = _with_host(headers, urlsplit(side.url).netloc)
    for name, value in side.headers.items():
        headers = _replace(headers, name, value)
    if not safe and route.writes == "idempotent":
        # A store of keys that both sides share would answer the second with the first one's reply: false parity.
        headers = _replace(headers, "Idempotency-Key", _own_key(header(headers, "idempotency-key"), to))
    headers = _replace(headers, MIRROR_HEADER, "1")
    return Request(request.method, target, headers, request.body)


def _own_key(given: str, side: Side) -> str:
    """A key for one side that the other never gets: a UUID, which every implementation takes.

    The same for the same key of the client's, so that what the client sends again is the same write for this side too.
    In quotes where the client's is (draft-ietf-httpapi-idempotency-key-header makes it a structured string).
    """
    if not given:
        return str(uuid.uuid4())
    key = str(uuid.uuid5(_KEYS, f"{side}:{given}"))
    return f'"{key}"' if given.startswith('"') else key


def _with_host(headers: Headers, host: str) -> Headers:
    """HTTP/1.1 demands a Host (RFC 9112 §3.2), best as the first header (RFC 9110 §7.2); an HTTP/2 client says
    `:authority` instead."""
    if not any(name.lower() == "host" for name, _ in headers):
        return [("Host", host), *headers]
    return _replace(headers, "Host", host)


def _replace(headers: Headers, name: str, value: str) -> Headers:
    """Set a header in the place of the first one of that name, else at the end; an empty value removes it."""
    wanted = name.lower()
    replaced: Headers = []
    found = False
    for key, old in headers:
        if key.lower() != wanted:
            replaced.append((key, old))
        elif value and not found:
            replaced.append((key, value))
            found = True
    if value and not found:
        replaced.append((name, value))
    return replaced
