"""Which rows are read: those of one epoch, from some day on."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import ColumnElement, Table

__all__ = ["Window"]


class Window(NamedTuple):
    """The epoch of that id, from the day ``since`` on."""

    epoch: str
    since: int

    def rows(self, table: Table, day: str = "day") -> ColumnElement[bool]:
        """The condition for a table, whose column ``day`` says when."""
        return (table.c.epoch == self.epoch) & (table.c[day] >= self.since)
