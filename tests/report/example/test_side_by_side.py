"""Two texts side by side lose no line and mark what differs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shadow.report.example.layout import Layout, Line
from shadow.report.example.line_pairs import pair_lines
from shadow.report.example.side_by_side import Block, Cell, Row, side_by_side
from shadow.report.example.words import Segment

lines = st.lists(st.sampled_from(["{", "}", "a", "b", "ab", "", "xyz"]), max_size=60).map(tuple)


def layout(legacy: tuple[str, ...], candidate: tuple[str, ...]) -> Layout:
    return Layout(tuple(map(Line, legacy)), tuple(map(Line, candidate)), tuple(pair_lines(legacy, candidate)))


def rows(blocks: tuple[Block, ...]) -> list[Row]:
    return [row for block in blocks for row in (*block.rows, *block.rest)]


def text(blocks: tuple[Block, ...], side: str) -> tuple[str, ...]:
    return tuple(cell.text for row in rows(blocks) if (cell := getattr(row, side)))


@given(lines, lines, st.dictionaries(st.integers(0, 130), st.booleans(), max_size=5))
def test_both_texts_are_there_whole_and_in_order(
    legacy: tuple[str, ...], candidate: tuple[str, ...], marked: dict[int, bool]
) -> None:
    blocks = side_by_side(layout(legacy, candidate), marked)
    assert text(blocks, "legacy") == legacy
    assert text(blocks, "candidate") == candidate


@given(lines, lines)
def test_rows_are_equal_exactly_where_they_say_so(legacy: tuple[str, ...], candidate: tuple[str, ...]) -> None:
    for block in side_by_side(layout(legacy, candidate)):
        for row in (*block.rows, *block.rest):
            same = row.legacy is not None and row.candidate is not None and (
                legacy[row.legacy.number - 1] == candidate[row.candidate.number - 1]
            )  # fmt: skip
            assert (row.kind == "equal") == same
            assert not block.folded or same
            marks = [segment.differs for cell in (row.legacy, row.candidate) if cell for segment in cell.segments]
            assert any(marks) == (row.kind == "changed")


@given(lines, lines, st.sets(st.integers(0, 60)))
def test_a_place_is_never_folded_away(legacy: tuple[str, ...], candidate: tuple[str, ...], places: set[int]) -> None:
    found = layout(legacy, candidate)
    places &= set(range(len(found.pairs)))
    blocks = side_by_side(found, dict.fromkeys(places, True))
    assert sum(row.here for block in blocks if not block.folded for row in block.rows) == len(places)


def test_what_differs_in_a_changed_line_is_marked() -> None:
    ((row,),) = (block.rows for block in side_by_side(layout(('"price": 12.5,',), ('"price": "12.50",',))))
    assert row.legacy == Cell(1, (Segment('"price": '), Segment("12.5", True), Segment(",")))
    assert row.candidate == Cell(1, (Segment('"price": '), Segment('"12.50"', True), Segment(",")))


def test_a_comma_behind_a_value_is_shown_and_never_marked() -> None:
    found = Layout((Line("1"),), (Line("1", tail=","), Line("2")), ((0, 0), (None, 1)))
    ((equal, added),) = (block.rows for block in side_by_side(found))
    assert (equal.kind, equal.candidate) == ("equal", Cell(1, (Segment("1,"),)))
    assert added.kind == "added"


def test_long_equal_stretches_are_folded_with_three_lines_around_a_change() -> None:
    before, after = tuple(f"b{n}" for n in range(50)), tuple(f"a{n}" for n in range(50))
    blocks = side_by_side(layout((*before, "x", *after), (*before, "y", *after)))
    assert [(block.folded, len(block.rows)) for block in blocks] == [(True, 47), (False, 7), (True, 47)]


def test_equal_texts_are_one_folded_block() -> None:
    same = tuple(map(str, range(20)))
    (block,) = side_by_side(layout(same, same))
    assert block.folded


def test_of_a_very_long_equal_stretch_what_is_near_a_change_is_kept() -> None:
    same = tuple(f"same {n}" for n in range(500))
    _, fold, _ = side_by_side(layout(("a", *same, "b"), ("x", *same, "y")))
    assert (len(fold.rows), fold.left_out, len(fold.rest), fold.size) == (40, 414, 40, 494)
    first, _ = side_by_side(layout((*same, "b"), (*same, "y")))
    assert (len(first.rows), len(first.rest)) == (0, 40), "before the first change nobody reads on from the top"


def test_what_is_too_long_is_left_out_and_counted() -> None:
    same = tuple(f"same {n}" for n in range(500))
    legacy, candidate = tuple(f"l{n}" for n in range(5_000)), tuple(f"c{n}" for n in range(5_000))
    found = layout((*same, *legacy), (*same, *candidate))
    blocks = side_by_side(found)
    assert sum(block.size for block in blocks) == 5_500
    assert sum(len(block.rows) for block in blocks if not block.folded) == 1_200


def test_a_place_is_shown_where_not_all_is() -> None:
    legacy, candidate = tuple(f"l{n}" for n in range(5_000)), tuple(f"c{n}" for n in range(5_000))
    blocks = side_by_side(layout(legacy, candidate), {4_000: True})
    assert sum(block.size for block in blocks) == 5_000
    assert [row.legacy and row.legacy.number for row in rows(blocks) if row.here] == [4_001]
    assert {3_998, 4_004} <= {row.legacy.number for row in rows(blocks) if row.legacy}


def test_a_very_long_line_is_cut_around_what_differs() -> None:
    legacy, candidate = "a " * 9_000 + "1" + " b" * 9_000, "a " * 9_000 + "2" + " b" * 9_000
    ((row,),) = (block.rows for block in side_by_side(layout((legacy,), (candidate,))))
    assert row.legacy
    assert [segment.text for segment in row.legacy.segments if segment.differs] == ["1"]
    assert len(row.legacy.text) < 1_000


def test_only_so_many_lines_are_marked_word_by_word() -> None:
    """A line beyond that has one mark, whatever differs in it."""
    legacy = tuple(f"{n} a 1 b 2 c {'x' * 200}" for n in range(200))
    candidate = tuple(f"{n} a 3 b 4 c {'x' * 200}" for n in range(200))
    found = rows(side_by_side(layout(legacy, candidate)))
    marks = [sum(segment.differs for segment in row.legacy.segments) for row in found if row.legacy]
    assert marks[0] == 2
    assert marks[-1] == 1
    assert len(legacy[0]) * 2 * marks.count(2) < 42_000
