"""One lane per session."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.pipeline.lanes import Lanes

FOREVER = 60.0
"""Seconds that no test waits: the work is done long before."""


def noting(log: list[str], name: str, until: asyncio.Event | None = None) -> Callable[[], Awaitable[None]]:
    """Work that writes down when it starts and ends; it ends once ``until`` is set."""

    async def work() -> None:
        log.append(f"{name} starts")
        if until is not None:
            await until.wait()
        else:
            await asyncio.sleep(0)  # lets the others run
        log.append(f"{name} ends")

    return work


async def settle() -> None:
    """Let everything run that can run."""
    for _ in range(20):
        await asyncio.sleep(0)


def test_work_of_one_lane_is_done_in_order_one_at_a_time():
    async def run() -> list[str]:
        log: list[str] = []
        lanes = Lanes(8)
        for name in "abc":
            lanes.add("session", noting(log, name))
        assert await lanes.drain(FOREVER)
        return log

    assert asyncio.run(run()) == ["a starts", "a ends", "b starts", "b ends", "c starts", "c ends"]


def test_a_slow_lane_does_not_hold_up_another():
    async def run() -> None:
        log: list[str] = []
        free = asyncio.Event()
        lanes = Lanes(8)
        lanes.add("slow", noting(log, "slow", free))
        lanes.add("quick", noting(log, "quick"))
        await settle()
        assert log == ["slow starts", "quick starts", "quick ends"]
        free.set()
        assert await lanes.drain(FOREVER)

    asyncio.run(run())


def test_no_more_lanes_than_the_concurrency_work_at_once():
    async def run() -> None:
        log: list[str] = []
        free = asyncio.Event()
        lanes = Lanes(2)
        for name in "abcd":
            lanes.add(name, noting(log, name, free))
        await settle()
        assert log == ["a starts", "b starts"]
        assert lanes.waiting == 4
        free.set()
        assert await lanes.drain(FOREVER)
        assert lanes.waiting == 0

    asyncio.run(run())


def test_a_busy_lane_lets_others_have_a_turn_between_its_pieces():
    async def run() -> list[str]:
        log: list[str] = []
        lanes = Lanes(1)
        for n in range(3):
            lanes.add("busy", noting(log, f"busy {n}"))
        lanes.add("other", noting(log, "other"))
        assert await lanes.drain(FOREVER)
        return log

    log = asyncio.run(run())
    assert log.index("other starts") < log.index("busy 2 starts")


def test_a_lane_that_was_empty_can_be_used_again():
    async def run() -> list[str]:
        log: list[str] = []
        lanes = Lanes(1)
        for name in "ab":
            lanes.add("session", noting(log, name))
            assert await lanes.drain(FOREVER)
        return log

    assert asyncio.run(run()) == ["a starts", "a ends", "b starts", "b ends"]


def test_work_may_add_work_to_its_own_lane():
    async def run() -> list[str]:
        log: list[str] = []
        lanes = Lanes(1)

        async def first() -> None:
            log.append("first")
            lanes.add("session", noting(log, "second"))

        lanes.add("session", first)
        assert await lanes.drain(FOREVER)
        return log

    assert asyncio.run(run()) == ["first", "second starts", "second ends"]


def test_draining_gives_up_in_time_drops_the_rest_and_says_so():
    async def run() -> None:
        log: list[str] = []
        lanes = Lanes(1)
        lanes.add("stuck", noting(log, "stuck", asyncio.Event()))
        lanes.add("stuck", noting(log, "behind it"))
        lanes.add("other", noting(log, "other"))
        await settle()
        assert not await lanes.drain(0.01)
        await settle()
        assert log == ["stuck starts"]
        assert lanes.waiting == 0

    asyncio.run(run())


@pytest.mark.parametrize("turns", range(6))
def test_draining_tells_the_truth_about_work_that_ends_at_the_last_moment(turns):
    async def run() -> None:
        ended = []

        async def work() -> None:
            for _ in range(turns):
                await asyncio.sleep(0)
            ended.append(True)

        lanes = Lanes(1)
        lanes.add("session", work)
        finished = await lanes.drain(0)
        await settle()
        assert finished == bool(ended)

    asyncio.run(run())


def test_draining_nothing_is_done_at_once():
    async def run() -> bool:
        return await Lanes(1).drain(0)

    assert asyncio.run(run())


@given(
    concurrency=st.integers(1, 4),
    added=st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3)), max_size=30),
)
def test_all_work_is_done_once_and_in_its_lanes_order(concurrency, added):
    async def run() -> tuple[dict[str, list[int]], int]:
        done: defaultdict[str, list[int]] = defaultdict(list)
        at_once, most = 0, 0
        lanes = Lanes(concurrency)

        def work(lane: str, number: int, turns: int) -> Callable[[], Awaitable[None]]:
            async def piece() -> None:
                nonlocal at_once, most
                at_once += 1
                most = max(most, at_once)
                for _ in range(turns):
                    await asyncio.sleep(0)
                at_once -= 1
                done[lane].append(number)

            return piece

        for number, (lane, turns) in enumerate(added):
            lanes.add(lane, work(lane, number, turns))
        assert await lanes.drain(FOREVER)
        return done, most

    done, most = asyncio.run(run())
    assert most <= concurrency
    assert done == {
        lane: [n for n, (each, _) in enumerate(added) if each == lane] for lane in {each for each, _ in added}
    }


@pytest.mark.parametrize("seconds", [0, 0.01])
def test_work_that_is_dropped_is_cancelled_so_that_its_connections_close(seconds):
    async def run() -> bool:
        cancelled = asyncio.Event()
        started = asyncio.Event()

        async def work() -> None:
            started.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                cancelled.set()
                raise

        lanes = Lanes(1)
        lanes.add("session", work)
        await started.wait()
        await lanes.drain(seconds)
        return cancelled.is_set()

    assert asyncio.run(run())
