"""How much of the CPU a worker may have: what the proxy and its clients leave over, until there are no more clients."""

from __future__ import annotations

import asyncio
import os

__all__ = ["give_way", "stop_giving_way"]

LOWEST = 19
SESSION = 10
"""The nice value of a worker's session: beside a proxy that needs a whole core it gets a tenth of that core, which
keeps it going (and its connections alive) on a machine that has nothing to spare."""
TRIES = 20


async def give_way() -> None:
    """Run this process at the lowest priority from now on, and those that it will start."""
    os.nice(LOWEST)
    await _set_session(os.getpid(), SESSION)


async def stop_giving_way(pid: int) -> None:
    """Let a worker run like any other session again, as far as that can be had: nice values can't be taken back."""
    await _set_session(pid, 0)


async def _set_session(pid: int, nice: int) -> None:
    """Linux shares the CPU out by session first, and nice values count within a session only (sched(7), "The autogroup
    feature"). A worker has a session of its own, so there it is the session's nice value that counts."""
    for _ in range(TRIES):
        try:
            with open(f"/proc/{pid}/autogroup", "w") as file:  # noqa: ASYNC230, PTH123 - no disk behind it
                file.write(str(nice))
        except BlockingIOError:
            await asyncio.sleep(0.1)  # ten times per second is all that unprivileged users get, all of them together
        except OSError:
            return  # no such feature here: nice values count as they are
        else:
            return
