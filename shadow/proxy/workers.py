"""All workers of one proxy: which of them an exchange goes to, and what concerns them together."""

from __future__ import annotations

import asyncio
import uuid
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from mitmproxy import http

from shadow.config.cautions import mirrored_writes
from shadow.config.settings import Settings
from shadow.pipeline.handover import Mark, Start
from shadow.proxy.capture import session_of
from shadow.proxy.link import WorkerLink

__all__ = ["Workers"]


class Workers:
    """Owns the links to the workers, which share the queue and the rate limits.

    ``on_mark`` is called with a live flow and what to write onto it; ``record`` and ``keep`` are those of `Start`.
    Raises OSError where there can be no link at all.
    """

    def __init__(
        self, settings: Settings, on_mark: Callable[[Any, Mark], None], record: str = "", keep: int = 0
    ) -> None:
        self._writes = bool(mirrored_writes(settings))
        """Some route mirrors writes."""
        self._records = bool(record)
        # One file can have one writer only.
        run, count = uuid.uuid4().hex, 1 if record else settings.proxy.workers
        payload = settings.model_dump_json(by_alias=True).encode()
        self._links = [
            WorkerLink(
                Start(f"{run}-{index}", count, settings.proxy.listen, payload, record=record, keep=keep),
                queue=max(1, settings.proxy.queue // count),
                queue_bytes=settings.proxy.queue_bytes // count,
                on_mark=on_mark,
            )
            for index in range(count)
        ]

    def __iter__(self) -> Iterator[WorkerLink]:
        return iter(self._links)

    def of(self, flow: http.HTTPFlow) -> WorkerLink:
        """The worker of the flow's session: one session always goes to the same one, so that its order is kept."""
        if len(self._links) == 1:
            return self._links[0]
        # Around a write, the connections of one address wait for each other, which they can in one worker only.
        session = session_of(flow, by_address=self._writes)
        return self._links[zlib.crc32(session.encode("utf-8", "surrogatepass")) % len(self._links)]

    @property
    def shed(self) -> int:
        """Exchanges shed so far."""
        return sum(link.shed for link in self._links)

    @property
    def troubles(self) -> list[str]:
        """What keeps them from storing."""
        return [link.state.trouble for link in self._links if link.state.trouble]

    @property
    def status(self) -> str:
        """What is going on, in a line."""
        waiting = sum(len(link.ledger.waiting) for link in self._links)
        size = sum(link.ledger.bytes for link in self._links) / 2**20
        works = "recording" if self._records else "mirroring"
        paused = "paused" if any(link.state.paused for link in self._links) else works
        if any(link.brake.wish is not None for link in self._links):
            paused += " (here only: the store has not been told yet)"
        return "; ".join([f"{paused}, {waiting} exchanges waiting ({size:.2f} MiB), {self.shed} shed", *self.troubles])

    def pause(self, *, paused: bool) -> None:
        for link in self._links:
            link.pause(paused=paused)

    def report(self) -> None:
        """Have the report written now."""
        self._links[0].command("report")

    def tick(self) -> None:
        """To be called once a second."""
        for link in self._links:
            link.tick()

    async def stop(self, seconds: float) -> int:
        """Let all finish; returns how many requests are not in the store then. See `WorkerLink.stop`."""
        await asyncio.gather(*(link.stop(seconds) for link in self._links))
        return sum(link.ledger.unfinished() for link in self._links)
