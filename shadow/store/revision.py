"""Whether anything that a report tells has been stored since one last looked, asked as cheaply as can be."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from shadow.store import schema
from shadow.store.coordination import is_paused, last_forgotten

__all__ = ["read_revision"]


def read_revision(connection: Connection) -> str:
    """Changes with all evidence, with every pause and with everything forgotten; not with mere signs of life.

    Whatever is observed is counted, so the counters stand for all tables. They are few: a row for each epoch, day and
    name. (SQLite's own `data_version` would change with every proxy's heartbeat.)
    """
    counters = schema.counters.c
    counting = select(func.count(), func.sum(counters["count"]), func.max(counters.last_seen))
    rows, total, last_seen = connection.execute(counting.select_from(schema.counters)).one()
    return f"{rows} {total} {last_seen} {last_forgotten(connection)} {is_paused(connection)}"
