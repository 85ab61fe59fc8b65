"""A worker process: takes what the proxy hands over, and works it off. `python -m shadow.pipeline.worker FD FD`.

It ends when the proxy says so, or when the proxy's end of the socket closes (then it stores what it has). It runs at
the lowest priority: the proxy and the clients come first.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
import threading
import time
import traceback
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any, NoReturn

import deepdiff  # noqa: F401 - loaded while starting, not while the first difference waits for it
import msgspec

from shadow.config import Settings
from shadow.errors import ShadowError
from shadow.evidence.observation import Observation
from shadow.exchange import Side
from shadow.mirror.client import SideClient
from shadow.mirror.translation import side_settings
from shadow.pipeline.brake import Brake
from shadow.pipeline.examine import Examiner, Place
from shadow.pipeline.handover import (
    Captured,
    Command,
    Done,
    Fate,
    Frames,
    FromProxy,
    FromWorker,
    Lost,
    Mark,
    Start,
    State,
    Stop,
    Tally,
    frame,
)
from shadow.pipeline.lanes import Lanes
from shadow.pipeline.priority import give_way
from shadow.pipeline.recorder import Recorder
from shadow.pipeline.reporter import Reporter, ReporterProcess
from shadow.pipeline.switch import Switch
from shadow.redact import Redactor
from shadow.routes import RouteTable

__all__ = ["main"]

READ = 1 << 18
"""Bytes per read from the proxy."""
HEARTBEAT = 5.0
"""Seconds between two signs of life in the store."""
RETRY = 2.0
"""Seconds between two tries to start with settings that can't be worked with."""
MEANWHILE = "clients are still answered; what can't be stored waits, and is shed beyond proxy.queue"
LAST_REPORT = 0.25
"""Share of the time to drain that is kept for storing and for the last report."""
_decode = msgspec.msgpack.Decoder(FromProxy).decode


