"""Path templates: which of several routes a request belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import unquote

__all__ = ["find"]


def find(routes: Iterable[str], method: str, path: str) -> tuple[str, dict[str, str]] | None:
    """The route (``GET /orders/{orderId}``) that the request belongs to, with its parameters decoded.

    Fixed segments win over parameters. ``path`` has no query. None when there is no such route.
    """
    for route in sorted(routes, key=lambda name: name.count("{")):
        wanted, _, template = route.partition(" ")
        if wanted == method and (found := _pattern(template).fullmatch(path)):
            return route, {name: unquote(value) for name, value in found.groupdict().items()}
    return None


@lru_cache(maxsize=256)
def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    return re.compile("".join(f"(?P<{part}>[^/]+)" if i % 2 else re.escape(part) for i, part in enumerate(parts)))
