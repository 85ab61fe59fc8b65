"""Values as TOML 1.0 text, written by tomlkit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import tomlkit
from tomlkit.items import InlineTable

from shadow.config.environment import escaped

__all__ = ["toml_block", "toml_value"]


def toml_value(value: object) -> str:
    """The value so that shadow reads it back as it is: a ``${`` in text is escaped.

    Takes what TOML knows (text, numbers, booleans, dates, lists, tables, written inline) and paths; raises TypeError
    for anything else.
    """
    return tomlkit.item(_writable(value)).as_string()


def toml_block(name: str, values: Mapping[str, object]) -> str:
    """``[[name]]`` with one line per key; a dotted name is that of nested tables."""
    table = tomlkit.table()
    for key, value in values.items():
        table.append(key, _writable(value))
    return f"[[{name}]]\n{table.as_string()}"


def _writable(value: object) -> object:
    """The value as tomlkit takes it: text escaped, tables inline. Keys are not expanded, so nothing in them is."""
    match value:
        case str() | Path():
            return escaped(str(value))
        case list() | tuple():
            # Not from a list at once, which tomlkit would turn into [[blocks]] where it holds tables.
            array = tomlkit.array()
            for item in value:
                array.append(_writable(item))
            return array
        case Mapping():
            table: InlineTable = tomlkit.inline_table()
            for key, item in value.items():
                table.append(key, _writable(item))
            return table
        case bool() | int() | float() | dt.date():
            return value
    raise TypeError(f"TOML has no {type(value).__name__}")
