"""Places as text."""

from __future__ import annotations

from pathlib import Path

import jsonpath_rfc9535
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.compare.documents.locations import MapKey, location_text, pattern_text

keys = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(["'", '"', "\\", "a.b", "", "é", "\n"])


def test_a_location_is_the_path_that_a_person_would_write() -> None:
    assert location_text(("items", 3, "price")) == "$.items[3].price"
    assert location_text(()) == "$"
    assert location_text(("odd name", "it's")) == "$['odd name']['it\\'s']"


def test_a_pattern_leaves_out_indexes_and_ids() -> None:
    assert pattern_text(("byId", "48151623", "tags", 0)) == "$.byId.*.tags[*]"


def test_a_map_keyed_by_ids_is_one_pattern() -> None:
    ids = (Path(__file__).parent / "id_keys.txt").read_text().splitlines()
    assert {pattern_text(("byId", key, "name")) for key in ids} == {"$.byId.*.name"}


def test_a_name_that_is_known_to_be_a_map_s_key_is_left_out_whatever_it_looks_like() -> None:
    location = ("byName", MapKey("jo"), MapKey("it's"), "age")
    assert pattern_text(location) == "$.byName.*.*.age"
    assert location_text(location) == "$.byName.jo['it\\'s'].age"
    assert location == ("byName", "jo", "it's", "age")


@given(st.lists(keys | st.integers(0, 5), max_size=4))
def test_a_location_is_an_rfc_9535_path_to_that_very_place(keys: list[str | int]) -> None:
    document: object = "here"
    for key in reversed(keys):
        document = [None] * key + [document] if isinstance(key, int) else {key: document, f"{key}x": None}
    (found,) = jsonpath_rfc9535.find(location_text(tuple(keys)), document)
    assert found.value == "here"


@pytest.mark.parametrize("name", ["\ud800", "a\udfff", "'\ud83d"])
def test_half_a_surrogate_pair_in_a_name_is_spelled_as_an_escape(name: str) -> None:
    location_text((name,)).encode()
    pattern_text((name,)).encode()


def test_of_a_name_of_megabytes_only_so_much_is_read_as_tells_it_apart() -> None:
    one, other = ("x" * 5_000 + middle + "x" * 5_000 for middle in "ab")
    assert location_text((one,)) == location_text((other,))
    assert len({location_text((name,)) for name in (one, one + "x", "y" + one[1:], one[:-1] + "y")}) == 4
