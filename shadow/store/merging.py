"""How two rows with the same key become one; the same rule in memory and in SQL, so that evidence adds up anywhere.

Each rule is commutative, associative and (but for `ADD`) idempotent: neither the order in which rows arrive nor the
batches that they arrive in can change what is stored.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Table, case

__all__ = ["ADD", "GREATEST", "LEAST", "Merge", "Rows", "merged_columns"]


class Merge(NamedTuple):
    """A rule for one column, of the stored (or earlier) value and the new one."""

    in_memory: Callable[[Any, Any], Any]
    in_sql: Callable[[ColumnElement[Any], ColumnElement[Any]], ColumnElement[Any]]


ADD = Merge(lambda mine, new: mine + new, lambda mine, new: mine + new)
# CASE, because SQLite calls it max() and PostgreSQL greatest().
LEAST = Merge(min, lambda mine, new: case((new < mine, new), else_=mine))
GREATEST = Merge(max, lambda mine, new: case((new > mine, new), else_=mine))


def merged_columns(table: Table) -> dict[str, Merge]:
    """The columns of a table that have a rule. Any other is its key, or follows from its key and never changes."""
    return {column.name: column.info["merge"] for column in table.columns if "merge" in column.info}


class Rows:
    """New rows for one table, merged by key as they come."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._key = tuple(column.name for column in table.primary_key.columns)
        self._merges = tuple((name, merge.in_memory) for name, merge in merged_columns(table).items())
        self._rows: dict[tuple[Any, ...], dict[str, Any]] = {}

    def add(self, **row: Any) -> None:
        """Add a row, which has a value for every column that has no default."""
        key = tuple([row[name] for name in self._key])
        mine = self._rows.setdefault(key, row)
        if mine is not row:
            for name, merge in self._merges:
                mine[name] = merge(mine[name], row[name])

    def sorted(self) -> list[dict[str, Any]]:
        """The rows by key: everybody who writes takes locks in the same order, so no two wait for each other."""
        return [self._rows[key] for key in sorted(self._rows)]
