"""Places as text."""

from __future__ import annotations

import jsonpath_rfc9535
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.compare.documents.locations import is_id, location_text, pattern_text

keys = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(["'", '"', "\\", "a.b", "", "é", "\n"])


def test_a_location_is_the_path_that_a_person_would_write() -> None:
    assert location_text(("items", 3, "price")) == "$.items[3].price"
    assert location_text(()) == "$"
    assert location_text(("odd name", "it's")) == "$['odd name']['it\\'s']"


def test_a_pattern_leaves_out_indexes_and_ids() -> None:
    assert pattern_text(("byId", "48151623", "tags", 0)) == "$.byId.*.tags[*]"


@given(st.lists(keys | st.integers(0, 5), max_size=4))
def test_a_location_is_an_rfc_9535_path_to_that_very_place(keys: list[str | int]) -> None:
    document: object = "here"
    for key in reversed(keys):
        document = [None] * key + [document] if isinstance(key, int) else {key: document, f"{key}x": None}
    (found,) = jsonpath_rfc9535.find(location_text(tuple(keys)), document)
    assert found.value == "here"


@pytest.mark.parametrize(
    "name",
    [
        "48151623",
        "order-48151623",
        "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "507f1f77bcf86cd799439011",
        "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "usr_01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "2024-01-31",
        "2024-01-31T00:00:00Z",
        "jo@example.com",
    ],
)
def test_ids_dates_and_addresses_are_data(name: str) -> None:
    assert is_id(name)


@pytest.mark.parametrize(
    "name",
    ["", "price", "address2", "sha256", "iso8601", "__typename", "line1", "1", "404", "internationalisationStrings"],
)
def test_names_of_members_are_not(name: str) -> None:
    assert not is_id(name)


def test_an_absurdly_long_name_is_looked_at_no_further() -> None:
    assert not is_id("1" * 100_000)
