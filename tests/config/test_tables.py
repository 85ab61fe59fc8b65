from __future__ import annotations

from shadow.config.settings import CompareRule, Routes, Settings
from shadow.config.tables import keys, tables, tables_in


def test_the_tables_are_those_of_the_file_nested_ones_after_their_outer_one() -> None:
    assert [table.heading for table in tables()] == [
        "[legacy]", "[candidate]", "[proxy]", "[mirror]", "[routes]", "[[route]]", "[compare]", "[[compare.rule]]",
        "[[accept]]", "[verdict]", "[store]", "[redact]", "[report]",
    ]  # fmt: skip


def test_keys_are_named_as_in_the_file() -> None:
    assert list(keys(Routes)) == ["from", "required"]
    assert "as" in keys(CompareRule)
    assert list(keys(Settings)) == []


def test_tables_are_found_in_data_and_what_is_no_table_is_passed_over() -> None:
    data = {"compare": {"rule": [{"path": "$"}, 5, {}]}, "route": {"match": "*"}, "accept": ["x"], "proxy": 1}
    assert list(tables_in(data, "compare.rule")) == [("compare.rule[0]", {"path": "$"}), ("compare.rule[2]", {})]
    assert list(tables_in(data, "route")) == [("route", {"match": "*"})]
    assert list(tables_in(data, "accept")) == list(tables_in(data, "proxy")) == list(tables_in(data, "store")) == []
