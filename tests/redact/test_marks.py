"""A mark says the type, keeps equal equal and different different, and can't be made without the key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.redact.marks import MARK, Marker

MARKER = Marker(b"key")
SCALARS = st.one_of(st.booleans(), st.integers(), st.floats(allow_nan=False), st.text())


@given(SCALARS, SCALARS)
def test_equal_values_have_equal_marks_and_different_ones_different_marks(one: object, other: object) -> None:
    same = one == other and isinstance(one, bool) == isinstance(other, bool)
    assert (MARKER.value(one) == MARKER.value(other)) is same


@pytest.mark.parametrize(
    ("value", "kind"),
    [("x", "string"), (1, "number"), (1.5, "number"), (True, "boolean"), ([1], "list"), ({}, "object")],
)
def test_a_mark_carries_the_json_type(value: object, kind: str) -> None:
    mark = MARKER.value(value)
    assert MARK.fullmatch(mark)
    assert mark.startswith(f"[redacted {kind}:")


def test_null_stays_null() -> None:
    assert MARKER.value(None) is None


@pytest.mark.parametrize("spelling", ["100", "100.0", "1e2", "1E+2", "0.1e3"])
def test_a_number_has_one_mark_however_it_is_spelled(spelling: str) -> None:
    assert MARKER.number(spelling) == MARKER.value(100)


@pytest.mark.parametrize("other", ["-100", "1000", "10", "100.00000000000000000000000000000000000001", "0", "1e999999"])
def test_other_numbers_have_other_marks(other: str) -> None:
    assert MARKER.number(other) != MARKER.value(100)


def test_a_mark_is_not_marked_again() -> None:
    once = MARKER.mark("string", "secret")
    assert MARKER.mark("string", once) == once
    assert MARKER.binary(MARKER.binary(b"\0\1")) == MARKER.binary(b"\0\1")


def test_another_key_gives_other_marks() -> None:
    assert Marker(b"other").mark("string", "x") != MARKER.mark("string", "x")
    assert Marker(b"other").digest(b"x") != MARKER.digest(b"x")


def test_keys_that_share_their_first_64_bytes_are_different_keys() -> None:
    assert Marker(b"k" * 64).digest(b"x") != Marker(b"k" * 65).digest(b"x")


def test_a_digest_has_16_bytes() -> None:
    assert len(MARKER.digest(b"")) == 16


def test_a_mark_is_known_to_stand_for_what_it_was_made_of():
    marker = Marker(b"key")
    token = marker.mark("string", "abcdef")
    assert marker.stands_for(f"Bearer {token}!", "Bearer abcdef!")
    assert marker.stands_for(marker.number("1.50"), "1.5")
    assert marker.stands_for("plain", "plain")
    assert not marker.stands_for(f"Bearer {token}!", "Bearer abcdeg!")
    assert not marker.stands_for(token, "")
    assert not Marker(b"another").stands_for(token, "abcdef")
    # However many marks there are, it is said soon.
    assert not marker.stands_for(token * 40, "abcdef" * 40)
