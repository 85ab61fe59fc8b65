"""What differs between SQLite and PostgreSQL, all in one place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine, Insert, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from shadow.store.merging import merged_columns

__all__ = ["begin", "connect", "exclude_others", "ignore", "merge", "upsert"]

BUSY_SECONDS = 10.0
"""How long to wait for other writers, or for an answer from a server; `?timeout=` (SQLite) or `?connect_timeout=`
(PostgreSQL) in the store's URL say otherwise."""

_LOCK = 0x5AD0
"""Any number, as long as it stays the same."""


def connect(url: URL) -> Engine:
    """An engine for the URL. Opens nothing yet. Raises ModuleNotFoundError where the database's driver is missing."""
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    waiting = {} if "connect_timeout" in url.query else {"connect_timeout": int(BUSY_SECONDS)}
    return create_engine(url, connect_args=waiting, pool_pre_ping=True)


@contextmanager
def begin(engine: Engine, *, writes: bool) -> Iterator[Connection]:
    """One transaction: committed at the end, rolled back on an exception.

    Readers see one snapshot throughout. Writers on SQLite take their turn at the start, where waiting is possible,
    rather than fail halfway.
    """
    options: dict[str, Any] = {"writes": writes}
    if engine.dialect.name == "postgresql" and not writes:
        options.update(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


def merge(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows; where there is one with the same key, merge them column by column."""
    if rows:
        connection.execute(_merging(table, connection.dialect.name), rows)


def ignore(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    """Insert the rows, except those whose key is there already."""
    if several := list(rows):
        connection.execute(_insert(table, connection.dialect.name).on_conflict_do_nothing(), several)


def upsert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT for this database that has ``on_conflict_do_update`` and ``excluded``."""
    return _insert(table, connection.dialect.name)


def exclude_others(connection: Connection) -> None:
    """Let nobody else come here until this (writing) transaction ends; first thing in it, for the locks. (On SQLite it
    is the only one that writes anyway.)"""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


@cache
def _merging(table: Table, dialect: str) -> Insert:
    insert = _insert(table, dialect)
    changed = {name: rule.in_sql(table.c[name], insert.excluded[name]) for name, rule in merged_columns(table).items()}
    if not changed:
        return insert.on_conflict_do_nothing()
    return insert.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=changed)


def _insert(table: Table, dialect: str) -> sqlite.Insert | postgresql.Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def _sqlite(url: URL) -> Engine:
    waiting = {} if "timeout" in url.query else {"timeout": BUSY_SECONDS}
    engine = create_engine(url, connect_args=waiting)

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # Python's driver begins transactions on its own, and too late; so it is told not to, and `take_turn` does.
        connection.isolation_level = None
        # In WAL mode this can't lose a committed batch when a process dies, only when the machine does.
        connection.cursor().execute("PRAGMA synchronous=NORMAL").close()

    @event.listens_for(engine, "begin")
    def take_turn(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
