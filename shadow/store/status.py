"""What is going on in a store, at a glance."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, func, select

from shadow.store import schema
from shadow.store.coordination import Proxy, is_paused, live_proxies

__all__ = ["Status", "read_status"]


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """``last_seen`` is in seconds since the epoch; None where nothing was ever recorded."""

    place: str
    paused: bool
    proxies: tuple[Proxy, ...]
    """Those that are running now."""
    routes: int
    epochs: int
    pairs: int
    """Whole pairs kept, as examples or as recordings."""
    last_seen: float | None


def read_status(connection: Connection, place: str, now: float) -> Status:
    epochs = schema.epochs.c
    counting = select(func.count(func.distinct(epochs.route)), func.count(), func.max(epochs.last_seen))
    routes, known, last_seen = connection.execute(counting.select_from(schema.epochs)).one()
    return Status(
        place=place,
        paused=is_paused(connection),
        proxies=tuple(live_proxies(connection, now)),
        routes=routes,
        epochs=known,
        pairs=connection.scalar(select(func.count()).select_from(schema.pairs)) or 0,
        last_seen=last_seen,
    )
