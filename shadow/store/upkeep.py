"""Deletes evidence that is to start afresh and what has been kept for long enough; adds up what is old."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from shadow.evidence.days import day_of
from shadow.store import schema
from shadow.store.activity import coarsen
from shadow.store.examples import drop_orphans
from shadow.store.recorded import GIVEN, forget_given

__all__ = ["forget", "prune"]

_RUN = 7 * 86_400.0
"""Seconds for which the ledger of a proxy that was killed, and the proxy itself, are remembered."""


def forget(connection: Connection, route: str | None) -> int:
    """Delete all evidence of a route (None: of every route), of whatever epoch; returns how many epochs that was."""
    chosen = select(schema.epochs.c.id)
    if route is not None:
        chosen = chosen.where(schema.epochs.c.route == route)
    # Locked first, as writers do, so that none adds to an epoch whose other rows are gone already.
    ids = list(connection.scalars(chosen.order_by(schema.epochs.c.id).with_for_update()))
    for table in (*schema.EVIDENCE, schema.epochs):
        epoch = table.c.id if table is schema.epochs else table.c.epoch
        for identity in ids:
            connection.execute(delete(table).where(epoch == identity))
    forget_given(connection, ids)
    if route is None:
        # What a replay has done is forgotten: going on with it sends everything again.
        connection.execute(delete(schema.ledger).where(schema.ledger.c.run.like("replay:%")))
    return len(ids)


def prune(connection: Connection, *, now: float, keep: float) -> bool:
    """Delete examples and recorded pairs older than ``keep`` seconds, and the traces of runs that ended long ago; add
    up when things were compared, where it was long ago. Returns whether more may be left to add up."""
    more = coarsen(connection, now)
    connection.execute(delete(schema.examples).where(schema.examples.c.at < now - keep))
    connection.execute(delete(schema.pairs).where(schema.pairs.c.at < now - keep))
    drop_orphans(connection)
    day = schema.ledger.c.day
    connection.execute(delete(schema.ledger).where(~GIVEN, day < day_of(now - _RUN)))
    # No pair is younger than when it was given to another epoch, so those of that day are all gone.
    connection.execute(delete(schema.ledger).where(GIVEN, day < day_of(now - keep)))
    connection.execute(delete(schema.proxies).where(schema.proxies.c.last_seen < now - _RUN))
    connection.execute(delete(schema.leases).where(schema.leases.c.expires < now - _RUN))
    return more
