"""Which items of two ordered lists belong together, when it is not simply those of the same index.

An item put in at the front moves all others by one. Compared index by index everything differs; what a person sees is
one item more. So items are told by who they are: by a member that names each of them (`id`, say), else by being equal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from shadow.compare.documents.lists import Pairs, number_token
from shadow.compare.documents.values import is_number

__all__ = ["Alignment", "align", "identity", "names_of"]

_NAMES = ("id", "_id", "uuid", "guid", "key", "code", "sku", "slug", "name")
"""Members that are asked first for an item's identity; any other that is there in all items may do as well."""
_TRIED = 12
"""Members of an item that are asked for its identity."""
_OFTEN = 0.5
"""Share of the shorter list's items that must be found in the other."""


class Alignment(NamedTuple):
    pairs: Pairs
    reordered: bool
    """The candidate has the paired items in another order."""


def align(one: Sequence[Hashable], other: Sequence[Hashable], *, named: bool) -> Alignment | None:
    """Pair items by their tokens; None where comparing them index by index says it as well or better.

    ``named``: tokens say who an item is, whatever else may have changed in it. Otherwise they say all about it, and
    only items that stand in the same order on both sides tell of an insertion. Takes linear time.
    """
    pairs = _common(one, other)
    if len(pairs) < max(1, _OFTEN * min(len(one), len(other))):
        return None
    reordered = any(j > k for (_, j), (_, k) in pairwise(pairs))
    if reordered and not named:
        return None
    if len(one) == len(other) and all(i == j for i, j in pairs):
        return None
    if named:
        return Alignment(pairs, reordered)
    return Alignment(_with_neighbours(pairs, len(one), len(other)), reordered=False)


def _common(one: Sequence[Hashable], other: Sequence[Hashable]) -> Pairs:
    """Items whose token occurs once on each side."""
    counts, others = Counter(one), Counter(other)
    where = {token: j for j, token in enumerate(other) if others[token] == 1}
    return [(i, where[token]) for i, token in enumerate(one) if counts[token] == 1 and token in where]


def _with_neighbours(anchors: Pairs, n: int, m: int) -> Pairs:
    """Between two anchors, items are paired in their order as far as both sides have some."""
    pairs: Pairs = []
    i = j = 0
    for next_i, next_j in [*anchors, (n, m)]:
        pairs.extend(zip(range(i, next_i), range(j, next_j), strict=False))
        if next_i < n:
            pairs.append((next_i, next_j))
        i, j = next_i + 1, next_j + 1
    return pairs


def identity(one: Sequence[Any], other: Sequence[Any]) -> str | None:
    """The member that tells the items of each list apart and names the same ones in both; None where there is none."""
    if not (one and other and isinstance(one[0], dict) and isinstance(other[0], dict)):
        return None
    shared = [name for name in one[0] if name in other[0]]
    first = [name for name in _NAMES if name in one[0] and name in other[0]]
    best, found = None, max(1.0, _OFTEN * min(len(one), len(other)))
    for name in [*first, *(name for name in sorted(shared) if name not in first)][:_TRIED]:
        left, right = _values(one, name), _values(other, name)
        if left is None or right is None:
            continue
        common = len(left & right)
        if common >= found and (best is None or common > found):
            best, found = name, float(common)
        if common == min(len(left), len(right)):
            break
    return best


def names_of(items: Sequence[Any], member: str) -> list[Hashable]:
    """What each item says in that member, which all have."""
    return [item[member] if isinstance(item[member], str) else number_token(item[member]) for item in items]


def _values(items: Sequence[Any], name: str) -> set[Hashable] | None:
    """The member's values where every item has one of its own."""
    values: set[Hashable] = set()
    for item in items:
        value = item.get(name) if isinstance(item, dict) else None
        if isinstance(value, str):
            values.add(value)
        elif is_number(value):
            values.add(number_token(value))
        else:
            return None
    return values if len(values) == len(items) else None
