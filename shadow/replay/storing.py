"""What a replay has in the store, and when it gives up on it."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable

from shadow.config import Settings
from shadow.errors import StoreError
from shadow.evidence.observation import Observation
from shadow.pipeline.handover import Mark
from shadow.pipeline.recorder import Recorder
from shadow.replay.ledger import SENT

__all__ = ["Storing"]

HEARTBEAT = 5.0
"""Seconds between two signs of life in the store."""
PATIENCE = 15.0
"""Seconds for which the store may not be writable, until the replay ends."""


class Storing:
    """Owns the recorder. ``run`` is the replay's name in the ledger, ``key`` that of the redaction key; ``on_stored``
    is called when something is in, ``on_end`` when nothing more can be stored, with why, where that is known.
    """

    def __init__(
        self,
        settings: Settings,
        run: str,
        key: str,
        *,
        on_stored: Callable[[], None],
        on_end: Callable[[StoreError | None], None],
        say: Callable[[str], None],
    ) -> None:
        self._recorder = Recorder(settings, run, key, on_done=self._on_done, on_trouble=self._on_trouble)
        self._on_stored = on_stored
        self._on_end = on_end
        self._say = say
        self._awaited: dict[int, asyncio.Future[None]] = {}
        self._trouble: asyncio.TimerHandle | None = None
        self._recording: asyncio.Task[None]

    def start(self, below: int) -> None:
        """Begin, with the number that stands for all that an earlier try has done, 0 where there was none."""
        # The replay has begun. Not as 0 in any case: the lowest number stands for all before it.
        self._recorder.add(below, 0, [])
        self._recording = asyncio.create_task(self._recorder.run())
        self._recording.add_done_callback(self._on_recording_ended)

    def add(self, number: int, oldest: int, observation: Observation) -> None:
        """Take what a request has proved; see `Recorder.add`."""
        self._recorder.add(number, oldest, [observation])

    async def note_sent(self, number: int) -> None:
        """Have it in the store that the write may have been sent, before it is."""
        stored = self._awaited[SENT + number] = asyncio.get_running_loop().create_future()
        self._recorder.add(SENT + number, 0, [], at_once=True)
        await stored

    @property
    def waiting(self) -> int:
        """Entries that are not in the store yet."""
        return self._recorder.waiting

    async def show_life(self, queue: Callable[[], int], held: Callable[[], str]) -> None:
        """Tell `shadow status` that this replay runs, until it is cancelled; see `Recorder.heartbeat`."""
        here = socket.gethostname()
        while True:
            waiting = queue() + self.waiting
            await self._recorder.heartbeat(
                pid=os.getpid(), host=here, listen="a replay", queue=waiting, shed=0, held=held()
            )
            await asyncio.sleep(HEARTBEAT)

    async def finish(self) -> None:
        """Store what there is. Raises whatever fault of its own has ended the recorder."""
        self._recorder.close()
        await asyncio.wait([self._recording])
        if self._trouble is not None:
            self._trouble.cancel()
        await self._recorder.end()
        if not self._recording.cancelled():
            self._recording.result()

    def _on_done(self, numbers: tuple[int, ...], _marks: tuple[Mark, ...]) -> None:
        for number in numbers:
            if (stored := self._awaited.pop(number, None)) is not None and not stored.done():
                stored.set_result(None)
        self._on_stored()

    def _on_recording_ended(self, recording: asyncio.Task[None]) -> None:
        if recording.cancelled() or recording.exception() is not None:
            self._on_end(None)

    def _on_trouble(self, trouble: str) -> None:
        if self._trouble is not None:
            self._trouble.cancel()
            self._trouble = None
        if trouble:
            self._say(f"{trouble}\n  the replay goes on for at most {PATIENCE:.0f} s without it")
            self._trouble = asyncio.get_running_loop().call_later(PATIENCE, self._give_up, StoreError(trouble))

    def _give_up(self, error: StoreError) -> None:
        self._on_end(error)
        self._recording.cancel()
