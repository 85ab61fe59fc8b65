"""Bounds the distinct requests that are kept for an epoch, without bias.

Up to `LIMIT` all are kept. Beyond it only those whose digest begins with `bits` zero bits, where `bits` grows by one
whenever the kept ones pass the limit again. Digests are uniform, so whether a request is kept has nothing to do with
what it showed: shares among the kept are those among all. And which are kept depends on the set of requests only, not
on the order in which they came or on who wrote them.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, delete, distinct, func, select, update

from shadow.store import dialects
from shadow.store.merging import Rows
from shadow.store.schema import distinct_requests, epochs

__all__ = ["LIMIT", "below", "keep_distinct"]

LIMIT = 100_000
"""Distinct requests kept for one epoch."""
_SIZE = 16
"""Bytes of a digest."""


def keep_distinct(connection: Connection, rows: Rows, limit: int = LIMIT) -> None:
    """Add distinct requests to their epochs, whose own rows this transaction has written (and so locked) already."""
    wanted: dict[str, list[dict[str, Any]]] = {}
    for row in rows.sorted():
        wanted.setdefault(row["epoch"], []).append(row)
    sampled = select(epochs.c.id, epochs.c.sample_bits, epochs.c.distinct_bound).where(epochs.c.id.in_(list(wanted)))
    bounds: list[dict[str, Any]] = []
    kept: list[dict[str, Any]] = []
    for epoch, bits, bound in connection.execute(sampled).all():
        sample = [row for row in wanted[epoch] if bits == 0 or row["digest"] < below(bits)]
        kept.extend(sample)
        # Counting is slow, so an upper bound is kept: as if no request had ever been seen twice.
        bounds.append({"epoch_id": epoch, "bits": bits, "bound": bound + len({row["digest"] for row in sample})})
    dialects.merge(connection, distinct_requests, kept)
    for found in bounds:
        while found["bound"] > limit:
            found["bound"] = _count(connection, found["epoch_id"])
            if found["bound"] > limit:
                found["bits"] += 1
                _drop(connection, found["epoch_id"], found["bits"])
    if bounds:
        connection.execute(_SET_BOUND, bounds)


def below(bits: int) -> bytes:
    """The first digest, in order, that has fewer than ``bits`` leading zero bits (``bits`` ≥ 1)."""
    return (1 << (8 * _SIZE - bits)).to_bytes(_SIZE, "big")


def _count(connection: Connection, epoch: str) -> int:
    counting = select(func.count(distinct(distinct_requests.c.digest))).where(distinct_requests.c.epoch == epoch)
    return int(connection.scalar(counting) or 0)


def _drop(connection: Connection, epoch: str, bits: int) -> None:
    connection.execute(
        delete(distinct_requests).where(distinct_requests.c.epoch == epoch, distinct_requests.c.digest >= below(bits))
    )


_SET_BOUND = (
    update(epochs)
    .where(epochs.c.id == bindparam("epoch_id"))
    .values(sample_bits=bindparam("bits"), distinct_bound=bindparam("bound"))
)
