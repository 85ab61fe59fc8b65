"""The order of children in XML and HTML: a difference of its own only where it is not explained by other ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

import msgspec

from shadow.compare.difference import Difference
from shadow.compare.documents.values import Leaf, Location

__all__ = ["explained", "refined", "reworded"]

_ORDER = "#order"


def refined(leaves: list[Leaf], markup: Collection[Location]) -> list[Leaf]:
    """The leaves of two documents in which XML or HTML begins at the locations ``markup``.

    Orders that differ only by children that are missing or added are taken out, for those are differences themselves;
    of the others both orders become lists of names, so that they are told like any list in another order.
    """
    return list(_refined(leaves, markup))


def explained(leaf: Leaf) -> bool:
    """Whether two orders are the same once the children that one side has more of are taken out.

    A side without an order has children of one name only, so that the other's are surplus or in the same order.
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


def _refined(leaves: list[Leaf], markup: Collection[Location]) -> Iterator[Leaf]:
    for leaf in leaves:
        if not _is_order(leaf.location, markup):
            yield leaf
        elif not explained(leaf):
            yield Leaf(leaf.location, leaf.legacy.split(" "), leaf.candidate.split(" "), "list-order")


def _is_order(location: Location, markup: Collection[Location]) -> bool:
    return bool(location) and location[-1] == _ORDER and any(location[: len(root)] == root for root in markup)


def reworded(difference: Difference) -> Difference:
    """The difference, with a sentence about children where it is about their order."""
    if difference.kind != "reordered" or not difference.path.endswith(f"['{_ORDER}']"):
        return difference
    names = [_told(value) for value in (difference.legacy, difference.candidate)]
    return msgspec.structs.replace(difference, summary=f"children in another order: {names[0]} became {names[1]}")


def _told(value: Any) -> str:
    """The names with text as such; a long list comes described already."""
    return " ".join("(text)" if name == "#text" else name for name in value) if isinstance(value, list) else str(value)
