"""What processes on one store tell each other: mirroring is paused, this work is mine, I am alive."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, delete, func, or_, select

from shadow.store import dialects
from shadow.store.schema import controls, epochs, leases, proxies

__all__ = [
    "ALIVE",
    "Proxy",
    "forget_proxy",
    "is_paused",
    "last_forgotten",
    "live_proxies",
    "note_forgotten",
    "report_alive",
    "set_paused",
    "take_lease",
    "used_key",
]

ALIVE = 30.0
"""Seconds since its last sign of life for which a proxy counts as running."""

_FORGOTTEN = "forgotten"
_KEY = "redact-key"
_PAUSED = "paused"
_HELD = "held:"
"""Before the name of a run."""


class Proxy(msgspec.Struct, frozen=True, kw_only=True):
    """One proxy, as its workers last reported it; times in seconds since the epoch."""

    run: str
    pid: int
    host: str
    listen: str
    started: float
    last_seen: float
    queue: int
    """Exchanges that wait for a worker."""
    shed: int
    """Exchanges shed since the start."""
    held: str = ""
    """What is not sent now because a side gives no answers, in a sentence."""


def set_paused(connection: Connection, *, paused: bool) -> None:
    if paused:
        dialects.ignore(connection, controls, [{"key": _PAUSED, "value": "1"}])
    else:
        connection.execute(delete(controls).where(controls.c.key == _PAUSED))


def used_key(connection: Connection, name: str) -> str:
    """Enter the name of the key by whose digests requests are known again, and return the one that holds: that which
    was entered first, as long as there is evidence."""
    if connection.scalar(select(epochs.c.id).limit(1)) is None:
        connection.execute(delete(controls).where(controls.c.key == _KEY))
    dialects.ignore(connection, controls, [{"key": _KEY, "value": name}])
    return connection.scalar(select(controls.c.value).where(controls.c.key == _KEY)) or name


def note_forgotten(connection: Connection, now: float) -> None:
    """Say that evidence has been forgotten."""
    connection.execute(delete(controls).where(controls.c.key == _FORGOTTEN))
    dialects.ignore(connection, controls, [{"key": _FORGOTTEN, "value": repr(now)}])


def last_forgotten(connection: Connection) -> str:
    """Something else after each time that evidence was forgotten; "" before the first."""
    return connection.scalar(select(controls.c.value).where(controls.c.key == _FORGOTTEN)) or ""


def is_paused(connection: Connection) -> bool:
    return connection.scalar(select(controls.c.value).where(controls.c.key == _PAUSED)) is not None


def take_lease(connection: Connection, name: str, owner: str, *, now: float, seconds: float) -> bool:
    """Take the lease until ``seconds`` after ``now``, or renew it; False while somebody else holds it."""
    insert = dialects.upsert(connection, leases).values(name=name, owner=owner, expires=now + seconds)
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=[leases.c.name],
            set_={"owner": insert.excluded.owner, "expires": insert.excluded.expires},
            where=or_(leases.c.owner == owner, leases.c.expires <= now),
        )
    )
    return connection.scalar(select(leases.c.owner).where(leases.c.name == name)) == owner


def report_alive(connection: Connection, proxy: Proxy) -> None:
    """Enter the proxy, or what is new about it."""
    row = msgspec.structs.asdict(proxy)
    _say_held(connection, proxy.run, row.pop("held"))
    insert = dialects.upsert(connection, proxies).values(row)
    changed = {name: insert.excluded[name] for name in row if name not in ("run", "started")}
    connection.execute(insert.on_conflict_do_update(index_elements=[proxies.c.run], set_=changed))


def forget_proxy(connection: Connection, run: str) -> None:
    """Strike out a run that has ended."""
    connection.execute(delete(proxies).where(proxies.c.run == run))
    _say_held(connection, run, "")


def live_proxies(connection: Connection, now: float) -> list[Proxy]:
    """Those that gave a sign of life within the last `ALIVE` seconds, the first started first."""
    columns = [proxies.c[name] for name in Proxy.__struct_fields__ if name != "held"]
    held = func.coalesce(controls.c.value, "").label("held")
    noted = proxies.outerjoin(controls, controls.c.key == _HELD + proxies.c.run)
    query = (
        select(*columns, held)
        .select_from(noted)
        .where(proxies.c.last_seen > now - ALIVE)
        .order_by(proxies.c.started, proxies.c.run)
    )
    found: dict[tuple[str, int], Proxy] = {}
    for proxy in (Proxy(**row) for row in connection.execute(query).mappings()):
        place = (proxy.host, proxy.pid)
        found[place] = _together(found[place], proxy) if place in found else proxy
    return list(found.values())


def _say_held(connection: Connection, run: str, held: str) -> None:
    connection.execute(delete(controls).where(controls.c.key == _HELD + run))
    if held:
        dialects.ignore(connection, controls, [{"key": _HELD + run, "value": held}])


def _together(first: Proxy, other: Proxy) -> Proxy:
    """Two workers of one proxy, each of which reports for itself."""
    return msgspec.structs.replace(
        first,
        last_seen=max(first.last_seen, other.last_seen),
        queue=first.queue + other.queue,
        shed=first.shed + other.shed,
        held=first.held or other.held,
    )
