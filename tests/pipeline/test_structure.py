"""The structure of a document has names and types in it, in no order, and no value."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.compare.documents.reader import read_json
from shadow.pipeline.structure import structure_of

names = st.text(st.characters(), max_size=8) | st.sampled_from(["state", "type", "id", "%s", "a:b", "17", "*"])
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False) | st.text(st.characters(), max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=20,
)


def text(document: Any) -> str:
    return structure_of(document).text


def shuffled(document: Any, order: random.Random) -> Any:
    """The same document with members and items in another order."""
    if isinstance(document, dict):
        members = [(name, shuffled(value, order)) for name, value in document.items()]
        order.shuffle(members)
        return dict(members)
    if isinstance(document, list):
        items = [shuffled(item, order) for item in document]
        order.shuffle(items)
        return items
    return document


@given(documents, st.randoms())
def test_order_does_not_matter(document: Any, order: random.Random) -> None:
    assert structure_of(shuffled(document, order))[::2] == structure_of(document)[::2]


def test_values_do_not_matter() -> None:
    assert text({"id": 1, "name": "Ada"}) == text({"id": 20, "name": "Grace"})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1}, {"b": 1}),
        ({"a": 1}, {"a": "1"}),
        ({"a": 1}, {"a": None}),
        ({"a": 1}, {"a": 1, "b": 1}),
        ({"a": []}, {"a": [1]}),
        ([1], ["1"]),
        ([{"a": 1}], [{"a": 1}, {"b": 1}]),
        ({}, []),
        ({"a": {"b": 1}}, {"a": [{"b": 1}]}),
        ({"a,b:number": 1}, {"a": 1, "b": 1}),
        ({"%s": [1]}, {"%s": {"x": 1}}),
    ],
)
def test_names_and_types_do(one: Any, other: Any) -> None:
    assert text(one) != text(other)


def test_a_list_is_the_set_of_its_items() -> None:
    assert text([1, 2, 3]) == text([7])
    assert text([{"a": 1}, {"b": 1}, {"a": 5}]) == text([{"b": 1}, {"a": 1}])


def test_an_object_with_ids_for_names_is_a_map() -> None:
    assert text({"9f8e7d6c5b4a3210": {"a": 1}}) == text({"1234567890abcdef": {"a": 2}, "48151623": {"a": 3}})
    assert text({"17": 1, "total": 1}) == text({"18": 2, "19": 3, "total": 5})


def test_so_is_one_whose_members_are_all_alike_whatever_they_are_called() -> None:
    """Maps by user name have names of people in them."""
    ada, grace = {"state": "on"}, {"state": "off"}
    assert text({"ada": ada, "grace": grace}) == text({"alan": ada, "kurt": grace, "emmy": ada})
    assert structure_of({"users": {"ada": ada, "grace": grace}}).fields == {"$.users.*.state": {"on", "off"}}


def test_and_one_with_very_many_members() -> None:
    assert text({f"m{n}x": 1 for n in range(300)}) == text({f"w{n}y": 1 for n in range(400)})


def test_fields_are_booleans_and_what_may_be_a_word() -> None:
    document = {
        "state": "shipped",
        "name": "Ada",
        "total": 5,
        "items": [{"type": "book", "gift": True, "note": None}, {"type": "two words", "gift": False}],
        "roles": ["admin", "user"],
    }
    assert structure_of(document).fields == {
        "$.state": {"shipped"},
        "$.items[*].type": {"book", ""},
        "$.items[*].gift": {"true", "false"},
        "$.items[*].note": {"null"},
        "$.roles[*]": {"admin", "user"},
    }


def test_flags_of_people_are_told_without_their_names() -> None:
    assert structure_of({"online": {"ada": True, "grace": False}, "n": 1}).fields == {"$.online.*": {"true", "false"}}


def test_what_is_below_an_odd_name_is_not_told() -> None:
    assert structure_of({"two words": {"state": "on", "n": 1}, "x@y.z": {"state": "on", "m": 1}}).fields == {
        "$.*.state": {"on"}
    }


def test_the_summary_says_what_it_is_without_any_name() -> None:
    summaries = [structure_of(document).summary for document in ({"a": 1}, {}, [], [1, "a"], [{}], [[1]], None, "x", 1)]
    assert summaries == [
        "object of 1", "object of 0", "empty list", "list of numbers and strings", "list of objects", "list of lists",
        "null", "string", "number",
    ]  # fmt: skip


@given(documents)
def test_no_document_is_too_odd(document: Any) -> None:
    found = structure_of(document)
    found.text.encode()
    assert all(path.isascii() and path.startswith("$") for path in found.fields)


@pytest.mark.parametrize(
    "document",
    [
        [0] * 200_000,
        [[0] * 300] * 1_000,
        {f"n{n}a": n for n in range(100_000)},
        {f"n{n}a": {f"m{m}b": 1 for m in range(150)} for n in range(150)},
        {"x" * 10**6: 1},
        [{f"n{n}a": 1} for n in range(50_000)],
        {f"state{n}State": "on" for n in range(199)},
        read_json("[" * 900 + "]" * 900).value,
    ],
    ids=range(8),
)
def test_what_comes_of_a_huge_document_is_small(document: Any) -> None:
    found = structure_of(document)
    assert len(found.text) < 500_000
    assert len(found.fields) <= 100
