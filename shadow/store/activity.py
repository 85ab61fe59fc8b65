"""Counts what was compared when, in bounded room, and reads it.

Of each bucket the `MOST` lowest signature ids are kept apart, and the others are counted together. Ids are digests, so
which are kept has nothing to do with what they stand for. A signature that is among the lowest of all that ever come
to a bucket is so at any earlier time, and in each of the finer buckets that are added up; so what is kept is the same
in whatever order requests come, through whatever process, and whenever upkeep adds up.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, func, insert, literal, or_, select

from shadow.evidence.activity import COARSENING, FINEST, POOLED, Activity, Coarsening
from shadow.evidence.days import start_of
from shadow.store import dialects
from shadow.store.merging import Rows
from shadow.store.schema import activity, epochs, signature_counts, signatures
from shadow.store.window import Rows as Chosen

__all__ = ["MOST", "coarsen", "count_by_day", "keep_activity", "read_activity"]

MOST = 16
"""Signatures that one bucket keeps apart, matches not counted."""
_AT_ONCE = 50
"""Epochs whose buckets are added up in one transaction: all others that write wait for it on SQLite, and on PostgreSQL
those that write of these epochs. Each takes some milliseconds an hour."""

_c = activity.c
_DIFFERS = _c.signature.not_in(("", POOLED))


class _Bucket(NamedTuple):
    epoch: str
    day: int
    start: int
    width: int


def keep_activity(connection: Connection, rows: Rows, most: int = MOST) -> None:
    """Add new counts to their epochs, whose own rows this transaction has written (and so locked) already."""
    new = rows.sorted()
    dialects.merge(connection, activity, new)
    touched: defaultdict[tuple[int, int], set[str]] = defaultdict(set)
    for row in new:
        if row["signature"]:
            touched[row["day"], row["start"]].add(row["epoch"])
    for (day, start), several in sorted(touched.items()):
        asked = {"at_day": day, "at_start": start, "of": sorted(several), "most": most}
        _pool(connection, _buckets(connection.execute(_FULL, asked)), most)


def coarsen(connection: Connection, now: float, most: int = MOST, at_once: int = _AT_ONCE) -> bool:
    """Add up buckets that are old enough (see `COARSENING`), those of ``at_once`` epochs at the most; whether there may
    be more, for a transaction of their own. Must come first in its transaction, for the locks."""
    steps = [(step, _ripe(step, now)) for step in COARSENING]
    found = _locked(connection, or_(*(ripe for _, ripe in steps)), at_once)
    for step, ripe in steps if found else ():
        _add_up(connection, step, and_(ripe, _c.epoch.in_(found)), most)
    return len(found) == at_once


def read_activity(connection: Connection, rows: Chosen) -> dict[str, tuple[Activity, ...]]:
    """What was compared when in each epoch, in one statement however many epochs there are."""
    meaning = (signatures.c.epoch == _c.epoch) & (signatures.c.signature == _c.signature)
    query = (
        select(_c.epoch, _c.day, _c.start, _c.width, _c["count"], signatures.c.fingerprints)
        .outerjoin_from(activity, signatures, meaning)
        .where(rows.rows(activity))
    )
    fingerprints = cache(lambda text: tuple(sorted(json.loads(text))))
    found: defaultdict[str, list[Activity]] = defaultdict(list)
    for epoch, day, start, width, count, text in connection.execute(query):
        shown = None if text is None else fingerprints(text)
        found[epoch].append(Activity(int(start_of(day)) + start, width, shown, count))
    return {epoch: tuple(sorted(several, key=_order)) for epoch, several in found.items()}


def count_by_day(connection: Connection) -> None:
    """Fill the empty table from what is known of each day: by which buckets of a day it adds up is lost."""
    c = signature_counts.c
    days = select(c.epoch, c.day, literal(0), literal(86_400), c.signature, c["count"])
    connection.execute(insert(activity).from_select(["epoch", "day", "start", "width", "signature", "count"], days))
    _pool(connection, _full(connection, _c.width == 86_400, MOST), MOST)


def _order(one: Activity) -> tuple[int, int, bool, tuple[str, ...]]:
    return one.start, one.width, one.fingerprints is None, one.fingerprints or ()


def _ripe(step: Coarsening, now: float) -> ColumnElement[bool]:
    return and_(_c.width == step.width, _c.day * 86_400 + _c.start + step.width <= now - step.after)


def _locked(connection: Connection, ripe: ColumnElement[bool], at_once: int) -> list[str]:
    """Some epochs with such rows, to which nobody else adds until this transaction ends."""
    ids = list(connection.scalars(select(_c.epoch).where(ripe).distinct().order_by(_c.epoch).limit(at_once)))
    # In order and all at once, as all who write do, so that no two wait for each other.
    locking = select(epochs.c.id).where(epochs.c.id.in_(ids)).order_by(epochs.c.id).with_for_update()
    connection.execute(locking)
    return ids


def _add_up(connection: Connection, step: Coarsening, ripe: ColumnElement[bool], most: int) -> None:
    coarser = Rows(activity)
    for row in connection.execute(select(activity).where(ripe)).mappings():
        coarser.add(**{**row, "start": row["start"] // step.into * step.into, "width": step.into})
    connection.execute(delete(activity).where(ripe))
    rows = coarser.sorted()
    dialects.merge(connection, activity, rows)
    coarse = and_(_c.width == step.into, _c.epoch.in_({row["epoch"] for row in rows}))
    _pool(connection, _full(connection, coarse, most), most)


def _full(connection: Connection, where: ColumnElement[bool], most: int) -> list[_Bucket]:
    """The buckets with more signatures than there is room for."""
    return _buckets(connection.execute(_counting.where(where).having(func.count() > most)))


def _buckets(rows: Iterable[Any]) -> list[_Bucket]:
    return [_Bucket(*row) for row in rows]


def _pool(connection: Connection, full: list[_Bucket], most: int) -> None:
    """Count the signatures together for which there is no room in these buckets."""
    for bucket in full:
        _pool_one(connection, bucket, most)


def _pool_one(connection: Connection, bucket: _Bucket, most: int) -> None:
    mine = and_(*(_c[name] == value for name, value in bucket._asdict().items()))
    query = select(_c.signature, _c["count"]).where(mine, _DIFFERS)
    counts: dict[str, int] = dict(iter(connection.execute(query)))
    evicted = sorted(counts)[most:]
    pooled = sum(counts[signature] for signature in evicted)
    dialects.merge(connection, activity, [bucket._asdict() | {"signature": POOLED, "count": pooled}])
    connection.execute(_DELETE.where(mine), [{"evicted": signature} for signature in evicted])


_key = (_c.epoch, _c.day, _c.start, _c.width)
_counting = select(*_key).where(_DIFFERS).group_by(*_key)
# Asked with every batch, so it is only put together once.
_FULL = _counting.where(
    _c.day == bindparam("at_day"),
    _c.start == bindparam("at_start"),
    _c.width == FINEST,
    _c.epoch.in_(bindparam("of", expanding=True)),
).having(func.count() > bindparam("most"))
_DELETE = delete(activity).where(_c.signature == bindparam("evicted"))
