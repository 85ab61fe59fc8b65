from __future__ import annotations

import pytest

from shadow.recordings import loose


@pytest.mark.parametrize("document", [None, 1, "a", [], [1], {}, {"a": None}, {"a": {"c": "x"}}, {"a": [{"b": "x"}]}])
def test_what_is_not_there_is_nothing(document):
    assert loose.member(document, "a", "b") is None
    assert loose.text(document, "a", "b") == ""
    assert loose.number(document, "a", "b") is None
    assert loose.items(document, "a", "b") == loose.pairs(document, "a", "b") == []


@pytest.mark.parametrize(
    ("value", "number"),
    [(1, 1.0), (-0.5, -0.5), ("200", 200.0), (True, None), ("nan", None), ("1e999", None), (10**400, None), ({}, None)],
)
def test_numbers(value, number):
    assert loose.number({"a": value}, "a") == number


@pytest.mark.parametrize(
    "given",
    [
        [{"name": "A", "value": "1"}, {"name": "B", "value": ""}],
        [{"key": "A", "value": "1"}, {"key": "B", "value": None}, {"key": "C", "value": "2", "disabled": True}],
        [["A", "1"], ["B", ""], ["C"], ["", "x"], 7, {"value": "x"}, {"name": "C", "value": {}}],
        {"A": "1", "B": None},
        [{"name": "A", "value": 1}, {"name": "B"}],
    ],
)
def test_names_and_values_in_any_style(given):
    assert loose.pairs({"headers": given}, "headers") == [("A", "1"), ("B", "")]
