"""A parameter's value is told by its shape, never by what it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.pipeline.value_shapes import decoded, shape_of

SHAPES = {
    "": "empty",
    "0": "zero",
    "42": "integer",
    "4294967296": "large integer",
    "-1": "negative integer",
    "007": "digits",
    "12.50": "decimal",
    "-.5": "decimal",
    "true": "boolean",
    "0f8fad5b-d9cb-469f-a165-70867728950e": "uuid",
    "2026-11-23": "date",
    "2026-11": "date",
    "2026-11-23T10:00:00.000Z": "time",
    "2026-11-23T10:00:00+01:00": "time",
    "9f8e7d6c5b4a3210": "hex",
    "12345678": "integer",
    "ada@example.com": "e-mail",
    "shipped": "word",
    "blue-suede-shoes": "slug",
    "in_progress": "slug",
    "A1": "letters and digits",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV": "token",
    "cus_NffrFeUfNV2Hib": "token",
    "1,2,3": "list",
    "two words": "text",
    "a/b?c": "text",
    "a\nb": "control characters",
    "Zoë": "non-ascii",
    "\udcff": "not UTF-8",
    "x" * 201: "long text",
}


@pytest.mark.parametrize(("value", "shape"), SHAPES.items())
def test_each_kind_of_value_has_its_shape(value: str, shape: str) -> None:
    assert shape_of(value) == shape


@given(st.text(st.characters(), max_size=300))
def test_whatever_stands_there_has_one_of_few_shapes(value: str) -> None:
    assert shape_of(value) in set(SHAPES.values())


@given(st.text(st.characters(), max_size=60))
def test_whatever_a_client_sends_can_be_decoded(text: str) -> None:
    assert isinstance(decoded(text), str)


def test_bytes_that_are_no_utf8_stay_what_they_are() -> None:
    assert shape_of(decoded("%C3%A9")) == "non-ascii"
    assert shape_of(decoded("%FF")) == "not UTF-8"
    assert shape_of(decoded("%2")) == "text"
