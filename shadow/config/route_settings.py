"""What holds for one route: the sections' values, overridden by every `[[route]]` block that matches its name."""

from __future__ import annotations

import re
from functools import lru_cache

from shadow.config.settings import Settings, VerdictSettings, Writes
from msgspec import Struct

__all__ = ["RouteSettings", "glob_matches", "route_settings"]


class RouteSettings(Struct, frozen=True):
    """The effective settings of one route. Later `[[route]]` blocks override earlier ones, key by key."""

    writes: Writes
    mirror: bool
    candidate: str
    """The candidate's path template, or "" where it is the route's own."""
    expect_status: tuple[int, ...]
    sample: float
    rate: float
    verdict: VerdictSettings


@lru_cache(maxsize=4096)
def _pattern(glob: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, glob.split("*"))), re.DOTALL)


def glob_matches(glob: str, route: str) -> bool:
    """Whether the glob names the route: `*` stands for any text (also across `/`), all else for itself.

    A glob without a space is matched against the whole name too, so `*` names every route and `GET*` every GET.
    """
    return _pattern(glob).fullmatch(route) is not None


def route_settings(settings: Settings, route: str) -> RouteSettings:
    """The effective settings of the route of that name (`GET /orders/{orderId}`)."""
    merged: dict[str, object] = {}
    for block in settings.route:
        if glob_matches(block.match, route):
            merged.update(block.model_dump(exclude_unset=True, exclude={"match"}))
    merged = {key: value for key, value in merged.items() if value is not None}
    verdict = settings.verdict.model_copy(
        update={key: value for key, value in merged.items() if key in VerdictSettings.model_fields}
    )
    return RouteSettings(
        writes=merged.get("writes", "never"),  # type: ignore[arg-type]
        mirror=merged.get("mirror", True),  # type: ignore[arg-type]
        candidate=merged.get("candidate", ""),  # type: ignore[arg-type]
        expect_status=tuple(merged.get("expect_status", ())),  # type: ignore[arg-type]
        sample=merged.get("sample", settings.mirror.sample),  # type: ignore[arg-type]
        rate=merged.get("rate", settings.mirror.rate),  # type: ignore[arg-type]
        verdict=verdict,
    )
