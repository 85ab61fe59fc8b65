"""Remembers what legacy said when it was asked again about a fingerprint: day by day, a sample of the requests."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, select

from shadow.store import dialects
from shadow.store.merging import Rows
from shadow.store.schema import asked

__all__ = ["LIMIT", "keep_asked"]

LIMIT = 50
"""Distinct requests kept of one fingerprint and day; three decide, the rest is to see how common noise is."""


def keep_asked(connection: Connection, rows: Rows) -> None:
    """Add the requests, then drop all but the `LIMIT` smallest digests of each fingerprint and day that was touched.

    Digests are uniform, so what a request has shown has nothing to do with whether it is kept; and what is kept is the
    same in whatever order the requests came. (A request that was dropped stays too large: the kept ones only get
    smaller.)
    """
    new = rows.sorted()
    dialects.merge(connection, asked, new)
    touched = sorted({(row["epoch"], row["fingerprint"], row["day"]) for row in new})
    if touched:
        connection.execute(_TRIM, [{"of": epoch, "showing": shown, "on": day} for epoch, shown, day in touched])


_mine = (
    (asked.c.epoch == bindparam("of"))
    & (asked.c.fingerprint == bindparam("showing"))
    & (asked.c.day == bindparam("on"))
)
_kept = asked.alias()
_TRIM = delete(asked).where(
    _mine,
    asked.c.digest.not_in(
        select(_kept.c.digest)
        .where(
            _kept.c.epoch == bindparam("of"),
            _kept.c.fingerprint == bindparam("showing"),
            _kept.c.day == bindparam("on"),
        )
        .order_by(_kept.c.digest)
        .limit(LIMIT)
    ),
)
