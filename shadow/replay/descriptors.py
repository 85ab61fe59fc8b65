"""Room for as many connections as a replay is to have: where there is none, a side seems to give no answer."""

from __future__ import annotations

import resource

from shadow.errors import UsageError

__all__ = ["make_room"]

SPARE = 64
"""For the store, the recordings and whatever else is open."""


def make_room(concurrency: int) -> None:
    """Let this process open files for ``concurrency`` connections to each of both sides. Raises UsageError where the
    system's limit is lower."""
    needed = 2 * concurrency + SPARE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise UsageError(
            f"{concurrency:,} requests at once need {needed:,} open files, of which a process may have {hard:,} here: "
            f"raise that limit (`ulimit -Hn`), or give --concurrency {max(1, (hard - SPARE) // 2)}"
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
