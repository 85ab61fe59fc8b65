"""A watch on the event loop tells a busy worker from a slow side."""

from __future__ import annotations

import asyncio
import time

from shadow.pipeline.lag import LagWatch


def test_a_blocked_loop_is_late_by_as_long_as_it_was_blocked():
    """Work that keeps the loop from running shows, also when it is the last thing that happens."""

    async def watched(last: bool) -> float:
        async with LagWatch() as lag:
            await asyncio.sleep(0.01)
            end = time.perf_counter() + 0.2
            while time.perf_counter() < end:
                pass
            if not last:
                await asyncio.sleep(0.01)
        return lag.worst

    assert asyncio.run(watched(last=False)) > 0.15
    assert asyncio.run(watched(last=True)) > 0.15


def test_waiting_is_not_being_late():
    """A side that takes long leaves the loop idle: what is waited for does not count as lag."""

    async def watched() -> float:
        async with LagWatch() as lag:
            await asyncio.sleep(1.0)
        return lag.worst

    assert asyncio.run(watched()) < 0.9
