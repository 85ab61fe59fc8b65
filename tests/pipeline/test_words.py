"""Words of enumerations are told from what people write by the field's name and by how they are written."""

from __future__ import annotations

import pytest

from shadow.pipeline.words import is_plain_name, is_word, tells_of_words


@pytest.mark.parametrize(
    "name", ["state", "status", "orderStatus", "payment_method", "TYPE", "kind", "roles", "statuses", "categories"]
)
def test_a_field_whose_name_says_so_may_hold_words(name: str) -> None:
    assert tells_of_words(name)


@pytest.mark.parametrize(
    "name",
    [
        "name",
        "firstName",
        "owner",
        "assignee",
        "createdBy",
        "username",
        "email",
        "city",
        "note",
        "statusText",
        "",
        "id",
    ],
)
def test_no_other_field_does(name: str) -> None:
    assert not tells_of_words(name)


def test_a_name_without_end_says_nothing() -> None:
    assert not tells_of_words("x" * 10**6 + "Status")


@pytest.mark.parametrize(
    "text", ["shipped", "PENDING", "Pending", "inProgress", "in_progress", "IN_PROGRESS", "in-transit", "v2", "TIER_1"]
)
def test_a_word_is_written_as_programs_write_their_constants(text: str) -> None:
    assert is_word(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "two words", "Ada Lovelace", "ada@example.com", "x" * 33, "a1b2c3", "4711", "Zoë", "50%", "it's", "a.b",
        "0f8fad5b-d9cb-469f-a165-70867728950e", "eyJhbGciOiJIUzI1NiJ9", "AKIAIOSFODNN7EXAMPLE", "<b>", "shipped\n",
        "order/42", "2026-11-23",
    ],
)  # fmt: skip
def test_anything_else_is_none(text: str) -> None:
    assert not is_word(text)


@pytest.mark.parametrize(
    ("name", "plain"),
    [("page", True), ("sort_by", True), ("_", True), ("9f8e7d6c5b4a3210", False), ("a b", False), ("x" * 41, False),
     ("ada@example.com", False), ("", False), ("order-48151623", False), ("AKIAABCDEFGHIJKLMNOP", False)],
)  # fmt: skip
def test_a_name_is_plain_where_a_program_gave_it(name: str, plain: bool) -> None:
    assert is_plain_name(name) is plain
