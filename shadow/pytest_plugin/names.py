"""Names of routes as names of tests: on one line, readable, unique, and the same in every run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b

from shadow.report.visible import clip, visible

__all__ = ["PREFIX", "names_of"]

PREFIX = "shadow::"
"""How the ids of all these tests begin."""
_LONGEST = 200
_MEANINGFUL = re.compile(r"(?<=:):|\[")
"""What pytest takes apart ids by: `::`, and `[` before parameters."""


def names_of(routes: Iterable[str]) -> dict[str, str]:
    """Route → its test's name, which is the route's own wherever that is possible.

    A name that had to be changed ends with a digest of the route, for others may look the same then.
    """
    names: dict[str, str] = {}
    taken = set[str]()
    for route in sorted(routes):
        name = base = _name(route)
        number = 1
        while name in taken:  # only where somebody has gone out of their way for it
            number += 1
            name = f"{base} #{number}"
        taken.add(name)
        names[route] = name
    return names


def _name(route: str) -> str:
    name = _MEANINGFUL.sub(lambda found: f"‹U+{ord(found[0]):04X}›", visible(clip(route, _LONGEST)))
    if name == route:
        return name
    digest = blake2b(route.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    return f"{name} ~{digest}"
