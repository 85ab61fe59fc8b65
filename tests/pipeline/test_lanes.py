"""In which order mirrored requests go out."""

from __future__ import annotations

import asyncio
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
            lanes.add(noting(log, name), "session")
        assert await lanes.drain(FOREVER)
        return log

    assert asyncio.run(run()) == ["a starts", "a ends", "b starts", "b ends", "c starts", "c ends"]


def test_a_slow_lane_does_not_hold_up_another():
    async def run() -> None:
        log: list[str] = []
        free = asyncio.Event()
        lanes = Lanes(8)
        lanes.add(noting(log, "slow", free), "slow")
        lanes.add(noting(log, "quick"), "quick")
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
            lanes.add(noting(log, name, free), name)
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
            lanes.add(noting(log, f"busy {n}"), "busy")
        lanes.add(noting(log, "other"), "other")
        assert await lanes.drain(FOREVER)
        return log

    log = asyncio.run(run())
    assert log.index("other starts") < log.index("busy 2 starts")


def test_a_lane_that_was_empty_can_be_used_again():
    async def run() -> list[str]:
        log: list[str] = []
        lanes = Lanes(1)
        for name in "ab":
            lanes.add(noting(log, name), "session")
            assert await lanes.drain(FOREVER)
        return log

    assert asyncio.run(run()) == ["a starts", "a ends", "b starts", "b ends"]


def test_work_may_add_work_to_its_own_lane():
    async def run() -> list[str]:
        log: list[str] = []
        lanes = Lanes(1)

        async def first() -> None:
            log.append("first")
            lanes.add(noting(log, "second"), "session")

        lanes.add(first, "session")
        assert await lanes.drain(FOREVER)
        return log

    assert asyncio.run(run()) == ["first", "second starts", "second ends"]


def test_draining_gives_up_in_time_drops_the_rest_and_says_so():
    async def run() -> None:
        log: list[str] = []
        lanes = Lanes(1)
        lanes.add(noting(log, "stuck", asyncio.Event()), "stuck")
        lanes.add(noting(log, "behind it"), "stuck")
        lanes.add(noting(log, "other"), "other")
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
        lanes.add(work, "session")
        finished = await lanes.drain(0)
        await settle()
        assert finished == bool(ended)

    asyncio.run(run())


def test_draining_nothing_is_done_at_once():
    async def run() -> bool:
        return await Lanes(1).drain(0)

    assert asyncio.run(run())


def test_reads_of_one_address_run_side_by_side_and_a_write_waits_for_them_and_holds_up_what_follows():
    async def run() -> None:
        log: list[str] = []
        free = {name: asyncio.Event() for name in ("read 1", "read 2", "write")}
        lanes = Lanes(8)
        lanes.add(noting(log, "read 1", free["read 1"]), "address", "connection 1")
        lanes.add(noting(log, "read 2", free["read 2"]), "address", "connection 2")
        lanes.add(noting(log, "write", free["write"]), "address", "connection 3", alone=True)
        lanes.add(noting(log, "later"), "address", "connection 4")
        lanes.add(noting(log, "stranger"), "other address", "connection 5")
        await settle()
        assert log == ["read 1 starts", "read 2 starts", "stranger starts", "stranger ends"]
        free["read 1"].set()
        await settle()
        assert log[4:] == ["read 1 ends"]
        free["read 2"].set()
        await settle()
        assert log[5:] == ["read 2 ends", "write starts"]
        free["write"].set()
        assert await lanes.drain(FOREVER)
        assert log[7:] == ["write ends", "later starts", "later ends"]

    asyncio.run(run())


class Piece:
    """One piece of work of a property test, which ends when the test says so."""

    def __init__(self, group: str, track: str, alone: bool) -> None:
        self.group, self.track, self.alone = group, track, alone
        self.started = self.ended = False
        self._end = asyncio.Event()

    async def work(self) -> None:
        assert not self.started
        self.started = True
        await self._end.wait()
        self.ended = True

    def end(self) -> None:
        self._end.set()

    def waits_for(self, earlier: Piece) -> bool:
        return self.group == earlier.group and (self.alone or earlier.alone or self.track == earlier.track)


@given(
    concurrency=st.integers(1, 20),
    steps=st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.booleans()) | st.integers(0, 19), max_size=40
    ),
)
def test_a_piece_runs_exactly_when_all_that_it_waits_for_has_ended_and_there_is_room(concurrency, steps):
    """A step adds a piece, or ends one of those that run; afterwards all that may run does, and nothing else."""

    async def run() -> None:
        lanes = Lanes(concurrency)
        pieces: list[Piece] = []

        async def end(one: Piece) -> None:
            one.end()
            await settle()
            check()

        def running() -> list[Piece]:
            return [piece for piece in pieces if piece.started and not piece.ended]

        def check() -> None:
            may_run = 0
            for index, piece in enumerate(pieces):
                free = all(earlier.ended for earlier in pieces[:index] if piece.waits_for(earlier))
                assert free or not piece.started
                may_run += free and not piece.ended
            assert len(running()) == min(concurrency, may_run)
            assert lanes.waiting == sum(not piece.ended for piece in pieces)

        for step in steps:
            if isinstance(step, int):
                if running():
                    await end(running()[step % len(running())])
                continue
            pieces.append(Piece(*step))
            lanes.add(pieces[-1].work, pieces[-1].group, pieces[-1].track, alone=pieces[-1].alone)
            await settle()
            check()
        while running():
            await end(running()[0])
        assert all(piece.ended for piece in pieces)
        assert await lanes.drain(0)
        assert not lanes._groups

    asyncio.run(run())


def test_ten_thousand_pieces_wait_without_ten_thousand_tasks():
    async def run() -> None:
        lanes = Lanes(64)
        free = asyncio.Event()
        done: list[int] = []

        def work(number: int) -> Callable[[], Awaitable[None]]:
            async def piece() -> None:
                await free.wait()
                done.append(number)

            return piece

        for number in range(10_000):
            lanes.add(work(number), f"address {number % 7}", f"connection {number % 500}", alone=number % 50 == 0)
        await settle()
        assert len(asyncio.all_tasks()) <= 65
        assert lanes.waiting == 10_000
        free.set()
        assert await lanes.drain(FOREVER)
        assert sorted(done) == list(range(10_000))

    asyncio.run(run())


def test_work_that_is_done_at_once_leaves_others_a_turn():
    async def run() -> int:
        lanes = Lanes(4)
        done = 0

        async def work() -> None:
            nonlocal done
            done += 1

        for number in range(1000):
            lanes.add(work, f"session {number}")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return done

    assert 0 < asyncio.run(run()) < 1000


def test_a_piece_that_is_added_while_the_last_worker_leaves_is_worked_on():
    async def run() -> None:
        log: list[str] = []
        lanes = Lanes(1)

        async def work() -> None:
            # Runs after the worker has found nothing more to do and before asyncio tells of its end.
            asyncio.get_running_loop().call_soon(lambda: lanes.add(noting(log, "late"), "b"))

        lanes.add(work, "a")
        await settle()
        assert log == ["late starts", "late ends"]

    asyncio.run(run())


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
        lanes.add(work, "session")
        await started.wait()
        await lanes.drain(seconds)
        return cancelled.is_set()

    assert asyncio.run(run())
