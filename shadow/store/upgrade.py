"""Brings a store that an older version of shadow has made up to date, in place; nothing that still counts is lost."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, text, update

from shadow.store import schema
from shadow.store.activity import count_by_day

__all__ = ["upgrade"]


def upgrade(connection: Connection, found: int) -> None:
    """Go from format ``found`` to `schema.VERSION`, in the caller's transaction, which excludes all others.

    New tables are made as they are today; each step only does away with what an older format kept elsewhere.
    """
    schema.metadata.create_all(connection)
    for version in range(found, schema.VERSION):
        _STEPS[version](connection)
    connection.execute(update(schema.meta).where(schema.meta.c.key == "version").values(value=str(schema.VERSION)))


def _timings_in_pairs(connection: Connection) -> None:
    """Durations were kept apart by side, which can't be put together again; but that evidence was counted by another
    algorithm, and of the past nobody asks how long it took."""
    connection.execute(text("DROP TABLE shadow_latency"))


def _counts_by_day(connection: Connection) -> None:
    """When requests were compared was counted by day only, and stays so for those of before."""
    count_by_day(connection)


_STEPS: dict[int, Callable[[Connection], None]] = {1: _timings_in_pairs, 2: _counts_by_day}
"""Format → what leads from it to the next."""
