"""What two sequences have in common, with a bound on the work: Myers, "An O(ND) Difference Algorithm" (1986)."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

__all__ = ["Pairs", "common_ends", "common_start", "in_common"]

Pairs = list[tuple[int, int]]
"""Indexes into one and the other that belong together, rising on both sides."""


def common_start(one: Sequence[Hashable], other: Sequence[Hashable]) -> int:
    """How many items both begin with: by halves, so that C compares them."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def common_ends(one: Sequence[Hashable], other: Sequence[Hashable]) -> tuple[int, int]:
    """How many items both begin with, and how many of the rest both end with."""
    start = common_start(one, other)
    return start, common_start(one[start:][::-1], other[start:][::-1])


def in_common(one: Sequence[Hashable], other: Sequence[Hashable], most: int) -> Pairs | None:
    """The most items that both have in this order; None where that takes more than ``most`` removals and additions.

    Takes at most ``most²`` steps and one per item for each of ``2 * most + 1`` diagonals, whatever the items are.
    """
    n, m = len(one), len(other)
    furthest = {1: 0}
    trace: list[dict[int, int]] = []
    for edits in range(min(most, n + m) + 1):
        for k in range(-edits, edits + 1, 2):
            x = _entered(furthest, k, edits)
            while x < n and x - k < m and one[x] == other[x - k]:
                x += 1
            furthest[k] = x
            if x == n and x - k == m:
                return _walked_back(trace, k, n)
        trace.append(dict(furthest))
    return None


def _entered(furthest: dict[int, int], k: int, edits: int) -> int:
    """Where diagonal ``k`` is entered: from above (an addition), or from the left (a removal)."""
    if k == -edits or (k != edits and furthest[k - 1] < furthest[k + 1]):
        return furthest[k + 1]
    return furthest[k - 1] + 1


def _walked_back(trace: list[dict[int, int]], k: int, x: int) -> Pairs:
    pairs: Pairs = []
    for edits in range(len(trace), 0, -1):
        before = trace[edits - 1]
        entered = _entered(before, k, edits)
        pairs.extend((i, i - k) for i in range(x - 1, entered - 1, -1))
        down = k == -edits or (k != edits and before[k - 1] < before[k + 1])
        k, x = (k + 1, entered) if down else (k - 1, entered - 1)
    pairs.extend((i, i) for i in range(x - 1, -1, -1))
    return pairs[::-1]
