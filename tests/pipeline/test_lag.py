"""A watch on the event loop tells a busy worker from a slow side."""

from __future__ import annotations

import asyncio
import time

from shadow.pipeline.lag import LagWatch, Lateness


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


def test_lateness_adds_up_and_counts_what_lasts_to_this_moment():
    def block(seconds: float) -> None:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            pass

    async def watched() -> list[float]:
        async with Lateness() as lateness:
            seen = []
            for _ in range(2):
                await asyncio.sleep(0.01)
                block(0.3)
                seen.append(lateness.seconds)
                await asyncio.sleep(0.1)
            return seen

    first, second = asyncio.run(watched())
    assert first > 0.2
    assert second > first + 0.2


def test_waiting_is_no_lateness():
    async def watched() -> float:
        async with Lateness() as lateness:
            await asyncio.sleep(1.0)
            return lateness.seconds

    assert asyncio.run(watched()) < 0.9
