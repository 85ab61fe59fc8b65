"""DeepDiff says how each leaf differs, whatever the leaf holds."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadow.compare.documents.differ import kinds_of
from shadow.compare.documents.values import ABSENT, Leaf, OddNumber, json_type

values = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from([ABSENT, [], {}, [1], {"__a": 1}, OddNumber("NaN"), OddNumber("Infinity"), 10**4000])
    | st.sampled_from([Decimal("1E+9999999"), "\ud800", "x" * 100_000, "a\nb\n" * 5000])
)


def expected(leaf: Leaf) -> str:
    if leaf.candidate is ABSENT:
        return "missing"
    if leaf.legacy is ABSENT:
        return "added"
    return "value-changed" if json_type(leaf.legacy) == json_type(leaf.candidate) else "type-changed"


@given(st.lists(st.tuples(values, values).filter(lambda p: p != (ABSENT, ABSENT) and p[0] != p[1]), max_size=8))
@settings(max_examples=200, deadline=None)
def test_every_leaf_gets_the_kind_that_its_json_types_tell(pairs: list[tuple[Any, Any]]) -> None:
    leaves = [Leaf(("a", number), one, other) for number, (one, other) in enumerate(pairs)]
    assert kinds_of(leaves) == [expected(leaf) for leaf in leaves]


@pytest.mark.parametrize(
    ("one", "other"), [(True, 1), (1, True), (0, False), (None, 0), ("1", 1), ([], {}), ("", None)]
)
def test_python_values_that_are_alike_are_still_of_different_types(one: Any, other: Any) -> None:
    assert kinds_of([Leaf((), one, other)]) == ["type-changed"]


def test_long_texts_that_differ_at_their_end_are_told_apart() -> None:
    assert kinds_of([Leaf((), "line\n" * 40_000, "line\n" * 40_000 + "!")]) == ["value-changed"]
