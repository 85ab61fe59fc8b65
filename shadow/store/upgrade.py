"""Brings a store that an older version of shadow has made up to date, in place; nothing that still counts is lost."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, text, update

from shadow.store import schema

__all__ = ["upgrade"]


def upgrade(connection: Connection, found: int) -> None:
    """Go from format ``found`` to `schema.VERSION`, in the caller's transaction, which excludes all others.

    New tables are made as they are today; each step only moves what an older format kept elsewhere.
    """
    schema.metadata.create_all(connection)
    for version in range(found, schema.VERSION):
        _STEPS[version](connection)
    connection.execute(update(schema.meta).where(schema.meta.c.key == "version").values(value=str(schema.VERSION)))


def _days_of_noise(connection: Connection) -> None:
    """Noise was kept per request, with the last day; now per day, together with what was found to be steady."""
    connection.execute(
        text(
            "INSERT INTO shadow_asked (epoch, fingerprint, day, digest, noise, steady) "
            "SELECT epoch, fingerprint, last_day, digest, 1, 0 FROM shadow_noise"
        )
    )
    connection.execute(text("DROP TABLE shadow_noise"))
    # Its evidence was counted by another algorithm, and of the past nobody asks how long it took.
    connection.execute(text("DROP TABLE shadow_latency"))


_STEPS: dict[int, Callable[[Connection], None]] = {1: _days_of_noise}
"""Format → what leads from it to the next."""
