"""One worker process and the channel to it: starts it, hands over without waiting, starts a new one when it dies."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import subprocess
import sys
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from shadow.exchange import Side
from shadow.pipeline.brake import Brake
from shadow.pipeline.handover import (
    Captured,
    Command,
    Done,
    Frames,
    FromProxy,
    FromWorker,
    Mark,
    Start,
    State,
    Stop,
    frame,
    legacy_ok,
)
from shadow.pipeline.priority import stop_giving_way
from shadow.proxy.capture import address_of
from shadow.proxy.ledger import Ledger, Waiting

__all__ = ["WorkerLink"]

logger = logging.getLogger(__name__)

YOUNG = 5.0
"""Seconds: a worker that dies younger than this is not replaced at once, but after a growing pause."""
LONGEST_PAUSE = 30.0
_COMMAND = (sys.executable, "-P", "-m", "shadow.pipeline.worker")
LAST_REPORT = 1.0
"""Seconds that a worker gets at the end beyond its deadline, for its last report."""
RECKONING = 10.0
"""Seconds in which one more worker counts what the last one left behind, where that died or hung at the end."""
GOING = 1.0
"""Seconds for a process that was killed to be gone: only one that waits for a broken disk takes longer."""
AT_ONCE = 0.05
"""The same, while clients wait; where it takes longer, the next look comes later."""
_decode = msgspec.msgpack.Decoder(FromWorker).decode


class WorkerLink(asyncio.Protocol):
    """Owns a worker process. All methods run in mitmdump's event loop and none of them blocks or raises.

    ``on_mark`` is called with a live flow and what to write onto it.
    """

    def __init__(self, start: Start, *, queue: int, queue_bytes: int, on_mark: Callable[[Any, Mark], None]) -> None:
        self.ledger = Ledger()
        self.state = State(paused=False)
        self.deaths = 0
        self.shed = 0
        self.brake = Brake.make()
        self._start = start
        self._queue = queue
        self._queue_bytes = queue_bytes
        self._on_mark = on_mark
        self._process: subprocess.Popen[bytes] | None = None
        self._transport: asyncio.Transport | None = None
        self._frames = Frames()
        self._backlog: list[bytes] = []
        """What the next worker will get, between the death of one and the start of the next; bounded by the queue, like
        all that waits."""
        self._handed = 0
        """The last number that a worker which has died may have got."""
        self._spawned_at = 0.0
        self._pause = 0.0
        self._stopping = False
        self._gone = asyncio.Event()
        self._gone.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._spawn()

    # -- what the addon calls ------------------------------------------------------------------------------------

    def hand_over(
        self,
        flow: Any,
        side: Side,
        path: str,
        size: int,
        request: tuple[str, bytes, Any, bytes],
        response: tuple[int, Any, bytes],
        timing: tuple[float, float],
    ) -> bool:
        """Hand an exchange over; False (and counted as shed) where the queue is full.

        ``size``: bytes that it has at least; packing it, to know how many it has, is only done where it may fit.
        """
        ledger = self.ledger
        method, target, request_headers, request_body = request
        status, response_headers, response_body = response
        ok = legacy_ok(side, status)
        if len(ledger.waiting) >= self._queue or ledger.bytes + size > self._queue_bytes:
            return self._shed(side, method, path, ok=ok)
        number = ledger.next_number
        captured = Captured(
            number,
            ledger.oldest,
            side,
            flow.client_conn.id,
            address_of(flow),
            method,
            target,
            request_headers,
            request_body,
            status,
            response_headers,
            response_body,
            *timing,
        )
        data = frame(captured)  # before the number counts as handed over: nothing may wait for what can't be sent
        if ledger.bytes + len(data) > self._queue_bytes:
            return self._shed(side, method, path, ok=ok)
        ledger.enter(Waiting(side, method, path, ok, len(data), weakref.ref(flow)))
        self._write(data)
        return True

    def _shed(self, side: Side, method: str, path: str, *, ok: bool) -> bool:
        self.ledger.count("shed", side, method, path, ok=ok)
        self.shed += 1
        return False

    def tick(self) -> None:
        """Once a second: hand over what was counted."""
        # Without a worker it goes on being counted: the next one is told of all tallies there are.
        if not self._gone.is_set() and (tally := self.ledger.tally()):
            self._send(tally)

    def command(self, name: str) -> None:
        self._send(Command(name))

    def pause(self, *, paused: bool) -> None:
        """Stop mirroring, or go on, whatever waits for the worker."""
        self.brake.ask(paused=paused)
        self.state = State(paused, self.state.trouble)

    async def stop(self, seconds: float) -> None:
        """Let the worker finish within about ``seconds``, then end it. What a worker that dies or hangs leaves behind,
        another one counts; so it may take `LAST_REPORT` and `RECKONING` longer."""
        self._stopping = True
        tally = self.ledger.tally(last=True)
        if not self._gone.is_set():
            if tally:
                self._send(tally)
            await self._finish(seconds)
        # A worker that has said why it can't store anything would not be helped by another.
        if self.ledger.unfinished() and not self.state.trouble and self._ended(GOING):
            self._spawn()
            await self._finish(RECKONING - LAST_REPORT)
        self._ended(GOING)
        self.brake.close()

    async def _finish(self, seconds: float) -> None:
        """Tell the worker to finish, wait until it has, and kill it if it hasn't in time."""
        self._send(Stop(time.monotonic() + seconds))
        if self._process is not None:
            self._task(stop_giving_way(self._process.pid))
        try:
            await asyncio.wait_for(self._gone.wait(), seconds + LAST_REPORT)
        except TimeoutError:
            assert self._process is not None
            logger.warning("shadow: worker %d did not finish within %.1f s and was killed", self._process.pid, seconds)
            self._process.kill()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._gone.wait(), GOING)

    # -- the process ---------------------------------------------------------------------------------------------

    def _spawn(self) -> None:
        try:
            ours = self._start_process()
        except OSError as error:  # too many clients leave no file descriptor, too many processes no memory
            logger.warning("shadow: can't start a worker process (%s); nothing is mirrored until it starts", error)
            self._respawn_later()
            return
        self._spawned_at = time.monotonic()
        self._gone.clear()
        self._frames = Frames()
        self.state = State(self.state.paused)
        start = msgspec.structs.replace(self._start, paused=self.state.paused)
        greeting = [start, *self.ledger.reconciliation(self._handed)]
        self._backlog = [*map(frame, greeting), *self._backlog]
        self._task(self._connect(ours))

    def _start_process(self) -> socket.socket:
        """Our end of the channel to it. Raises OSError."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._process = subprocess.Popen(
                    # -P and PYTHONPATH: this very package, whatever lies in the folder that mitmdump was started in.
                    [*_COMMAND, str(theirs.fileno()), str(self.brake.fd)],
                    env=os.environ | {"PYTHONPATH": _python_path()},
                    stdin=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno(), self.brake.fd],
                    # A terminal's Ctrl-C goes to the whole foreground group; the worker must outlive mitmdump's drain.
                    start_new_session=True,
                )
            except BaseException:
                ours.close()
                raise
        ours.setblocking(False)
        return ours

    async def _connect(self, sock: socket.socket) -> None:
        await asyncio.get_running_loop().create_connection(lambda: self, sock=sock)

    def _respawn_later(self) -> None:
        self._pause = min(LONGEST_PAUSE, max(0.5, self._pause * 2))
        asyncio.get_running_loop().call_later(self._pause, self._respawn)

    def _respawn(self) -> None:
        if self._stopping:
            return
        if self._ended():
            self._spawn()
        else:
            self._respawn_later()

    def _ended(self, patience: float = AT_ONCE) -> bool:
        """Make sure that the process is gone, so that it can't write to the store any more; False where it isn't after
        ``patience`` seconds, in which nothing else happens in this process."""
        if self._process is None:
            return True
        if self._process.poll() is None:
            self._process.kill()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            return False
        self._process = None
        return True

    def _send(self, message: FromProxy) -> None:
        self._write(frame(message))

    def _write(self, data: bytes) -> None:
        if self._transport is None:
            self._backlog.append(data)
        else:
            self._transport.write(data)

    def _task(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # -- asyncio.Protocol ----------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.writelines(self._backlog)
        self._backlog = []

    def data_received(self, data: bytes) -> None:
        for payload in self._frames.feed(data):
            message = _decode(payload)
            if isinstance(message, State):
                self.state = message
            else:
                self._acknowledged(message)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._transport = None
        self._handed = self.ledger.next_number - 1
        self._gone.set()
        if self._stopping:
            return
        self.deaths += 1
        logger.warning("shadow: a worker process died; starting another (what it had not stored is counted as lost)")
        if not self._ended() or (time.monotonic() - self._spawned_at < YOUNG and self.deaths > 1):
            self._respawn_later()
        else:
            self._pause = 0.0
            self._spawn()

    def _acknowledged(self, done: Done) -> None:
        finished = dict(self.ledger.acknowledge(done.numbers))
        for mark in done.marks:
            if (waiting := finished.get(mark.number)) and (flow := waiting.flow()) is not None:
                self._on_mark(flow, mark)


def _python_path() -> str:
    mine = str(Path(__file__).parents[2])
    others = os.environ.get("PYTHONPATH", "")
    return f"{mine}{os.pathsep}{others}" if others else mine
