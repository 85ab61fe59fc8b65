"""Puts observations into the store in batches, off the event loop, and says when they are in for good."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from shadow.config import Settings
from shadow.errors import StoreError
from shadow.evidence.observation import Observation
from shadow.pipeline.handover import Mark
from shadow.store import Store, open_store

__all__ = ["Recorder"]

T = TypeVar("T")

BATCH = 500
"""Entries in one transaction at most."""
EVERY = 0.2
"""Seconds between two batches."""
RETRY = 2.0
"""Seconds between two tries while the store can't be written."""


class Recorder:
    """Owns the store of a worker. All access to it is in one thread of its own, so it never blocks the event loop.

    While the store can't be written, entries wait here (the proxy's queue bounds how many) and ``on_trouble`` is told
    why; nothing is dropped. ``on_done`` gets the numbers of each committed batch. ``key`` is `Redactor.key_name`.
    """

    def __init__(
        self,
        settings: Settings,
        run: str,
        key: str,
        *,
        on_done: Callable[[tuple[int, ...], tuple[Mark, ...]], None],
        on_trouble: Callable[[str], None],
    ) -> None:
        self._settings = settings
        self._run = run
        self._key = key
        self._on_done = on_done
        self._on_trouble = on_trouble
        self._entries: list[tuple[int, int, Sequence[Observation], Mark | None]] = []
        self._failed = 0
        """How many entries the last batch had, if it failed; it may have got through all the same."""
        self._store: Store | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._wake = asyncio.Event()
        self._closing = False
        self._trouble = ""

    def add(
        self,
        number: int,
        oldest: int,
        observations: Sequence[Observation],
        mark: Mark | None = None,
        *,
        at_once: bool = False,
    ) -> None:
        """Take what the message ``number`` has proved (nothing: the number is only struck out).

        All of it is committed together with the number, so that it is counted exactly once; numbers below ``oldest``
        are struck out of the ledger then. ``at_once``: somebody waits for it.
        """
        self._entries.append((number, oldest, observations, mark))
        if (at_once or len(self._entries) >= BATCH) and not self._trouble:
            self._wake.set()

    async def committed(self, numbers: list[int]) -> set[int]:
        """Which of the run's numbers the store knows already; waits until the store can be asked."""
        while True:
            try:
                return await self._call(lambda store: store.committed(self._run, numbers))
            except StoreError as error:
                self._say(str(error))
                await asyncio.sleep(RETRY)

    async def heartbeat(self, *, pid: int, host: str, listen: str, queue: int, shed: int, held: str) -> None:
        """Tell the store that this run is alive; what hinders that is said when evidence is written."""
        with suppress(StoreError):
            await self._call(
                lambda store: store.heartbeat(
                    self._run, pid=pid, host=host, listen=listen, queue=queue, shed=shed, held=held
                )
            )

    async def run(self) -> None:
        """Write batches until `close` is called and everything is written."""
        await self._try_again()  # makes the store, or says at once why it can't be had
        while not (self._closing and not self._entries):
            if not self._closing:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), EVERY)
                self._wake.clear()
            if not await self._write() and self._trouble:
                self._wake.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), RETRY)

    def close(self) -> None:
        """No more entries will come."""
        self._closing = True
        self._wake.set()

    async def end(self) -> None:
        """Let go of the store, and tell it that this run is over."""
        if self._store is not None:
            with suppress(StoreError):
                await self._call(lambda store: store.farewell(self._run))
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close_store)
        self._thread.shutdown(wait=False, cancel_futures=True)

    @property
    def waiting(self) -> int:
        return len(self._entries)

    async def _write(self) -> bool:
        """Write the next batch; True where the store is well."""
        # The store knows a batch again that it has seen before, but not one to which something was added meanwhile.
        batch = self._entries[: self._failed or BATCH]
        if not batch:
            return not self._trouble or await self._try_again()
        observations = [observation for _, _, several, _ in batch for observation in several]
        numbers = tuple(number for number, _, _, _ in batch)
        oldest = max(oldest for _, oldest, _, _ in batch)
        try:
            await self._call(lambda store: store.record(observations, run=self._run, numbers=numbers, oldest=oldest))
        except StoreError as error:
            self._failed = len(batch)
            self._say(str(error))
            return False
        self._failed = 0
        del self._entries[: len(batch)]
        self._say("")
        self._on_done(numbers, tuple(mark for _, _, _, mark in batch if mark is not None))
        return True

    async def _try_again(self) -> bool:
        try:
            await self._call(lambda store: store.paused())
        except StoreError as error:
            self._say(str(error))
            return False
        self._say("")
        return True

    async def _call(self, action: Callable[[Store], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._with_store, action)

    def _with_store(self, action: Callable[[Store], T]) -> T:
        if self._store is None:
            store = open_store(self._settings, create=True)
            try:
                store.use_key(self._key)
            except BaseException:
                store.close()
                raise
            self._store = store
        return action(self._store)

    def _close_store(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None

    def _say(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            self._on_trouble(trouble)
