"""Which fingerprints a JSONPath of `[[accept]]` covers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.compare.documents.locations import pattern_text
from shadow.verdict.path_pattern import covers

names = st.text(max_size=8) | st.sampled_from(["id", "odd name", "it's", 'a"b', "back\\slash", "__typename", "é", "*"])
locations = st.lists(names | st.integers(0, 9), max_size=6).map(tuple)


@pytest.mark.parametrize(
    ("wanted", "place"),
    [
        ("$.items[*].price", "$.items[*].price"),
        ("$['items'][*]['price']", "$.items[*].price"),
        ("$.items.*.price", "$.items[*].price"),
        ("$.byId[*].name", "$.byId.*.name"),
        ("$.*.price", "$.total.price"),
        ("$..price", "$.price"),
        ("$..price", "$.items[*].price"),
        ("$..items..price", "$.a.items[*].b.price"),
        ("$..items[*].price", "$.items.items[*].price"),
        ("$..[*].price", "$.items[*].price"),
        ("$..*", "$.items[*].price"),
        ("$['a', 'b'].c", "$.b.c"),
        ("$['odd name']", "$['odd name']"),
        ("$", "$"),
    ],
)
def test_it_covers_the_places_that_it_selects(wanted: str, place: str) -> None:
    assert covers(wanted, place)


@pytest.mark.parametrize(
    ("wanted", "place"),
    [
        ("$.items", "$.items[*].price"),
        ("$.items[*].price", "$.items"),
        ("$.items[*].price", "$.items[*].Price"),
        ("$.items.price", "$.items[*].price"),
        ("$.byId.name", "$.byId.*"),
        ("$.*", "$.items[*]"),
        ("$..price", "$.items[*].price.amount"),
        ("$..*", "$"),
        ("$.items[0].price", "$.items[*].price"),
        ("$.items[?@.price].price", "$.items[*].price"),
        ("$", "$.items"),
        ("$.etag", "etag"),
        ("not a path", "$.items"),
    ],
)
def test_it_covers_nothing_else(wanted: str, place: str) -> None:
    assert not covers(wanted, place)


@given(locations)
def test_every_pattern_of_the_comparison_covers_itself_and_is_covered_by_descent(
    location: tuple[str | int, ...],
) -> None:
    place = pattern_text(location)
    assert covers(place, place)
    assert covers("$..*", place) == bool(location)
    assert covers("$" + "[*]" * len(location), place)
    assert not covers("$" + "[*]" * (len(location) + 1), place)