def main(arguments: list[str]) -> int:
    """Work until the proxy ends it; 2 or 4 where it was gone before the settings could be worked with."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the proxy decides when to end
    _print_no_tracebacks()
    channel, brake = map(int, arguments)
    with socket.socket(fileno=channel) as sock:
        try:
            asyncio.run(_work(sock, Brake(brake)))
        except ShadowError as error:
            return error.exit_code  # it has been said
        except Exception as error:  # noqa: BLE001 - whatever it is, the proxy starts another worker
            _break_off(error)
    return 0


async def _work(sock: socket.socket, brake: Brake) -> None:
    asyncio.get_running_loop().set_exception_handler(_broken)
    sock.setblocking(False)
    reader, writer = await asyncio.open_connection(sock=sock)
    frames = Frames()
    early: list[FromProxy] = []
    while not early:
        if not (data := await _read(reader)):
            return
        early = [_decode(payload) for payload in frames.feed(data)]
    start = early.pop(0)
    assert isinstance(start, Start)
    async with AsyncExitStack() as stack:
        worker = await _open(start, brake, writer, stack)
        # Only now: at the lowest priority, beside a busy proxy, starting up would take seconds.
        await give_way()
        for message in early:
            worker.take(message)
        while not worker.stopping and (data := await _read(reader)):
            for payload in frames.feed(data):
                worker.take(_decode(payload))
        await worker.finish()
    writer.close()


async def _read(reader: asyncio.StreamReader) -> bytes:
    """What the proxy sends; nothing once it is gone, in whatever way."""
    try:
        return await reader.read(READ)
    except OSError:  # it was killed before it had read all that was written to it
        return b""


async def _open(start: Start, brake: Brake, writer: asyncio.StreamWriter, stack: AsyncExitStack) -> Worker:
    """A worker, as soon as there can be one: what is missing (a certificate, the key of the redaction) may yet come.

    What the proxy hands over waits meanwhile. Raises ShadowError where the proxy has gone first.
    """
    proxy, trouble = os.getppid(), ""
    while True:
        async with AsyncExitStack() as opened:
            try:
                worker = await Worker.open(start, brake, writer, opened)
            except ShadowError as error:
                if os.getppid() != proxy:
                    raise
                if str(error) != trouble:
                    trouble = str(error)
                    _say(f"{trouble}\n  {MEANWHILE}")
                    writer.write(frame(State(start.paused, trouble)))
            else:
                stack.push_async_exit(opened.pop_all())
                if trouble:
                    _say("that is mended, mirroring begins")
                    writer.write(frame(State(start.paused)))
                return worker
        await asyncio.sleep(RETRY)


class Worker:
    """What becomes of each message of the proxy."""

    def __init__(
        self, start: Start, settings: Settings, examiner: Examiner, switch: Switch, writer: asyncio.StreamWriter
    ) -> None:
        self._settings = settings
        self._examiner = examiner
        self._switch = switch
        self._writer = writer
        self._lanes = Lanes(settings.mirror.concurrency)
        self._recorder = Recorder(settings, start.run, on_done=self._done, on_trouble=self._on_trouble)
        self._reporter = ReporterProcess(settings, start.run)
        self._start = start
        self._under_way: dict[int, Captured] = {}
        self._shed = 0
        self._recording = asyncio.create_task(self._recorder.run())
        self._reporting = asyncio.create_task(self._report_regularly())
        self._living = asyncio.create_task(self._show_life())
        for task in (self._recording, self._reporting, self._living):
            task.add_done_callback(_must_not_fail)
        self._reckoning: set[asyncio.Task[None]] = set()
        self._trouble = ""
        self.stopping: Stop | None = None

    @classmethod
    async def open(cls, start: Start, brake: Brake, writer: asyncio.StreamWriter, stack: AsyncExitStack) -> Worker:
        """A worker with its connections, which ``stack`` closes. Raises ConfigError."""
        settings = Settings.model_validate_json(start.settings)
        switch = Switch(settings, brake, paused=start.paused)
        clients = {}
        for side in Side:
            client = SideClient(
                side,
                side_settings(settings, side),
                connections=settings.mirror.concurrency,
                max_body=settings.proxy.max_body,
                stopped=lambda: switch.paused,
            )
            clients[side] = await stack.enter_async_context(client)
        examiner = Examiner(
            settings,
            RouteTable.from_settings(settings),
            Redactor.from_settings(settings),
            clients,
            start.workers,
            paused=lambda: switch.paused,
            say=_say,
        )
        worker = cls(start, settings, examiner, switch, writer)
        await switch.start(worker._on_paused)
        stack.push_async_callback(switch.stop)
        return worker

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
            _say(f"{len(self._under_way)} exchanges could not be mirrored before the end and are counted as lost")
        for captured in self._under_way.values():
            self._recorder.add(captured.number, captured.oldest, [self._dropped(captured, "lost")])
        if self._reckoning:
            await asyncio.wait(self._reckoning, timeout=max(0.0, deadline - time.monotonic()))
        self._recorder.close()
        await asyncio.wait([self._recording], timeout=max(0.5, deadline - time.monotonic()))
        self._reporting.cancel()
        self._living.cancel()
        await self._reporter.close()
        if not self._recorder.waiting:
            # No traffic is held up any more, so the last report needs no process of its own.
            await asyncio.to_thread(Reporter(self._settings, self._start.run).refresh, at_once=True)
        await self._recorder.end()

    # -- one message each -----------------------------------------------------------------------------------------

    def _take_exchange(self, captured: Captured) -> None:
        exchange = captured.exchange()
        try:
            place = self._examiner.place(exchange, captured.client, captured.address)
        except Exception as error:  # noqa: BLE001 - one request must not end the worker
            _say(f"a fault of shadow's own while ordering: {_place(error)}")
            place = Place(captured.client, captured.client, captured.client)
        self._under_way[captured.number] = captured

        async def work() -> None:
            mark = None
            try:
                observation, comment, differs = await self._examiner.examine(exchange, place.session)
                mark = Mark(captured.number, comment, differs)
            except Exception as error:  # noqa: BLE001 - one request must not end the worker
                _say(f"a fault of shadow's own while comparing: {_place(error)}")
                observation = self._dropped(captured, "failed")
            del self._under_way[captured.number]
            self._recorder.add(captured.number, captured.oldest, [observation], mark)

        self._lanes.add(work, place.group, place.track, alone=place.alone)

    def _dropped(self, captured: Captured, outcome: str) -> Observation:
        ok = captured.side is Side.LEGACY and 200 <= captured.status < 400
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
            _say(f"{trouble}\n  {MEANWHILE}")
        else:
            _say("the store can be written again")
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

    def _in_background(self, work: object) -> None:
        task = asyncio.ensure_future(work)  # type: ignore[call-overload]
        self._reckoning.add(task)
        task.add_done_callback(self._reckoning.discard)
        task.add_done_callback(_must_not_fail)


def _must_not_fail(task: asyncio.Task[None]) -> None:
    """A worker that only half works, and stores nothing say, must not stay: end, so that the proxy starts another."""
    if not task.cancelled() and (error := task.exception()) is not None:
        _break_off(error)


def _broken(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What asyncio can tell nobody else: without memory nothing here can be relied on; the rest is a connection's."""
    if isinstance(error := context.get("exception"), MemoryError):
        _break_off(error)


def _break_off(error: BaseException) -> NoReturn:
    """End at once, so that the proxy starts another worker, which counts what this one had not stored."""
    try:
        out = isinstance(error, MemoryError)
        _say("a worker process is out of memory" if out else f"a fault of shadow's own: {_place(error)}")
    finally:
        os._exit(70)


def _print_no_tracebacks() -> None:
    """Not even where Python or a library would: they mean nothing to whoever runs a proxy, and may quote secrets."""
    logging.getLogger().addHandler(logging.NullHandler())
    sys.unraisablehook = lambda _: None
    threading.excepthook = lambda _: None


def _place(error: BaseException) -> str:
    """What went wrong where; without the message, which may quote a client's secrets."""
    frame = traceback.extract_tb(error.__traceback__)[-1:]
    return type(error).__name__ + "".join(f" at {Path(one.filename).name}:{one.lineno} in {one.name}" for one in frame)


def _say(message: str) -> None:
    with suppress(OSError):  # the log's disk may be full, too
        print(f"shadow: {message}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
