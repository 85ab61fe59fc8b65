"""Which route a request belongs to, and which routes there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shadow.routes.table import RouteTable as RouteTable

__all__ = ["RouteTable"]


def __getattr__(name: str) -> object:
    # mitmdump's process imports `shadow.routes.sides` from here and must not load the matcher with it.
    if name == "RouteTable":
        from shadow.routes.table import RouteTable

        return RouteTable
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
