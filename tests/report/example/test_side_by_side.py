"""Two texts side by side lose no line and mark what differs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shadow.report.example.side_by_side import Block, Cell, side_by_side

lines = st.lists(st.sampled_from(["{", "}", "a", "b", "ab", "", "xyz"]), max_size=60).map(tuple)


def text(blocks: tuple[Block, ...], side: str) -> tuple[str, ...]:
    cells = [getattr(row, side) for block in blocks for row in block.rows]
    return tuple(cell.before + cell.middle + cell.after for cell in cells if cell)


@given(lines, lines)
def test_both_texts_are_there_whole_and_in_order(legacy: tuple[str, ...], candidate: tuple[str, ...]) -> None:
    blocks = side_by_side(legacy, candidate)
    assert text(blocks, "legacy") == legacy
    assert text(blocks, "candidate") == candidate


@given(lines, lines)
def test_rows_are_equal_exactly_where_they_say_so(legacy: tuple[str, ...], candidate: tuple[str, ...]) -> None:
    for block in side_by_side(legacy, candidate):
        for row in block.rows:
            same = row.legacy is not None and row.candidate is not None and (
                legacy[row.legacy.number - 1] == candidate[row.candidate.number - 1]
            )  # fmt: skip
            assert (row.kind == "equal") == same
            assert not block.folded or same


def test_the_middle_of_a_changed_line_is_what_differs() -> None:
    ((row,),) = (block.rows for block in side_by_side(('"price": 12.5,',), ('"price": "12.50",',)))
    assert row.legacy == Cell(1, '"price": ', "12.5", ",")
    assert row.candidate == Cell(1, '"price": ', '"12.50"', ",")


def test_long_equal_stretches_are_folded_with_three_lines_around_a_change() -> None:
    before, after = tuple(f"b{n}" for n in range(50)), tuple(f"a{n}" for n in range(50))
    blocks = side_by_side((*before, "x", *after), (*before, "y", *after))
    assert [(block.folded, len(block.rows)) for block in blocks] == [(True, 47), (False, 7), (True, 47)]


def test_equal_texts_are_one_folded_block() -> None:
    (block,) = side_by_side(tuple(map(str, range(20))), tuple(map(str, range(20))))
    assert block.folded


def test_what_is_too_long_is_left_out_and_counted() -> None:
    same = tuple(f"same {n}" for n in range(500))
    legacy, candidate = tuple(f"l{n}" for n in range(5_000)), tuple(f"c{n}" for n in range(5_000))
    blocks = side_by_side((*same, *legacy), (*same, *candidate))
    assert sum(len(block.rows) + block.left_out for block in blocks) == 5_500
    assert sum(len(block.rows) for block in blocks) == 1_200
    assert blocks[0].folded
    assert (blocks[0].rows, blocks[0].left_out) == ((), 497)


def test_a_very_long_line_is_cut_around_what_differs() -> None:
    ((row,),) = (
        block.rows for block in side_by_side(("a" * 9_000 + "1" + "b" * 9_000,), ("a" * 9_000 + "2" + "b" * 9_000,))
    )
    assert row.legacy
    assert row.legacy.middle == "1"
    assert len(row.legacy.before + row.legacy.after) < 1_000
