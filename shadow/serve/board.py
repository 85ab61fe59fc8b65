"""Where the newest state hangs for everybody to see. It is made by one thread at a time, and only for somebody."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar, cast

from shadow.serve.state import State

__all__ = ["Board", "in_thread"]

T = TypeVar("T")


class Board:
    """Belongs to one event loop."""

    def __init__(self, look: Callable[[], State], every: float) -> None:
        """``look`` blocks, and is called at most every ``every`` seconds, never twice at once."""
        self._look = look
        self._every = every
        self._state: State | None = None
        self._looked_at = float("-inf")
        self._rest = every
        self._looking: asyncio.Task[State] | None = None
        self._news = asyncio.Event()
        self._watched = asyncio.Event()
        self._watchers = 0
        self.ended = False

    @property
    def watchers(self) -> int:
        return self._watchers

    async def fresh(self) -> State:
        """The newest state, made anew unless that has just been done."""
        if self._state is not None and time.monotonic() - self._looked_at < self._rest:
            return self._state
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._renew())
        # Whoever waits may go away; the thread goes on, and others wait for it, too.
        return await asyncio.shield(self._looking)

    async def keep_fresh(self) -> None:
        """Look again and again, for as long as somebody watches; ends only by being cancelled."""
        while True:
            await self._watched.wait()
            await self.fresh()
            await asyncio.sleep(self._rest)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Within it the caller counts as one who has the page open."""
        self._watchers += 1
        self._watched.set()
        try:
            yield
        finally:
            self._watchers -= 1
            if not self._watchers:
                self._watched.clear()

    async def next(self, known: str, timeout: float) -> State | None:  # noqa: ASYNC109 - what comes is None, no error
        """The newest state as soon as its id is not the ``known`` one; None after ``timeout`` seconds without, or at
        the end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while not self.ended:
                    if self._state is not None and self._state.id != known:
                        return self._state
                    await self._news.wait()
        return None

    def end(self) -> None:
        """Let everybody who waits know that nothing comes any more."""
        self.ended = True
        self._tell()

    async def _renew(self) -> State:
        started = time.monotonic()
        self._state = await in_thread(self._look)
        self._looked_at = time.monotonic()
        # Where a look takes long, looking takes at most half of the time.
        self._rest = max(self._every, self._looked_at - started)
        self._tell()
        return self._state

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()


async def in_thread(work: Callable[[], T]) -> T:
    """What ``work`` returns, done in a thread of its own, which a process that ends doesn't wait for."""
    loop = asyncio.get_running_loop()
    result: asyncio.Future[T] = loop.create_future()

    def deliver(done: T | None, error: BaseException | None) -> None:
        if result.done():  # nobody waits for it any more
            return
        if error is not None:
            result.set_exception(error)
        else:
            result.set_result(cast("T", done))

    def run() -> None:
        done, error = None, None
        try:
            done = work()
        except BaseException as caught:  # noqa: BLE001 - raised again where it is awaited
            error = caught
        with suppress(RuntimeError):  # the loop is closed: the server has ended meanwhile
            loop.call_soon_threadsafe(deliver, done, error)

    threading.Thread(target=run, daemon=True).start()
    return await result
