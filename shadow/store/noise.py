"""Remembers which requests showed a fingerprint as noise; the latest few are enough."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, select

from shadow.store import dialects
from shadow.store.merging import Rows
from shadow.store.schema import noise

__all__ = ["LIMIT", "keep_noise"]

LIMIT = 100
"""Distinct requests kept for one fingerprint; three decide, the rest is for people to see how common it is."""


def keep_noise(connection: Connection, rows: Rows) -> None:
    """Add the requests, then drop all but the latest `LIMIT` of each fingerprint that was touched.

    A request that was dropped had that many later ones before it, and they only get later. So what is left is the
    same in whatever order they came.
    """
    new = rows.sorted()
    dialects.merge(connection, noise, new)
    touched = sorted({(row["epoch"], row["fingerprint"]) for row in new})
    if touched:
        connection.execute(_TRIM, [{"of": epoch, "showing": fingerprint} for epoch, fingerprint in touched])


_mine = (noise.c.epoch == bindparam("of")) & (noise.c.fingerprint == bindparam("showing"))
_latest = noise.alias()
_TRIM = delete(noise).where(
    _mine,
    noise.c.digest.not_in(
        select(_latest.c.digest)
        .where(_latest.c.epoch == bindparam("of"), _latest.c.fingerprint == bindparam("showing"))
        .order_by(_latest.c.last_day.desc(), _latest.c.digest)
        .limit(LIMIT)
    ),
)
