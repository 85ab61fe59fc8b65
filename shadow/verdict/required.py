"""Which routes the gate demands."""

from __future__ import annotations

from collections.abc import Collection

from shadow.config import Settings, glob_matches
from shadow.evidence.route_evidence import RouteEvidence

__all__ = ["is_required"]

_SIDELINE = {"HEAD", "OPTIONS"}
"""Methods that clients and browsers add by themselves: nobody decides about a cut-over by them."""


def is_required(
    settings: Settings,
    inventory: Collection[str],
    route: str,
    evidence: RouteEvidence | None,
    *,
    served: bool = False,
) -> bool:
    """Whether the route is named by `routes.required`; without that key, whether it is in the inventory; without an
    inventory, whether it was seen with a 2xx or 3xx from legacy (``served``: in other evidence than this).

    ``inventory`` are the names that the settings know: those of the inventories and of `[[route]]` blocks.
    """
    if settings.routes.required is not None:
        return any(glob_matches(glob, route) for glob in settings.routes.required)
    if settings.routes.inventories or set(inventory) - {block.match for block in settings.route}:
        return route in inventory
    served = served or (evidence is not None and evidence.counters.get("ok", 0) > 0)
    return served and route.partition(" ")[0] not in _SIDELINE
