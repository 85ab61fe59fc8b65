"""What holds for one route: the sections' values, overridden by every `[[route]]` block that matches its name."""

from __future__ import annotations

import re
from typing import Any

from msgspec import Struct

from shadow.config.settings import Route, Settings, VerdictSettings, Writes

__all__ = ["RouteSettings", "glob_matches", "glob_of", "route_settings"]


class RouteSettings(Struct, frozen=True):
    """The effective settings of one route. Later `[[route]]` blocks override earlier ones, key by key."""

    writes: Writes
    mirror: bool
    candidate: str
    """The candidate's path template, or "" where it is the route's own."""
    expect_status: tuple[int, ...]
    sample: float
    """0 to 1."""
    rate: float
    """Requests per second; 0 is no limit."""
    verdict: VerdictSettings


def glob_matches(glob: str, route: str) -> bool:
    """Whether the glob names the route: `*` stands for any text (also none, also across `/`), all else for itself.

    The whole name is matched, method and all: `*` names every route, `GET*` every GET, `* /orders` every method of
    `/orders`. Takes time linear in the name however many stars there are.
    """
    first, *rest = glob.split("*")
    if not rest:
        return glob == route
    *middle, last = rest
    start, end = len(first), len(route) - len(last)
    if start > end or not (route.startswith(first) and route.endswith(last)):
        return False
    for part in middle:
        # The leftmost place is always right: it leaves the most room for what follows.
        found = route.find(part, start, end)
        if found < 0:
            return False
        start = found + len(part)
    return True


def glob_of(route: str) -> str:
    """A glob that matches this route and can be written down: `*` stands for lone surrogates, which TOML has not.

    A path holds these where it wasn't UTF-8.
    """
    return re.sub(r"[\ud800-\udfff]", "*", route)


def route_settings(settings: Settings, route: str) -> RouteSettings:
    """The effective settings of the route of that name (`GET /orders/{orderId}`).

    Looks at every `[[route]]` block: a caller on a busy road asks once per route and keeps the answer.
    """
    chosen: dict[str, Any] = {}
    for block in settings.route:
        if glob_matches(block.match, route):
            chosen |= {key: value for key in _OVERRIDES if (value := getattr(block, key)) is not None}
    verdict = {key: value for key, value in chosen.items() if key in VerdictSettings.model_fields}
    return RouteSettings(
        writes=chosen.get("writes", "never"),
        mirror=chosen.get("mirror", True),
        candidate=chosen.get("candidate", ""),
        expect_status=tuple(chosen.get("expect_status", ())),
        sample=chosen.get("sample", settings.mirror.sample),
        rate=chosen.get("rate", settings.mirror.rate),
        verdict=settings.verdict.model_copy(update=verdict),
    )


_OVERRIDES = [key for key in Route.model_fields if key != "match"]
