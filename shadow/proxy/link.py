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
from pathlib import Path
from typing import Any

import msgspec

from shadow.exchange import Side
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
)
from shadow.pipeline.priority import stop_giving_way
from shadow.proxy.ledger import Ledger, Waiting

__all__ = ["WorkerLink"]

logger = logging.getLogger(__name__)

YOUNG = 5.0
"""Seconds: a worker that dies younger than this is not replaced at once, but after a growing pause."""
LONGEST_PAUSE = 30.0
_decode = msgspec.msgpack.Decoder(FromWorker).decode


class WorkerLink(asyncio.Protocol):
    """Owns a worker process. All methods run in mitmdump's event loop and none of them blocks or raises.

    ``on_mark`` is called with a live flow and what to write onto it.
    """

    def __init__(self, start: Start, *, queue: int, queue_bytes: int, on_mark: Callable[[Any, Mark], None]) -> None:
        self.ledger = Ledger()
        self.state = State(paused=False)
        self.deaths = 0
        self._start = start
        self._queue = queue
        self._queue_bytes = queue_bytes
        self._on_mark = on_mark
        self._process: subprocess.Popen[bytes] | None = None
        self._transport: asyncio.Transport | None = None
        self._frames = Frames()
        self._backlog: list[bytes] = []
        self._spawned_at = 0.0
        self._pause = 0.0
        self._stopping = False
        self._gone = asyncio.Event()
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
        """Hand an exchange over; False (and counted as shed) where the queue is full."""
        ledger = self.ledger
        method, target, request_headers, request_body = request
        status, response_headers, response_body = response
        ok = side is Side.LEGACY and 200 <= status < 400
        if len(ledger.waiting) >= self._queue or ledger.bytes + size > self._queue_bytes:
            ledger.count("shed", side, method, path, ok=ok)
            return False
        number = ledger.next_number
        captured = Captured(
            number,
            ledger.oldest,
            side,
            flow.client_conn.id,
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
        ledger.enter(Waiting(side, method, path, ok, size, weakref.ref(flow)))
        self._write(data)
        return True

    def tick(self) -> None:
        """Once a second: hand over what was counted."""
        if tally := self.ledger.tally():
            self._send(tally)

    def command(self, name: str) -> None:
        self._send(Command(name))

    async def stop(self, seconds: float) -> None:
        """Let the worker finish within about ``seconds``, then end it."""
        self._stopping = True
        deadline = time.monotonic() + seconds
        self.tick()
        self._send(Stop(seconds))
        if self._process is None or self._process.poll() is not None:
            return
        await stop_giving_way(self._process.pid)
        try:
            # The worker keeps to its own deadline; the second on top is for its last report.
            await asyncio.wait_for(self._gone.wait(), max(0.0, deadline - time.monotonic()) + 1.0)
        except TimeoutError:
            logger.warning("shadow: worker %d did not finish within %.1f s and was killed", self._process.pid, seconds)
        self._end_process()

    # -- the process ---------------------------------------------------------------------------------------------

    def _spawn(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._process = subprocess.Popen(
                    # -P and PYTHONPATH: this very package, whatever lies in the folder that mitmdump was started in.
                    [sys.executable, "-P", "-m", "shadow.pipeline.worker", str(theirs.fileno())],
                    env=os.environ | {"PYTHONPATH": _python_path()},
                    stdin=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    # A terminal's Ctrl-C goes to the whole foreground group; the worker must outlive mitmdump's drain.
                    start_new_session=True,
                )
            except OSError as error:
                ours.close()
                logger.warning("shadow: can't start a worker process (%s); nothing is mirrored until it starts", error)
                self._respawn_later()
                return
        self._spawned_at = time.monotonic()
        self._gone.clear()
        self._frames = Frames()
        self._backlog = [frame(self._start), *(frame(message) for message in self.ledger.reconciliation())]
        ours.setblocking(False)
        self._task(self._connect(ours))

    async def _connect(self, sock: socket.socket) -> None:
        await asyncio.get_running_loop().create_connection(lambda: self, sock=sock)

    def _respawn_later(self) -> None:
        self._pause = min(LONGEST_PAUSE, max(0.5, self._pause * 2))
        asyncio.get_running_loop().call_later(self._pause, self._respawn)

    def _respawn(self) -> None:
        if not self._stopping:
            self._spawn()

    def _end_process(self) -> None:
        """Make sure that the process is gone, so that it can't write to the store any more."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            process.kill()
        process.wait()

    def _send(self, message: FromProxy) -> None:
        self._write(frame(message))

    def _write(self, data: bytes) -> None:
        if self._transport is None:
            # Between the death of a worker and the start of the next; bounded by the queue like all that waits.
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
        self._gone.set()
        if self._stopping:
            return
        self.deaths += 1
        self._end_process()
        logger.warning("shadow: a worker process died; starting another (what it had not stored is counted as lost)")
        if time.monotonic() - self._spawned_at < YOUNG and self.deaths > 1:
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
