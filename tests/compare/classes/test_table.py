"""Every class of differences, with the pairs that it was made for and those that it must not take."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadow.compare.classes.table import CLASSES, classify
from shadow.compare.documents.values import ABSENT, OddNumber

EXAMPLES: dict[str, list[tuple[Any, Any]]] = {
    "null-vs-absent": [(None, ABSENT), (ABSENT, None)],
    "empty-vs-absent": [([], ABSENT), (ABSENT, ""), ({}, ABSENT)],
    "empty-vs-null": [([], None), (None, "")],
    "number-as-string": [(Decimal("12.5"), "12.50"), ("7", 7), (Decimal("1E+3"), "1e3")],
    "bool-as-string": [(True, "true"), ("False", False)],
    "bool-as-number": [(True, 1), (0, False)],
    "number-special": [(OddNumber("NaN"), None), (1, OddNumber("Infinity"))],
    "number-precision": [(9007199254740993, 9007199254740992), (Decimal("0.1"), Decimal("0.10000000000000000555"))],
    "rounding": [
        (Decimal("2.5"), 3),
        (Decimal("2.5"), 2),
        (Decimal("3.5"), 3),
        (Decimal("3.14159"), Decimal("3.14")),
        (Decimal("0.30000000000000004"), Decimal("0.3")),
    ],
    "epoch-unit": [(1700000000, 1700000000000), (1700000000123, 1700000000)],
    "date-format": [
        ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00.000Z"),
        ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00+00:00"),
        ("2024-01-01T10:00", "2024-01-01T10:00:00"),
        ("2024-01-01 10:00:00", "2024-01-01T10:00:00"),
        (1704067200000, "2024-01-01T00:00:00Z"),
    ],
    "time-zone": [
        ("2024-01-01T00:00:00Z", "2024-01-01T01:00:00+01:00"),
        ("2024-01-01T00:00:00", "2024-01-01T00:00:00Z"),
        ("2024-01-01T00:00:00+02:00", "2024-01-01T00:00:00Z"),
    ],
    "date-precision": [("2024-01-01T00:00:00.123456Z", "2024-01-01T00:00:00.123Z")],
    "timestamp": [("2024-01-01T00:00:00Z", "2024-01-01T00:00:07Z")],
    "case": [("ACTIVE", "active")],
    "whitespace": [("a b ", "a  b"), ("a\r\nb", "a\nb")],
    "unicode-normalisation": [("é", "e\u0301")],
    "html-escape": [("a &amp; b", "a & b"), ("it's", "it&#39;s")],
    "url-host": [("https://a.example/x?y=1", "https://b.example/x?y=1")],
    "generated-id": [
        ("3f2504e0-4f89-11d3-9a0c-0305e82c3301", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
        ("01ARZ3NDEKTSV4RRFFQ69G5FAV", "01BX5ZZKBKACTAV9WEVGEMMVRZ"),
    ],
    "type": [(1, "one"), ([], {}), (True, 0), ({}, 1), ("1_0", 10), (Decimal("0.5"), False)],
    "value": [(1, 2), (1, 7), ("a", "b"), (ABSENT, 1), (10, 11), (Decimal("2.5"), 4), ("2024-13-01", "2024-14-01")],
}


@pytest.mark.parametrize(("name", "pair"), [(name, pair) for name, pairs in EXAMPLES.items() for pair in pairs])
def test_each_class_takes_its_examples(name: str, pair: tuple[Any, Any]) -> None:
    assert classify(*pair).name == name


def test_every_class_has_an_example_and_a_place_in_the_documentation() -> None:
    assert {class_.name for class_ in CLASSES} == EXAMPLES.keys()
    page = (Path(__file__).parents[3] / "docs" / "comparison.md").read_text()
    assert [class_.name for class_ in CLASSES if f"| `{class_.name}` |" not in page] == []


json_values = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.sampled_from(
        [
            Decimal("1E+999999"),
            Decimal("1E-999999"),
            Decimal("0E-500"),
            Decimal("-1E+9999999999"),
            10**400,
            ABSENT,
            [],
            {},
        ]
    )
    | st.text()
    | st.from_regex(r"\A\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?\Z")
    | st.from_regex(r"\A[a-z]{1,5}://[^ ]{0,10}\Z")
)


@given(json_values, json_values)
@settings(max_examples=1000, deadline=None)
def test_no_pair_of_values_raises_and_none_is_without_a_class(one: Any, other: Any) -> None:
    assert classify(one, other) in CLASSES


@given(json_values, json_values)
@settings(max_examples=500, deadline=None)
def test_the_class_does_not_depend_on_which_side_is_which(one: Any, other: Any) -> None:
    assert classify(one, other).name == classify(other, one).name
