"""What is the same to the letter is found in C, and Python's loose equality never slips in."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.compare.documents.sameness import IN_ORDER, SORTED, Likeness, likeness, members_reordered
from shadow.compare.documents.values import OddNumber

LOOSELY_EQUAL: list[tuple[Any, Any]] = [
    (True, 1),
    (False, 0),
    (1, Decimal("1.0")),
    (Decimal("1.10"), Decimal("1.1")),
    (Decimal(1), True),
    (0, Decimal("-0.0")),
]


@pytest.mark.parametrize(("one", "other"), LOOSELY_EQUAL)
@pytest.mark.parametrize("reordered", [True, False])
def test_what_python_calls_equal_is_not_the_same(one: Any, other: Any, reordered: bool) -> None:
    assert one == other
    assert likeness([{"a": one}], [{"a": other}], reordered=reordered) is Likeness.OTHER


def test_an_odd_number_is_nothing_else() -> None:
    assert likeness([OddNumber("NaN")], [{"literal": "NaN"}], reordered=False) is Likeness.OTHER
    assert likeness([OddNumber("NaN")], [OddNumber("NaN")], reordered=False) is Likeness.OTHER, "can't be written"


def test_lone_surrogates_are_left_to_the_walk() -> None:
    assert likeness(["\ud800"], ["\ud800"], reordered=False) is Likeness.OTHER


def test_members_in_another_order_are_told() -> None:
    one, other = {"a": 1, "b": [{"c": 1, "d": 2}]}, {"b": [{"d": 2, "c": 1}], "a": 1}
    for reordered in (True, False):
        assert likeness(one, other, reordered=reordered) is Likeness.REORDERED
        assert likeness(one, one, reordered=False) is Likeness.SAME
    assert members_reordered(one, other)
    assert members_reordered([{"x": one}], [{"x": other}])
    assert not members_reordered(one, one)
    assert not members_reordered({"a": 1, "b": 2}, {"a": 1, "c": 3, "b": 2})


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=15,
)


@given(values, values)
def test_texts_are_equal_exactly_where_documents_are(one: Any, other: Any) -> None:
    for writer, sort in ((IN_ORDER, False), (SORTED, True)):
        same = json.dumps(one, sort_keys=sort) == json.dumps(other, sort_keys=sort)
        assert (writer.text(one, {}) == writer.text(other, {})) == same
        compact = json.dumps(one, separators=(",", ":"), ensure_ascii=False)
        for text in (writer.text(one, {}), writer.whole(one, {})):
            assert (text.colons, text.length) == (compact.count(":"), len(compact.encode()))


@given(st.lists(values))
def test_a_list_is_written_one_item_a_line(items: list[Any]) -> None:
    lines: dict[int, bytes] = {}
    IN_ORDER.text(items, lines)
    written = lines[id(items)].split(b"\n")
    assert written.pop() == b""
    assert [json.loads(line) for line in written] == items
