"""Whether a duration that was measured in an event loop means anything: how late the loop itself was meanwhile."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

__all__ = ["LagWatch", "Lateness"]

TICK = 0.002
"""Seconds between two looks at the clock."""
COARSE = 0.05
"""The same, for what is watched all the time."""


class _Watch(ABC):
    """Looks at the clock every ``tick`` seconds while it is entered, and tells `_note` how late it was."""

    def __init__(self, tick: float) -> None:
        self._tick = tick
        self._looked_at = 0.0
        self._watching: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._looked_at = loop.time()
        self._watching = loop.create_task(self._watch())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._watching is not None
        self._watching.cancel()
        self._look()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._tick)
            self._look()

    def _look(self) -> None:
        self._note(self._late())
        self._looked_at = asyncio.get_running_loop().time()

    def _late(self) -> float:
        """Seconds by which the next look is late at this moment."""
        return max(0.0, asyncio.get_running_loop().time() - self._looked_at - self._tick)

    @abstractmethod
    def _note(self, late: float) -> None:
        """It was so many seconds late."""


class LagWatch(_Watch):
    """Watches the running event loop while it is entered; ``worst`` is how late it was at worst, in seconds.

    A worker runs at the lowest priority and compares bodies between two reads, so an answer may lie in its socket for
    a while before its arrival is noticed. Such a duration says how busy the worker is, not how quick a side is.
    """

    def __init__(self) -> None:
        super().__init__(TICK)
        self.worst = 0.0

    def _note(self, late: float) -> None:
        self.worst = max(self.worst, late)


class Lateness(_Watch):
    """Adds up, while it is entered, how long the running event loop was kept from its work.

    A worker that gets no CPU, or is held still, notices answers late or not at all: time that a side did not have.
    """

    def __init__(self) -> None:
        super().__init__(COARSE)
        self._sum = 0.0

    @property
    def seconds(self) -> float:
        """So far, up to this moment."""
        return self._sum + self._late()

    def _note(self, late: float) -> None:
        self._sum += late
