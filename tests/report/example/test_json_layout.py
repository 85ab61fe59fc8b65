"""Two JSON documents beside each other: what belongs together stands together, and nothing gets lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.report.example.json_layout import NOTHING, lay_out
from shadow.report.example.json_text import NotJsonError, parse
from shadow.report.example.layout import Layout

MOST = 4_000


def both(legacy: Any, candidate: Any, most: int = MOST) -> Layout:
    return lay_out(parse(json.dumps(legacy).encode()), parse(json.dumps(candidate).encode()), most)


def differing(found: Layout) -> list[tuple[str | None, str | None]]:
    """The rows that differ, as the text of both sides."""
    rows = [
        (None if i is None else found.legacy[i].text.strip(), None if j is None else found.candidate[j].text.strip())
        for i, j in found.pairs
    ]
    return [(one, other) for one, other in rows if one != other]


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(["id", "a", "b", "c"]), inner, max_size=4)
    ),
    max_leaves=25,
)


@given(json_values, json_values)
def test_laying_out_changes_no_value(legacy: Any, candidate: Any) -> None:
    found = both(legacy, candidate)
    assert json.loads("\n".join(line.shown for line in found.legacy)) == legacy
    assert json.loads("\n".join(line.shown for line in found.candidate)) == candidate


@given(json_values, json_values)
def test_each_line_stands_once_and_in_order(legacy: Any, candidate: Any) -> None:
    found = both(legacy, candidate)
    assert [i for i, _ in found.pairs if i is not None] == list(range(len(found.legacy)))
    assert [j for _, j in found.pairs if j is not None] == list(range(len(found.candidate)))
    assert not found.ended


@given(json_values)
def test_equal_documents_have_no_row_that_differs(value: Any) -> None:
    assert differing(both(value, value)) == []


@given(st.dictionaries(st.text(max_size=4), json_values, max_size=6))
def test_the_order_of_members_means_nothing(value: dict[str, Any]) -> None:
    assert differing(both(value, dict(reversed(value.items())))) == []


@given(st.lists(json_values, max_size=8), json_values, st.integers(0, 8))
def test_an_item_more_at_an_end_is_all_that_differs(items: list[Any], item: Any, at: int) -> None:
    more = [item, *items] if at % 2 else [*items, item]
    rows = differing(both([items], [more]))
    assert all(None in row for row in rows) or not items


def test_an_item_put_in_at_the_front_is_added_whatever_changed_in_the_others() -> None:
    legacy = [{"id": n, "price": n} for n in range(1, 9)]
    candidate = [{"id": 0, "price": 0}, *({"id": n, "price": f"{n}"} for n in range(1, 9))]
    assert differing(both(legacy, candidate)) == [
        (None, "{"), (None, '"id": 0'), (None, '"price": 0'), (None, "}"),
        *((f'"price": {n}', f'"price": "{n}"') for n in range(1, 9)),
    ]  # fmt: skip


def test_a_member_more_moves_no_other() -> None:
    assert differing(both({"a": 1, "c": 3, "d": 4}, {"a": 1, "b": 2, "c": 3, "d": 5})) == [
        ('"d": 4', '"d": 5'), (None, '"b": 2'),
    ]  # fmt: skip


def test_a_comma_is_no_difference() -> None:
    found = both([1], [1, 2])
    assert differing(found) == [(None, "2")]
    assert [line.shown for line in found.candidate] == ["[", "  1,", "  2", "]"]


def test_a_value_of_another_shape_stands_beside_its_beginning() -> None:
    assert differing(both({"a": 1, "b": 2}, {"a": {"x": 1}, "b": 2})) == [
        ('"a": 1', '"a": {'), (None, '"x": 1'), (None, "}"),
    ]  # fmt: skip


def test_moved_items_keep_what_stays_in_order() -> None:
    rows = differing(both(["a", "b", "c", "d"], ["d", "a", "b", "c"]))
    assert len(rows) <= 4
    rows = differing(both([{"id": n} for n in (1, 2, 3, 4)], [{"id": n} for n in (4, 1, 2, 3)]))
    assert rows == [(None, "{"), (None, '"id": 4'), (None, "}"), ("{", None), ('"id": 4', None), ("}", None)]


def test_every_line_knows_the_place_of_what_begins_on_it() -> None:
    found = both({"a": [{"b": 1}], "c": []}, {"c": [], "a": [{"b": 2}, 3]})
    assert [line.location for line in found.legacy] == [
        (), ("a",), ("a", 0), ("a", 0, "b"), None, None, ("c",), None,
    ]  # fmt: skip
    assert [line.location for line in found.candidate if line.text.strip() == "3"] == [("a", 1)]


def test_members_that_are_there_twice_stay_so() -> None:
    found = lay_out(parse(b'{"a": 1, "a": 2}'), parse(b'{"a": 2}'), MOST)
    assert differing(found) == [('"a": 1', '"a": 2'), ('"a": 2', None)]


def test_numbers_stay_as_they_were_written() -> None:
    text = b'{"a":1.10,"b":1e400,"c":12345678901234567890.0,"d":NaN,"a":-0.0}'
    lines = lay_out(parse(text), NOTHING, MOST).legacy
    assert [line.text.strip() for line in lines[1:-1]] == [
        '"a": 1.10', '"b": 1e400', '"c": 12345678901234567890.0', '"d": NaN', '"a": -0.0',
    ]  # fmt: skip


def test_it_ends_where_one_side_has_enough() -> None:
    found = both(list(range(100)), [1], most=10)
    assert found.ended
    assert max(len(found.legacy), len(found.candidate)) == 10


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000 + b"]" * 100_000, b"[" * 101 + b"]" * 101])
def test_what_is_not_json_or_too_deep_is_refused(body: bytes) -> None:
    with pytest.raises(NotJsonError):
        parse(body)


def test_deep_documents_are_laid_out() -> None:
    deep = b"[" * 99 + b"1" + b"]" * 99
    assert len(lay_out(parse(deep), parse(deep), MOST).pairs) == 199
