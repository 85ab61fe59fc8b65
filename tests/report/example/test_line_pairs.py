"""Lines of two texts that belong together, in order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shadow.report.example.layout import LinePair
from shadow.report.example.line_pairs import pair_lines

lines = st.lists(st.sampled_from(["{", "}", "a b c", "a b d", "x y", "", "z"]), max_size=40)


def check_monotone(pairs: list[LinePair], n: int, m: int) -> None:
    assert [i for i, _ in pairs if i is not None] == list(range(n))
    assert [j for _, j in pairs if j is not None] == list(range(m))


@given(lines, lines)
def test_each_line_stands_once_and_in_order(legacy: list[str], candidate: list[str]) -> None:
    check_monotone(pair_lines(legacy, candidate), len(legacy), len(candidate))


@given(lines)
def test_equal_texts_are_paired_line_by_line(text: list[str]) -> None:
    assert pair_lines(text, text) == [(i, i) for i in range(len(text))]


@given(lines, st.integers(0, 40), st.sampled_from(["new line", "a b c", "{"]))
def test_an_inserted_line_moves_no_other(text: list[str], at: int, line: str) -> None:
    at = min(at, len(text))
    pairs = pair_lines(text, [*text[:at], line, *text[at:]])
    assert sum(i is None for i, _ in pairs) == 1
    assert all(j is not None for _, j in pairs)


def test_a_changed_line_stands_beside_what_it_became() -> None:
    legacy = ["begin", "name: Ann Other", "price: 12", "end"]
    candidate = ["begin", "quite something else here", "name: Ann Body", "price: 13", "end"]
    assert pair_lines(legacy, candidate) == [(0, 0), (None, 1), (1, 2), (2, 3), (3, 4)]


def test_blocks_without_likeness_stand_one_after_the_other() -> None:
    assert pair_lines(["a", "b", "="], ["c", "d", "e", "="]) == [
        (0, None), (1, None), (None, 0), (None, 1), (None, 2), (2, 3),
    ]  # fmt: skip


def test_texts_too_different_to_be_aligned_are_paired_by_position() -> None:
    legacy = [f"legacy {n}" for n in range(4_000)]
    candidate = [f"candidate {n}" if n != 2_000 else "legacy 2000" for n in range(4_000)]
    assert pair_lines(legacy, candidate) == [(n, n) for n in range(4_000)]
