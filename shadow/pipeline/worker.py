"""A worker process: takes what the proxy hands over, and works it off. `python -m shadow.pipeline.worker FD`.

It ends when the proxy says so, or when the proxy's end of the socket closes (then it stores what it has). It runs at
the lowest priority: the proxy and the clients come first.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
import traceback
from contextlib import AsyncExitStack
from pathlib import Path

import deepdiff  # noqa: F401 - loaded while starting, not while the first difference waits for it
import msgspec

from shadow.config import Settings
from shadow.errors import ShadowError
from shadow.evidence.observation import Observation
from shadow.exchange import Side
from shadow.mirror.client import SideClient
from shadow.mirror.translation import side_settings
from shadow.pipeline.examine import Examiner
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
from shadow.redact import Redactor
from shadow.routes import RouteTable

__all__ = ["main"]

READ = 1 << 18
"""Bytes per read from the proxy."""
HEARTBEAT = 5.0
"""Seconds between two signs of life in the store."""
LAST_REPORT = 0.25
"""Share of the time to drain that is kept for storing and for the last report."""
_decode = msgspec.msgpack.Decoder(FromProxy).decode


def main(arguments: list[str]) -> int:
    """Work until the proxy ends it; 4 where the settings can't be worked with."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the proxy decides when to end
    with socket.socket(fileno=int(arguments[0])) as sock:
        try:
            asyncio.run(_work(sock))
        except ShadowError as error:
            _say(str(error))
            return error.exit_code
    return 0


async def _work(sock: socket.socket) -> None:
    sock.setblocking(False)
    reader, writer = await asyncio.open_connection(sock=sock)
    frames = Frames()
    early: list[FromProxy] = []
    while not early:
        if not (data := await reader.read(READ)):
            return
        early = [_decode(payload) for payload in frames.feed(data)]
    start = early.pop(0)
    assert isinstance(start, Start)
    async with AsyncExitStack() as stack:
        worker = await Worker.open(start, writer, stack)
        # Only now: at the lowest priority, beside a busy proxy, starting up would take seconds.
        await give_way()
        for message in early:
            worker.take(message)
        while not worker.stopping and (data := await reader.read(READ)):
            for payload in frames.feed(data):
                worker.take(_decode(payload))
        await worker.finish()
    writer.close()


class Worker:
    """What becomes of each message of the proxy."""

    def __init__(self, start: Start, settings: Settings, examiner: Examiner, writer: asyncio.StreamWriter) -> None:
        self._settings = settings
        self._examiner = examiner
        self._writer = writer
        self._lanes = Lanes(settings.mirror.concurrency)
        self._recorder = Recorder(
            settings, start.run, on_done=self._done, on_trouble=self._on_trouble, on_paused=self._on_paused
        )
        self._reporter = ReporterProcess(settings, start.run)
        self._start = start
        self._under_way: dict[int, Captured] = {}
        self._shed = 0
        self._recording = asyncio.create_task(self._recorder.run())
        self._recording.add_done_callback(_recorder_ended)
        self._reporting = asyncio.create_task(self._report_regularly())
        self._living = asyncio.create_task(self._show_life())
        self._reckoning: set[asyncio.Task[None]] = set()
        self._trouble = ""
        self.stopping: Stop | None = None

    @classmethod
    async def open(cls, start: Start, writer: asyncio.StreamWriter, stack: AsyncExitStack) -> Worker:
        """A worker with its connections, which ``stack`` closes. Raises ConfigError."""
        settings = Settings.model_validate_json(start.settings)
        clients = {}
        for side in Side:
            client = SideClient(
                side,
                side_settings(settings, side),
                connections=settings.mirror.concurrency,
                max_body=settings.proxy.max_body,
            )
            clients[side] = await stack.enter_async_context(client)
        examiner = Examiner(
            settings, RouteTable.from_settings(settings), Redactor.from_settings(settings), clients, start.workers
        )
        return cls(start, settings, examiner, writer)

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
                self._in_background(self._recorder.set_paused(name == "pause"))
            case Stop():
                self.stopping = message
            case Start():
                raise AssertionError("a worker is started once")

    async def finish(self) -> None:
        """Finish what is under way within the proxy's deadline, store it, write the last report."""
        seconds = self.stopping.seconds if self.stopping else self._settings.proxy.drain
        deadline = time.monotonic() + seconds
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
        session = self._examiner.session(exchange, captured.client)
        self._under_way[captured.number] = captured

        async def work() -> None:
            mark = None
            try:
                observation, comment, differs = await self._examiner.examine(exchange, session)
                mark = Mark(captured.number, comment, differs)
            except Exception as error:  # noqa: BLE001 - one request must not end the worker
                _say(f"a fault of shadow's own while comparing: {_place(error)}")
                observation = self._dropped(captured, "failed")
            del self._under_way[captured.number]
            self._recorder.add(captured.number, captured.oldest, [observation], mark)

        self._lanes.add(session, work)

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
            _say(f"{trouble}\n  clients are still answered; what can't be stored waits, and is shed beyond proxy.queue")
        else:
            _say("the store can be written again")
        self._tell(State(self._examiner.paused, trouble))

    def _on_paused(self, paused: bool) -> None:
        self._examiner.paused = paused
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
            )
            await asyncio.sleep(HEARTBEAT)

    def _in_background(self, work: object) -> None:
        task = asyncio.ensure_future(work)  # type: ignore[call-overload]
        self._reckoning.add(task)
        task.add_done_callback(self._reckoning.discard)


def _recorder_ended(task: asyncio.Task[None]) -> None:
    """A recorder that breaks must not leave a worker that stores nothing: end, so that the proxy starts another."""
    if not task.cancelled() and (error := task.exception()) is not None:
        _say(f"a fault of shadow's own while storing: {_place(error)}")
        os._exit(70)


def _place(error: BaseException) -> str:
    """What went wrong where; without the message, which may quote a client's secrets."""
    frame = traceback.extract_tb(error.__traceback__)[-1:]
    return type(error).__name__ + "".join(f" at {Path(one.filename).name}:{one.lineno} in {one.name}" for one in frame)


def _say(message: str) -> None:
    print(f"shadow: {message}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
