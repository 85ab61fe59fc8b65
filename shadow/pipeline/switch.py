"""The kill switch: whether mirroring is stopped, by whoever asked the store or this very proxy.

As it looks at the store all the time, it also sees when evidence was forgotten.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from shadow.config import Settings
from shadow.errors import StoreError
from shadow.pipeline.brake import Brake
from shadow.store import Store, open_store

__all__ = ["Switch"]

EVERY = 0.25
"""Seconds between two looks at the store; within one second nothing more is sent."""
PATIENCE = 2.0
"""Seconds that the first look may take."""


class Switch:
    """Looks at the store with a connection and a thread of its own, so that no write that waits there holds it up.

    While the store can't be read, what it said last holds; at the start that is ``paused``. What was asked of this
    proxy itself holds at once, and is handed on to the store as soon as that can be written.
    """

    def __init__(self, settings: Settings, brake: Brake, *, paused: bool) -> None:
        self._settings = settings
        self._brake = brake
        self._stored = self._told = paused
        self.forgotten = ""
        """See `Store.forgotten`."""
        self._store: Store | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="switch")
        self._looking: asyncio.Future[None] | None = None

    @property
    def paused(self) -> bool:
        """Whether nothing may be sent now."""
        wish = self._brake.wish
        return self._stored if wish is None else wish

    async def look(self) -> None:
        """Look for the first time, and not for long."""
        await asyncio.wait([self._start_looking()], timeout=PATIENCE)

    async def watch(self, on_change: Callable[[bool], None]) -> None:
        """Go on looking for ever; ``on_change`` is called whenever mirroring stops or goes on."""
        while True:
            await (self._looking or self._start_looking())
            self._looking = None
            if self.paused != self._told:
                self._told = self.paused
                on_change(self._told)
            await asyncio.sleep(EVERY)

    async def close(self) -> None:
        """Look no more."""
        closing = asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        await asyncio.wait([closing], timeout=EVERY)
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _start_looking(self) -> asyncio.Future[None]:
        self._looking = asyncio.get_running_loop().run_in_executor(self._thread, self._look)
        return self._looking

    def _look(self) -> None:
        asked, wish = self._brake.asked, self._brake.wish
        with suppress(StoreError):  # the recorder says so, which also makes the store
            if self._store is None:
                self._store = open_store(self._settings)
            self.forgotten = self._store.forgotten()
            if wish is None:
                self._stored = self._store.paused()
                return
            if wish:
                self._store.pause()
            else:
                self._store.resume()
            self._stored = wish  # before the brake lets go, or it would be on in between
            self._brake.stored(asked)

    def _close(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None
