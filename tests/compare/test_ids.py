"""Member names that are data, names that are schema, and ids that machines make up."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadow.compare.ids import LONGEST, generated_shape, is_id

DATA = Path(__file__).parent / "documents"
ID_KEYS = (DATA / "id_keys.txt").read_text().splitlines()
SCHEMA_NAMES = (DATA / "schema_names.txt").read_text().split()


def test_there_are_enough_of_both_to_tell() -> None:
    assert len(set(ID_KEYS)) >= 120
    assert len(set(SCHEMA_NAMES)) >= 400


@pytest.mark.parametrize("name", ID_KEYS)
def test_ids_numbers_dates_and_addresses_are_data(name: str) -> None:
    assert is_id(name)


def test_names_of_members_are_schema() -> None:
    assert [name for name in ["", "odd name", *SCHEMA_NAMES] if is_id(name)] == []


WORDS = ["user", "Code", "Name", "Number", "billing", "Price", "_", "list", "Default"]


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8, unique=True), st.data())
def test_words_with_a_number_among_them_are_schema(words: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(words)))
    assert not is_id("the" + "".join([*words[:at], "2", *words[at:]]))


def test_most_random_tokens_are_data_and_that_is_why_a_map_is_also_told_by_its_context() -> None:
    # The texture of a token is a matter of chance: made from a fixed sequence, so that the share is always the same.
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    state, tokens = 1, []
    for _ in range(2000):
        token = ""
        for _ in range(21):
            state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
            token += alphabet[(state >> 33) % 62]
        tokens.append(token)
    assert sum(map(is_id, tokens)) > 0.95 * len(tokens)


def test_an_absurdly_long_name_is_looked_at_no_further() -> None:
    assert is_id("1" * LONGEST)
    assert not is_id("1" * (LONGEST + 1))


@given(st.text(st.characters(), max_size=LONGEST) | st.text("aA0_-:.@/+=#", max_size=LONGEST))
@settings(max_examples=300)
def test_any_name_is_one_or_the_other(name: str) -> None:
    assert is_id(name) in (True, False)
    assert generated_shape(name) == "" or is_id(name)


HOSTILE = [
    "a_",
    "a-1",
    "a:",
    "@.",
    ".a",
    "a.",
    "0:",
    "A0",
    "/",
    "a.1",
    "+1 ",
    "a-",
    ".",
    "AAAA",
    "f0",
    ":",
    "a:/",
    "Aa",
]


@pytest.mark.parametrize("unit", HOSTILE)
def test_what_makes_patterns_try_again_and_again_is_no_slower(unit: str) -> None:
    # With backtracking gone wild this would not end.
    for end in ("", "!", "=", "@", "é"):
        assert is_id((unit * LONGEST)[: LONGEST - 1] + end) in (True, False)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3f2504e0-4f89-11d3-9a0c-0305e82c3301", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
        ("cus_NffrFeUfNV2Hib", "cus_9s6XKzkNRiz8i3"),
        ("usr_01ARZ3NDEKTSV4RRFFQ69G5FAV", "usr_01BX5ZZKBKACTAV9WEVGEMMVRZ"),
        ("user_3f2504e0-4f89-11d3-9a0c-0305e82c3301", "user_6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
        ("auth0|5f7c8ec7c33c6c004bbafe82", "auth0|507f1f77bcf86cd799439011"),
    ],
)
def test_two_generated_ids_of_one_kind_have_one_shape(one: str, other: str) -> None:
    assert generated_shape(one) == generated_shape(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cus_NffrFeUfNV2Hib", "sub_9s6XKzkNRiz8i3"),
        ("507f1f77bcf86cd799439011", "d41d8cd98f00b204e9800998ecf8427e"),
        ("3f2504e0-4f89-11d3-9a0c-0305e82c3301", "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    ],
)
def test_ids_of_two_kinds_have_two(one: str, other: str) -> None:
    assert generated_shape(one) != generated_shape(other)


@pytest.mark.parametrize(
    "text", ["", "48151623", "2024-01-31", "https://example.com", "firstName", "The quick brown fox"]
)
def test_what_is_not_made_up_by_a_machine_has_none(text: str) -> None:
    assert generated_shape(text) == ""


def test_the_lists_hold_one_name_each() -> None:
    assert [name for name in SCHEMA_NAMES if re.search(r"\s", name)] == []
    assert len(ID_KEYS) == len(set(ID_KEYS))


MARK = "[redacted string:3f9a1c22e07b4d58]"


@pytest.mark.parametrize(("name", "expected"), [(MARK, True), (f"user:{MARK}", True), (f"the {MARK} of all", False)])
def test_what_stands_for_a_secret_key_is_data_as_the_key_was(name: str, expected: bool) -> None:
    assert is_id(name) is expected
    assert is_id(name.replace(MARK, "bob@example.com")) is expected
    assert not is_id(name.replace("3f9a", "nine"))
