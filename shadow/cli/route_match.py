"""The route that a request belongs to, as a person writes a request: `GET /a/b`, or with a whole URL."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from shadow.errors import UsageError
from shadow.exchange import Side
from shadow.routes.sides import BaseUrl, Sides

if TYPE_CHECKING:
    from shadow.config import Settings
    from shadow.routes import RouteTable

__all__ = ["route_of"]

_REQUEST = re.compile(r"\s*([A-Za-z][A-Za-z-]*)\s+(\S+)\s*")


def route_of(request: str, settings: Settings, table: RouteTable) -> str | None:
    """The route's name; None where the request is neither side's, or an inventory doesn't know it.

    Without an inventory every request has a route, if only a guessed one. Raises UsageError for what is no request.
    """
    found = _REQUEST.fullmatch(request)
    if found is None or not found[2].startswith(("/", "http://", "https://")):
        raise UsageError(f'"{request}" is not a request: expected a method and a path, such as "GET /orders/17"')
    method, target = found[1].upper(), found[2]
    for side, path in _readings(target, Sides.from_urls(settings.legacy.url, settings.candidate.url)):
        known = table.match(side, method, path)
        if known or not table.has_inventory:
            return known or table.name_for(side, method, path)
    return None


def _readings(target: str, sides: Sides) -> list[tuple[Side, str]]:
    """The side that the target names and the path under its base; a path under neither base is relative to both.

    So is a path under a side that has no base path: whoever writes `/orders` may mean either.
    """
    if not target.startswith("/"):
        url = urlsplit(target)
        path = target.partition("://")[2].removeprefix(url.netloc) or "/"
        side = sides.by_url(url.scheme, url.hostname or "", url.port, _rooted(path))
        return [] if side is None else [(side, sides.relative(side, _rooted(path)))]
    side = sides.by_path(target)
    relative = [(each, target) for each in Side] if _stays_below(target, sides) else []
    if side is None:
        return relative
    asked = (side, sides.relative(side, target))
    return [asked, *relative] if not sides.of(side).path else [asked]


def _rooted(path: str) -> str:
    return path if path.startswith("/") else f"/{path}"


def _stays_below(target: str, sides: Sides) -> bool:
    """Whether the target is a path that climbs nowhere, and lies below no base."""
    origin = sides.legacy.origin
    alone = Sides(BaseUrl(origin, ""), BaseUrl(origin, ""))
    path = target.partition("?")[0]
    below = (base.path and f"{path}/".startswith(f"{base.path}/") for base in (sides.legacy, sides.candidate))
    return alone.by_path(target) is not None and not any(below)
