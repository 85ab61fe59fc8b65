"""What two sequences have in common, found in bounded work."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from shadow.report.example.edits import common_ends, common_start, in_common

items = st.lists(st.integers(0, 4), max_size=14)


def longest(one: Sequence[int], other: Sequence[int]) -> int:
    """The length of the longest common subsequence, by the textbook's table."""
    table = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i, a in enumerate(one):
        for j, b in enumerate(other):
            table[i + 1][j + 1] = table[i][j] + 1 if a == b else max(table[i][j + 1], table[i + 1][j])
    return table[-1][-1]


@given(items, items)
def test_as_much_is_in_common_as_can_be(one: list[int], other: list[int]) -> None:
    pairs = in_common(one, other, 100)
    assert pairs is not None
    assert len(pairs) == longest(one, other)
    assert all(one[i] == other[j] for i, j in pairs)
    assert pairs == sorted(pairs)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)


@given(items, items, st.integers(0, 10))
def test_no_more_edits_than_allowed_are_looked_for(one: list[int], other: list[int], most: int) -> None:
    edits = len(one) + len(other) - 2 * longest(one, other)
    assert (in_common(one, other, most) is None) == (edits > most)


class Counting:
    """Equal to what has the same number, and counts how often it was asked."""

    asked = 0

    def __init__(self, number: int) -> None:
        self.number = number

    def __eq__(self, other: object) -> bool:
        Counting.asked += 1
        return isinstance(other, Counting) and other.number == self.number

    __hash__ = None  # type: ignore[assignment]


def test_hostile_sequences_take_bounded_work() -> None:
    """Periodic ones, out of step, are the worst: every diagonal runs on."""
    size, most = 2_000, 20
    one = [Counting(n % 2) for n in range(size)] + [Counting(7)] * 40
    other = [Counting((n + 1) % 2) for n in range(size)] + [Counting(8)] * 40
    Counting.asked = 0
    assert in_common(one, other, most) is None  # type: ignore[arg-type]
    assert size < Counting.asked <= (2 * most + 1) * (size + 40) + (most + 1) ** 2


@given(st.text("ab", max_size=12), st.text("ab", max_size=12))
def test_common_beginnings_and_ends(one: str, other: str) -> None:
    start = common_start(one, other)
    assert one[:start] == other[:start]
    assert start in (len(one), len(other)) or one[start] != other[start]
    assert common_ends(one, other)[0] == start
    end = common_ends(one, other)[1]
    assert end <= min(len(one), len(other)) - start
    assert one[len(one) - end :] == other[len(other) - end :]
