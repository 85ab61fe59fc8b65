"""Looking costs something, so it is done once for all, and only for somebody."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from shadow.serve.board import Board, in_thread

LONG = 3600.0


@dataclass
class Looks:
    """Counts the looks; each waits until it may end."""

    count: int = 0
    at_once: int = 0
    most_at_once: int = 0
    may_end: threading.Event = field(default_factory=threading.Event)
    begun: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def __call__(self) -> Any:
        self.count += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.begun.release()
        assert self.may_end.wait(20)
        self.at_once -= 1
        return SimpleNamespace(id=f"state {self.count}")


def test_many_who_ask_at_once_share_one_look() -> None:
    looks = Looks()

    async def ask() -> None:
        board = Board(looks, LONG)
        asking = [asyncio.create_task(board.fresh()) for _ in range(5)]
        await in_thread(looks.begun.acquire)
        looks.may_end.set()
        assert {state.id for state in await asyncio.gather(*asking)} == {"state 1"}
        assert (await board.fresh()).id == "state 1"

    asyncio.run(ask())
    assert looks.count == 1


def test_one_who_goes_away_leaves_the_look_to_the_others() -> None:
    looks = Looks()

    async def ask() -> None:
        board = Board(looks, LONG)
        gone = asyncio.create_task(board.fresh())
        await in_thread(looks.begun.acquire)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        stays = asyncio.create_task(board.fresh())
        looks.may_end.set()
        assert (await stays).id == "state 1"

    asyncio.run(ask())
    assert (looks.count, looks.most_at_once) == (1, 1)


def test_nobody_looks_while_nobody_watches() -> None:
    looks = Looks()
    looks.may_end.set()

    async def watch() -> None:
        board = Board(looks, 0.0)
        keeping = asyncio.create_task(board.keep_fresh())
        for _ in range(20):
            await asyncio.sleep(0)
        assert looks.count == 0
        with board.watching():
            assert (await board.next("", 20)).id == "state 1"  # type: ignore[union-attr]
            assert (await board.next("state 1", 20)).id != "state 1"  # type: ignore[union-attr]
        keeping.cancel()

    asyncio.run(watch())


def test_what_goes_wrong_in_the_thread_is_raised_where_it_is_awaited() -> None:
    with pytest.raises(ZeroDivisionError):
        asyncio.run(in_thread(lambda: 1 // 0))


def test_whoever_waits_for_news_is_let_go_at_the_end() -> None:
    async def wait() -> None:
        board = Board(Looks(), LONG)
        waiting = asyncio.create_task(board.next("", LONG))
        await asyncio.sleep(0)
        board.end()
        assert await waiting is None

    asyncio.run(wait())
