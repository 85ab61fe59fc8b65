"""The order of children in XML and HTML: a difference of its own only where it is not explained by other ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from shadow.compare.description import described
from shadow.compare.difference import Difference
from shadow.compare.documents.locations import location_text
from shadow.compare.documents.values import Leaf, Location
from shadow.compare.wording import around

__all__ = ["Orders", "explained"]

_ORDER = "#order"
_QUOTED = 80
"""Characters of an order that a sentence quotes."""


class Orders:
    """The orders in two documents in which XML or HTML begins at the locations ``markup``; elsewhere there are none."""

    def __init__(self, markup: Iterable[Location]) -> None:
        self._markup = frozenset(markup)
        self._changed: set[str] = set()

    def explained(self, leaf: Leaf) -> bool:
        """Whether the leaf is an order, and no difference of its own; what is one, is remembered."""
        location = leaf.location
        if not location or location[-1] != _ORDER or not any(location[: len(r)] == r for r in self._markup):
            return False
        if explained(leaf):
            return True
        self._changed.add(location_text(location))
        return False

    def told(self, difference: Difference) -> Difference:
        """The difference, as one of the order of children where it is one."""
        if difference.path not in self._changed:
            return difference
        legacy, candidate = difference.legacy, difference.candidate
        one, other = (order.replace("#text", "(text)") for order in around(legacy, candidate, _QUOTED))
        return described(
            "body",
            difference.path,
            "reordered",
            "list-order",
            legacy,
            candidate,
            pattern=difference.pattern,
            summary=f"children in another order: {one} became {other}",
        )


def explained(leaf: Leaf) -> bool:
    """Whether two orders are the same once the children that one side has more of are taken out.

    Those are missing or added, which are differences themselves. A side without an order has children of one name only,
    so that the other's are surplus or in the same order.
    """
    if not (isinstance(leaf.legacy, str) and isinstance(leaf.candidate, str)):
        return True
    legacy, candidate = leaf.legacy.split(" "), leaf.candidate.split(" ")
    missing, added = Counter(legacy), Counter(candidate)
    missing, added = missing - added, added - missing
    i = j = 0
    while i < len(legacy) or j < len(candidate):
        one = legacy[i] if i < len(legacy) else ""
        other = candidate[j] if j < len(candidate) else ""
        if one == other:
            i, j = i + 1, j + 1
        elif missing[one] > 0:
            missing[one] -= 1
            i += 1
        elif added[other] > 0:
            added[other] -= 1
            j += 1
        else:
            return False
    return True
