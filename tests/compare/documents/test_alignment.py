"""Items of ordered lists are told by who they are: one put in moves the others, and doesn't change them."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shadow import Response, compare
from shadow.compare.documents.alignment import align, identity


def told(legacy: Any, candidate: Any) -> list[tuple[str, str, str]]:
    one, other = (Response(200, [], json.dumps(value).encode()) for value in (legacy, candidate))
    return [(d.path, d.kind, d.class_) for d in compare(one, other) if d.severity == "difference"]


ITEMS = [{"id": n, "name": f"item {n}", "price": 5} for n in range(6)]


def test_an_item_put_in_at_the_front_is_one_difference() -> None:
    new = {"id": 99, "name": "new", "price": 5}
    assert told(ITEMS, [new, *ITEMS]) == [("$[0]", "added", "list-length")]
    assert told([new, *ITEMS], ITEMS) == [("$[0]", "missing", "list-length")]


def test_an_item_put_in_beside_a_changed_one_is_two_differences() -> None:
    changed = [{**ITEMS[0], "price": 6}, {"id": 99}, *ITEMS[1:]]
    assert told(ITEMS, changed) == [("$[0].price", "value-changed", "value"), ("$[1]", "added", "list-length")]


def test_a_page_that_moved_on_by_one_is_one_item_less_and_one_more() -> None:
    assert told(ITEMS[:5], ITEMS[1:]) == [("$[0]", "missing", "list-item"), ("$[4]", "added", "list-item")]


def test_named_items_in_another_order_that_changed_as_well_are_told_so() -> None:
    changed = [{**item, "price": item["price"] + (item["id"] == 2)} for item in reversed(ITEMS)]
    assert told(ITEMS, changed) == [("$", "reordered", "list-order"), ("$[2].price", "value-changed", "value")]


def test_scalars_put_in_and_taken_out_are_just_that() -> None:
    assert told([1, 2, 3, 4], [9, 1, 2, 3, 4]) == [("$[0]", "added", "list-length")]
    assert told([1, 2, 3, 4], [1, 3, 4]) == [("$[1]", "missing", "list-length")]
    assert told(["a", "b", "c", "d"], ["b", "c", "d", "e"]) == [
        ("$[0]", "missing", "list-item"),
        ("$[3]", "added", "list-item"),
    ]


def test_numbers_that_exchange_their_spelling_are_not_reordered() -> None:
    one, other = (Response(200, [], body) for body in (b"[1, 1.0, 2]", b"[1.0, 1, 2]"))
    assert {(d.class_, d.severity) for d in compare(one, other)} == {("number-lexical", "notice")}


def test_lists_with_little_in_common_are_compared_index_by_index() -> None:
    assert told([1, 2, 3], [3, 2, 4]) == [("$[0]", "value-changed", "value"), ("$[2]", "value-changed", "value")]
    assert told([True, 2], [1, 2, 3]) == [("$[0]", "type-changed", "bool-as-number"), ("$[2]", "added", "list-length")]


def test_an_identity_must_tell_all_items_apart_and_be_on_both_sides() -> None:
    assert identity(ITEMS, ITEMS) == "id"
    assert identity([{"sku": "a", "n": 1}, {"sku": "b", "n": 1}], [{"sku": "b", "n": 2}]) == "sku"
    assert identity([{"id": 1}, {"id": 1}], [{"id": 1}, {"id": 2}]) is None
    assert identity([{"id": 1}, {"id": 2}], [{"id": 3}, {"id": 4}]) is None
    assert identity([{"id": True}], [{"id": True}]) is None
    assert identity([1, 2], [1, 2]) is None


tokens = st.lists(st.integers(0, 12), max_size=14)


@given(tokens, tokens, st.booleans())
def test_an_alignment_pairs_every_item_at_most_once(one: list[int], other: list[int], named: bool) -> None:
    found = align(one, other, named=named)
    if found is None:
        return
    assert len({i for i, _ in found.pairs}) == len({j for _, j in found.pairs}) == len(found.pairs)
    assert all(0 <= i < len(one) and 0 <= j < len(other) for i, j in found.pairs)
    if not found.reordered:
        assert found.pairs == sorted(found.pairs)
        assert [j for _, j in found.pairs] == sorted(j for _, j in found.pairs)


@given(tokens, tokens, st.booleans())
def test_an_alignment_is_the_same_seen_from_the_other_side(one: list[int], other: list[int], named: bool) -> None:
    found, mirrored = align(one, other, named=named), align(other, one, named=named)
    assert (found is None) == (mirrored is None)
    if found and mirrored:
        assert sorted((j, i) for i, j in found.pairs) == sorted(mirrored.pairs)
        assert found.reordered == mirrored.reordered
