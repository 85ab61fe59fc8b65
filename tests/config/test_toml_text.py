from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.config.environment import expand
from shadow.config.toml_text import toml_value

_TEXT = st.text(st.characters(exclude_categories=("Cs",)))
_VALUES = st.recursive(
    st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | _TEXT | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=10,
)


@given(_VALUES)
def test_a_value_is_read_back_as_it_was(value: Any) -> None:
    data, problems = expand(tomllib.loads(f"key = {toml_value(value)}\n"), {})
    assert (data["key"], problems) == (value, [])


def test_values_look_as_people_write_them() -> None:
    values = [True, 5, 0.5, 'it\'s "q"', Path("/a"), dt.date(2027, 3, 1), ["a", 1], {"x-y": "", "a b": 1}, {}]
    assert [toml_value(value) for value in values] == [
        "true", "5", "0.5", '"it\'s \\"q\\""', '"/a"', "2027-03-01", '["a", 1]', '{x-y = "", "a b" = 1}', "{}",
    ]  # fmt: skip


def test_what_toml_does_not_have_is_an_error() -> None:
    with pytest.raises(TypeError, match="NoneType"):
        toml_value([None])
