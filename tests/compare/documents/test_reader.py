"""The fast parser and the one that loses nothing read the same, and what the fast one loses is noticed."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.compare.documents.reader import (
    UnreadableError,
    has_negative_zero,
    read_again,
    read_json,
    shows_all,
)
from shadow.compare.documents.sameness import IN_ORDER
from shadow.compare.documents.values import OddNumber, Repeating

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=15,
)


@given(values, st.booleans())
def test_both_ways_of_reading_give_the_same_values(value: Any, escaped: bool) -> None:
    text = json.dumps(value, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
    fast, slow = read_json(text), read_again(text)
    assert fast.value == slow.value
    assert repr(fast.value) == repr(slow.value)


spellings = st.sampled_from(
    [
        *("0", "-0", "0.0", "-0.0", "0.00000000", "0.0000000123", "1.10", "100", "1e2", "1E-7", "123456789.000"),
        *(r'"\b\f\n\r\t\"\\\/"', r'"\u0008\u000c\u001f\u007f\u2028"', '"\x7f\u2028é😀"', r'"\u00e9"'),
        *("true", "null", "[]", "{}"),
    ]
)


@given(st.lists(spellings))
def test_nothing_but_an_exponent_is_longer_written_again(texts: list[str]) -> None:
    document = read_json(f"[{','.join(texts)}]")
    written = IN_ORDER.text(document.value, {})
    assert document.exponents == any("e2" in text or "E-7" in text for text in texts)
    assert document.exponents or written.length <= len(document.source)


@given(values)
def test_a_document_without_repeated_members_shows_all(value: Any) -> None:
    document = read_json(json.dumps(value))
    if document.source and "\\u003" not in json.dumps(value):
        assert shows_all(document, IN_ORDER.text(document.value, {}))


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 1}',
        '{"a":1,"a":1}',
        '{"a":1,"a":1,"b":1e5,"c":1e5}',
        '{"a":1,"a":[1e5,1e5,1e5,1e5,1e5,1e5]}',
        '{"a": ":", "a": ":"}',
        r'{"a": 1, "a": 1, "b": "\u003a"}',
        r'{"a": 1, "a": 1, "b": "\u003A"}',
        r'{"a": 1, "\u0061": 1}',
        '[{"x": {"a": 1, "b": 2, "a": 3}}]',
    ],
)
def test_a_repeated_member_is_never_lost_unnoticed(text: str) -> None:
    document = read_json(text)
    assert not shows_all(document, IN_ORDER.text(document.value, {}))
    assert read_again(text.encode()).repeats


def test_a_repeated_member_is_kept_where_it_is() -> None:
    document = read_again(b'{"x": [{"b": 0}, {"a": 1, "b": 2, "a": [3]}]}')
    plain, repeating = document.value["x"]
    assert type(plain) is dict
    assert isinstance(repeating, Repeating)
    assert repeating == {"a": [3], "b": 2}
    assert repeating.several == {"a": [1, [3]]}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.10", "Decimal('1.10')"),
        ("-0.0", "Decimal('-0.0')"),
        ("18446744073709551617", "18446744073709551617"),
        ("1e400", "Decimal('1E+400')"),
        ("0.1000000000000000055511151231257827", "Decimal('0.1000000000000000055511151231257827')"),
        ("NaN", "OddNumber('NaN')"),
        ("-Infinity", "OddNumber('-Infinity')"),
        ("1e99999999999999999999", "OddNumber('1e99999999999999999999')"),
        (r'"\ud800"', r"'\ud800'"),
    ],
)
def test_nothing_of_a_value_is_lost(text: str, value: str) -> None:
    assert repr(read_json(text).value) == value


def test_thousands_of_digits_are_read() -> None:
    assert read_json("7" * 10_000).value == Decimal("7" * 10_000)


@pytest.mark.parametrize(("text", "there"), [("[-0]", True), ("-0", True), ('{"a":-0 }', True), ("[-0.0]", False)])
def test_a_negative_zero_is_seen_in_the_text(text: str, there: bool) -> None:
    assert has_negative_zero(text.encode()) is there
    assert not has_negative_zero(b'["2026-01-01T00:00:00-05:00", -1, -10, 1e-05]')


def test_a_number_is_remembered_by_its_spelling() -> None:
    first, second = (read_json("[1.50, 1.5]").value for _ in range(2))
    assert [str(number) for number in (*first, *second)] == ["1.50", "1.5", "1.50", "1.5"]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (b"[1,", "line 1"),
        (b"[1]x", "line 1, column 4"),
        (b'["\xff"]', "byte 2 is not UTF-8"),
        (b"\xff\xfe[\0", "UTF-8"),
    ],
)
def test_what_is_no_json_says_where(text: bytes, where: str) -> None:
    with pytest.raises(UnreadableError, match=where):
        read_json(text)


def test_what_is_too_deep_says_so() -> None:
    with pytest.raises(UnreadableError) as raised:
        read_json("[" * 100_000)
    assert raised.value.too_deep


def test_a_byte_order_mark_is_kept_in_mind() -> None:
    assert read_json("\ufeff[1]").marked
    assert read_json(b"\xef\xbb\xbf[1]").value == [1]
    assert not read_json("[1]").marked
    assert OddNumber("NaN") != OddNumber("Infinity")


@pytest.mark.parametrize("text", [b"[" + b"[]," * 1_000_001 + b"1]", b"[" + b"NaN," * 300_001 + b"1]"])
def test_what_would_take_too_long_to_read_says_so(text: bytes) -> None:
    with pytest.raises(UnreadableError, match="more than") as raised:
        read_json(text)
    assert raised.value.too_deep
