"""The routes that somebody has written down and those that traffic has shown, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from shadow.report.wording import rfc3339

if TYPE_CHECKING:
    from shadow.routes import RouteTable

__all__ = ["Listed", "list_routes", "missing"]


class Listed(msgspec.Struct, frozen=True):
    name: str
    origin: str
    """Where it is known from; "" where only traffic has shown it."""
    seen: bool
    """Whether there is evidence of it at all, of whatever version and age."""
    requests: int
    """Exchanges in its current evidence."""
    last_seen: float | None
    """Seconds since the epoch; None without current evidence."""

    @property
    def requests_text(self) -> str:
        return f"{self.requests:,}" if self.requests or not self.seen else "earlier"

    @property
    def last_seen_text(self) -> str:
        return rfc3339(self.last_seen) or ""

    def to_json(self) -> dict[str, Any]:
        return {
            "route": self.name,
            "origin": self.origin or None,
            "seen": self.seen,
            "requests": self.requests,
            "last_seen": rfc3339(self.last_seen),
        }


def list_routes(table: RouteTable, seen: Sequence[str], current: Mapping[str, tuple[int, float]]) -> list[Listed]:
    """Known routes first, as they are written; then the others by name.

    ``current``: route → (exchanges, when last seen), of those that have current evidence.
    """
    names = dict.fromkeys([*table.names(), *sorted(seen)])
    return [Listed(name, table.origin_of(name), name in seen, *current.get(name, (0, None))) for name in names]


def missing(routes: list[Listed]) -> list[Listed]:
    """Known routes without any evidence, and routes with evidence that nobody has written down."""
    return [route for route in routes if bool(route.origin) is not route.seen]
