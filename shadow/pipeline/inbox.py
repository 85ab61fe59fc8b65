"""What becomes of each message of the proxy: exchanges are examined in their order, what was counted is stored."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Coroutine
from contextlib import AsyncExitStack

from shadow.config import Settings
from shadow.evidence.observation import Observation
from shadow.pipeline.brake import Brake
from shadow.pipeline.clients import open_clients
from shadow.pipeline.examine import Examiner, Place
from shadow.pipeline.faults import MEANWHILE, must_not_fail, place_of, say
from shadow.pipeline.handover import (
    Captured,
    Command,
    Done,
    Fate,
    FromProxy,
    FromWorker,
    Lost,
    Mark,
    Start,
    State,
    Stop,
    Tally,
    frame,
    legacy_ok,
)
from shadow.pipeline.lag import Lateness
from shadow.pipeline.lanes import Lanes
from shadow.pipeline.recorder import Recorder
from shadow.pipeline.reporter import Reporter, ReporterProcess
from shadow.pipeline.switch import Switch
from shadow.redact import Redactor
from shadow.routes import RouteTable

__all__ = ["Inbox"]

HEARTBEAT = 5.0
"""Seconds between two signs of life in the store."""
LAST_REPORT = 0.25
"""Share of the time to drain that is kept for storing and for the last report."""


class Inbox:
    """Takes the proxy's messages, works them off in the background, and tells the proxy what is stored."""

    def __init__(
        self,
        start: Start,
        settings: Settings,
        key: str,
        examiner: Examiner,
        switch: Switch,
        writer: asyncio.StreamWriter,
    ) -> None:
        """``key`` names the key of redaction, as `Redactor.key_name` does."""
        self._settings = settings
        self._examiner = examiner
        self._switch = switch
        self._writer = writer
        self._lanes = Lanes(settings.mirror.concurrency)
        self._recorder = Recorder(settings, start.run, key, on_done=self._done, on_trouble=self._on_trouble)
        self._reporter = ReporterProcess(settings, start.run)
        self._start = start
        self._under_way: dict[int, Captured] = {}
        self._shed = 0
        self._recording = must_not_fail(self._recorder.run())
        self._always = [
            must_not_fail(self._switch.watch(self._on_paused)),
            must_not_fail(self._report_regularly()),
            must_not_fail(self._show_life()),
        ]
        self._reckoning: set[asyncio.Task[None]] = set()
        self._trouble = ""
        self.stopping: Stop | None = None

    @classmethod
    async def open(cls, start: Start, brake: Brake, writer: asyncio.StreamWriter, stack: AsyncExitStack) -> Inbox:
        """One with its connections, which ``stack`` closes. Raises ConfigError."""
        settings = Settings.model_validate_json(start.settings)
        switch = Switch(settings, brake, paused=start.paused)
        stack.push_async_callback(switch.close)
        concurrency = settings.mirror.concurrency
        clients = await open_clients(settings, stack, connections=concurrency, say=say, stopped=lambda: switch.paused)
        redactor = Redactor.from_settings(settings)
        examiner = Examiner(
            settings,
            RouteTable.from_settings(settings),
            redactor,
            clients,
            await stack.enter_async_context(Lateness()),
            start.workers,
            paused=lambda: switch.paused,
            forgotten=lambda: switch.forgotten,
            say=say,
        )
        await switch.look()
        return cls(start, settings, redactor.key_name, examiner, switch, writer)

    def take(self, message: FromProxy) -> None:
        """Start on a message; what takes time goes on in the background."""
        match message:
            case Captured():
                self._take_exchange(message)
            case Tally():
                self._in_background(self._count(message))
            case Lost():
                self._in_background(self._reckon(message))
            case Command("report"):
                self._in_background(self._reporter.refresh(at_once=True))
            case Command(name):
                raise AssertionError(f"there is no command {name}")
            case Stop():
                self.stopping = message
            case Start():
                raise AssertionError("a worker is started once")

    async def finish(self) -> None:
        """Finish what is under way within the proxy's deadline, store it, write the last report."""
        deadline = self.stopping.deadline if self.stopping else time.monotonic() + self._settings.proxy.drain
        seconds = max(0.0, deadline - time.monotonic())
        await self._lanes.drain(seconds * (1 - LAST_REPORT))
        if self._under_way:
            say(f"{len(self._under_way)} exchanges could not be mirrored before the end and are counted as lost")
        for captured in self._under_way.values():
            self._recorder.add(captured.number, captured.oldest, [self._dropped(captured, "lost")])
        if self._reckoning:
            await asyncio.wait(self._reckoning, timeout=max(0.0, deadline - time.monotonic()))
        self._recorder.close()
        await asyncio.wait([self._recording], timeout=max(0.5, deadline - time.monotonic()))
        await self._leave_off()
        await self._reporter.close()
        if not self._recorder.waiting:
            # No traffic is held up any more, so the last report needs no process of its own.
            await asyncio.to_thread(Reporter(self._settings, self._start.run).refresh, at_once=True)
        await self._recorder.end()

    async def _leave_off(self) -> None:
        """End what goes on in the background, so that nothing asks for a store that has been closed."""
        left = [self._recording, *self._always, *self._reckoning]
        for task in left:
            task.cancel()
        await asyncio.wait(left)

    # -- one message each -----------------------------------------------------------------------------------------

    def _take_exchange(self, captured: Captured) -> None:
        exchange = captured.exchange()
        try:
            place = self._examiner.place(exchange, captured.client, captured.address)
            self._examiner.note_write(exchange, place.session)
        except Exception as error:  # noqa: BLE001 - one request must not end the worker
            say(f"a fault of shadow's own while ordering: {place_of(error)}")
            place = Place(captured.client, captured.client, captured.client)
        self._under_way[captured.number] = captured

        async def work() -> None:
            mark = None
            try:
                examined = await self._examiner.examine(exchange, place.session)
                observation = examined.observation
                mark = Mark(captured.number, examined.comment, examined.differs)
            except Exception as error:  # noqa: BLE001 - one request must not end the worker
                say(f"a fault of shadow's own while comparing: {place_of(error)}")
                observation = self._dropped(captured, "failed")
            del self._under_way[captured.number]
            self._recorder.add(captured.number, captured.oldest, [observation], mark)

        self._lanes.add(work, place.group, place.track, alone=place.alone)

    def _dropped(self, captured: Captured, outcome: str) -> Observation:
        ok = legacy_ok(captured.side, captured.status)
        path = captured.target.decode("latin-1").partition("?")[0]
        return self._fate(Fate(outcome, captured.side, captured.method, path, ok, 1))

    async def _count(self, tally: Tally) -> None:
        self._shed += sum(fate.count for fate in tally.fates if fate.outcome == "shed")
        known = tally.again and tally.number in await self._recorder.committed([tally.number])
        self._recorder.add(tally.number, tally.oldest, [] if known else [self._fate(fate) for fate in tally.fates])

    def _fate(self, fate: Fate) -> Observation:
        outcome, _, reason = fate.outcome.partition(":")
        route = self._examiner.route_of(fate.side, fate.method, fate.path)
        return Observation(
            epoch=self._examiner.epoch_of(route),
            at=time.time(),
            outcome=outcome,  # type: ignore[arg-type]  # the proxy gives outcomes
            skip=reason,  # type: ignore[arg-type]
            weight=fate.count,
            legacy_ok=fate.ok,
        )

    async def _reckon(self, lost: Lost) -> None:
        known = await self._recorder.committed([pending.number for pending in lost.pending])
        for pending in lost.pending:
            fate = Fate("lost", pending.side, pending.method, pending.path, pending.ok, 1)
            self._recorder.add(pending.number, 0, [] if pending.number in known else [self._fate(fate)])

    # -- the way back ---------------------------------------------------------------------------------------------

    def _done(self, numbers: tuple[int, ...], marks: tuple[Mark, ...]) -> None:
        self._tell(Done(numbers, marks))

    def _on_trouble(self, trouble: str) -> None:
        self._trouble = trouble
        if trouble:
            say(f"{trouble}\n  {MEANWHILE}")
        else:
            say("the store can be written again")
        self._tell(State(self._switch.paused, trouble))

    def _on_paused(self, paused: bool) -> None:
        self._tell(State(paused, self._trouble))

    def _tell(self, message: FromWorker) -> None:
        if not self._writer.is_closing():
            self._writer.write(frame(message))

    # -- details --------------------------------------------------------------------------------------------------

    async def _report_regularly(self) -> None:
        every = self._settings.report.every
        while every:
            await asyncio.sleep(every)
            await self._reporter.refresh()

    async def _show_life(self) -> None:
        """Tell `shadow status` that this proxy runs."""
        while True:
            await self._recorder.heartbeat(
                pid=os.getppid(),
                host=socket.gethostname(),
                listen=self._start.listen,
                queue=self._lanes.waiting + self._recorder.waiting,
                shed=self._shed,
                held=self._examiner.breakers.status(),
            )
            await asyncio.sleep(HEARTBEAT)

    def _in_background(self, work: Coroutine[None, None, None]) -> None:
        task = must_not_fail(work)
        self._reckoning.add(task)
        task.add_done_callback(self._reckoning.discard)
