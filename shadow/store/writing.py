"""One batch of observations → the tables, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select

from shadow.evidence.days import day_of
from shadow.store import dialects, schema
from shadow.store.activity import keep_activity
from shadow.store.batch import Batch
from shadow.store.coverage import keep_coverage
from shadow.store.examples import keep_pairs
from shadow.store.noise import keep_noise
from shadow.store.sampling import keep_distinct

__all__ = ["add_batch", "committed", "enter_numbers", "numbers_of", "strike_out"]

_ASK = 10_000
"""Numbers in one query; PostgreSQL takes 65,535 parameters, SQLite 32,766."""


def add_batch(connection: Connection, batch: Batch, *, examples: int, everything: bool) -> None:
    """Add the batch to what is stored.

    The epochs come first: on PostgreSQL writing their rows locks them, so two processes that write evidence of the same
    epoch take turns, as all writers do on SQLite.
    """
    dialects.merge(connection, schema.epochs, batch.epochs)
    for rows in batch.additive:
        dialects.merge(connection, rows.table, rows.sorted())
    keep_activity(connection, batch.activity)
    keep_distinct(connection, batch.distinct)
    keep_noise(connection, batch.noise)
    keep_coverage(connection, batch.coverage)
    keep_pairs(connection, batch.pairs, most=examples, everything=everything)


def committed(connection: Connection, run: str, numbers: Sequence[int]) -> set[int]:
    """Which of the numbers are in the ledger of the run."""
    found: set[int] = set()
    for start in range(0, len(numbers), _ASK):
        asked = schema.ledger.c.number.in_(numbers[start : start + _ASK])
        found.update(connection.scalars(select(schema.ledger.c.number).where(schema.ledger.c.run == run, asked)))
    return found


def enter_numbers(connection: Connection, run: str, numbers: Sequence[int], *, oldest: int, now: float) -> None:
    """Enter the numbers into the run's ledger, and strike out those below ``oldest``, which nobody will ask for."""
    day = day_of(now)
    dialects.ignore(connection, schema.ledger, ({"run": run, "number": number, "day": day} for number in numbers))
    connection.execute(delete(schema.ledger).where(schema.ledger.c.run == run, schema.ledger.c.number < oldest))


def numbers_of(connection: Connection, run: str) -> set[int]:
    """All numbers in the ledger of the run."""
    return set(connection.scalars(select(schema.ledger.c.number).where(schema.ledger.c.run == run)))


def strike_out(connection: Connection, run: str) -> None:
    """Strike all numbers out of the ledger of the run."""
    connection.execute(delete(schema.ledger).where(schema.ledger.c.run == run))
