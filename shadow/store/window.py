"""Which rows are read: those of one epoch, from some day on, or all rows of several epochs."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from sqlalchemy import ColumnElement, Table

from shadow.store.schema import distinct_requests

__all__ = ["Epochs", "Rows", "Window"]


class Rows(Protocol):
    """Which rows of a table that belong to epochs, and have a day, are read."""

    def of(self, table: Table, /) -> ColumnElement[bool]:
        """The condition for the rows of these epochs, of whatever day."""

    def rows(self, table: Table, day: str = "day", /) -> ColumnElement[bool]:
        """The condition for a table, whose column ``day`` says when."""


class Window(NamedTuple):
    """The epoch of that id, from the day ``since`` on."""

    epoch: str
    since: int

    def of(self, table: Table) -> ColumnElement[bool]:
        return table.c.epoch == self.epoch

    def rows(self, table: Table, day: str = "day") -> ColumnElement[bool]:
        return (table.c.epoch == self.epoch) & (table.c[day] >= self.since)


class Epochs(NamedTuple):
    """The epochs of these ids, however old; of their distinct requests those whose digest is below ``below``."""

    ids: tuple[str, ...]
    below: bytes | None = None

    def of(self, table: Table) -> ColumnElement[bool]:
        return table.c.epoch.in_(self.ids)

    def rows(self, table: Table, _day: str = "day") -> ColumnElement[bool]:
        if table is distinct_requests and self.below is not None:
            return self.of(table) & (table.c.digest < self.below)
        return self.of(table)
