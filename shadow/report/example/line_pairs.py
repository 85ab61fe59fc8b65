"""Which lines of two texts belong together: equal ones first, then what was changed with what it was changed into."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from shadow.report.example.edits import Pairs, common_ends, in_common
from shadow.report.example.layout import LinePair, with_the_rest

__all__ = ["pair_lines"]

_MOST_STEPS = 1_000_000
"""Of finding equal lines, for both texts together."""
_MOST_EDITS = 1_000
_MOST_PAIRS = 2_500
"""Of lines in one changed block that are held against each other; larger blocks are paired from the top."""
_ALIKE = 0.5
"""Share of two lines' words that both have, from which on one is taken for the other, changed."""
_MOST_WORDS = 100
_WORD = re.compile(r"\w+|[^\w\s]")


def pair_lines(legacy: Sequence[str], candidate: Sequence[str]) -> list[LinePair]:
    """All lines of both, in order. Takes bounded time, whatever the lines hold."""
    pairs: list[LinePair] = []
    for i, j, n, m in _gaps(_equal(legacy, candidate), len(legacy), len(candidate)):
        if n or m:
            pairs += ((_from(i, a), _from(j, b)) for a, b in _changed(legacy[i : i + n], candidate[j : j + m]))
        if i + n < len(legacy) and j + m < len(candidate):
            pairs.append((i + n, j + m))
    return pairs


def _gaps(equal: Pairs, n: int, m: int) -> Iterator[tuple[int, int, int, int]]:
    """What stands before each pair of equal lines, and after the last: where it begins, and how many lines it has."""
    i = j = 0
    for next_i, next_j in [*equal, (n, m)]:
        yield i, j, next_i - i, next_j - j
        i, j = next_i + 1, next_j + 1


def _equal(legacy: Sequence[str], candidate: Sequence[str]) -> Pairs:
    """Lines that are equal and stand in the same order."""
    start, end = common_ends(legacy, candidate)
    n, m = len(legacy) - end, len(candidate) - end
    numbers: dict[str, int] = {}
    one, other = ([numbers.setdefault(line, len(numbers)) for line in text] for text in (legacy, candidate))
    most = min(_MOST_EDITS, _MOST_STEPS // max(1, 4 * (n + m - 2 * start)))
    middle = in_common(one[start:n], other[start:m], most)
    if middle is None:
        middle = [
            (i, j)
            for i, j in zip(range(n - start), range(m - start), strict=False)
            if one[start + i] == other[start + j]
        ]
    return [
        *((i, i) for i in range(start)),
        *((start + i, start + j) for i, j in middle),
        *((n + i, m + i) for i in range(end)),
    ]


def _changed(legacy: Sequence[str], candidate: Sequence[str]) -> Iterator[LinePair]:
    """Two blocks that have no line in common."""
    n, m = len(legacy), len(candidate)
    if n == m == 1 or n * m > _MOST_PAIRS:
        yield from zip_longest(range(n), range(m))
    else:
        yield from with_the_rest(_alike(legacy, candidate), n, m)


def _alike(legacy: Sequence[str], candidate: Sequence[str]) -> Pairs:
    """The pairs in rising order that have the most words in common (Needleman and Wunsch 1970, without gap costs)."""
    ours, theirs = [*map(_words, legacy)], [*map(_words, candidate)]
    n, m = len(ours), len(theirs)
    likeness = [[_likeness(one, other) for other in theirs] for one in ours]
    best = [[0.0] * (m + 1) for _ in range(n + 1)]
    for i in range(n - 1, -1, -1):
        for j in range(m - 1, -1, -1):
            together = likeness[i][j] + best[i + 1][j + 1] if likeness[i][j] >= _ALIKE else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], together)
    pairs: Pairs = []
    i = j = 0
    while i < n and j < m:
        if likeness[i][j] >= _ALIKE and best[i][j] == likeness[i][j] + best[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _words(line: str) -> Counter[str]:
    return Counter(word[0] for word, _ in zip(_WORD.finditer(line), range(_MOST_WORDS), strict=False))


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """0 to 1: the share of both lines' words that both have."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0


def _from(start: int, index: int | None) -> int | None:
    return None if index is None else start + index
