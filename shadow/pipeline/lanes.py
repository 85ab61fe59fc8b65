"""One lane per session: requests of one session are worked off in order, many sessions in parallel."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

__all__ = ["Lanes"]

Work = Callable[[], Awaitable[None]]


class Lanes:
    """Runs pieces of work: in order within a lane, at most ``concurrency`` lanes at once. Work must not raise."""

    def __init__(self, concurrency: int) -> None:
        self._free = asyncio.Semaphore(concurrency)
        self._lanes: dict[str, deque[Work]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, lane: str, work: Work) -> None:
        """Queue a piece of work at the end of its lane."""
        if lane in self._lanes:
            self._lanes[lane].append(work)
            return
        self._lanes[lane] = deque([work])
        task = asyncio.get_running_loop().create_task(self._run(lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def waiting(self) -> int:
        """Pieces of work that are queued or under way."""
        return sum(map(len, self._lanes.values()))

    async def drain(self, seconds: float) -> bool:
        """Wait until all is done, at most this long; what is left then is dropped. True where nothing was left."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        left = {task for task in self._tasks if not task.done()}
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left)
        return not left

    async def _run(self, lane: str) -> None:
        works = self._lanes[lane]
        try:
            while works:
                async with self._free:
                    await works[0]()
                works.popleft()
        finally:
            del self._lanes[lane]
