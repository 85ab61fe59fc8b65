"""The load generator: a process of its own, so that what it costs is on no one else's account.

`saturated` keeps some connections busy, each with one request at a time, for as long as it is told (closed loop).
`at_rate` starts requests at fixed times, whatever has become of those before (open loop); a latency is counted from
the time at which a request *should* have started, so that a proxy that stalls can't hide it by slowing its clients
down ("coordinated omission", Gil Tene, "How NOT to Measure Latency").

Raw sockets and epoll: some 40,000 requests per second, against the 1,000 of a mitmdump. `Outcome.cpu` says how busy
the generator itself was; near 1 it, and not the server, was what was measured.
"""

from __future__ import annotations

import gc
import json
import random
import select
import socket
import subprocess
import sys
import time
from collections import deque
from pathlib import Path
from typing import Any, NamedTuple

from tests.benchmarks.processes import ROOT

__all__ = ["Outcome", "at_rate", "saturated"]

CONNECTIONS = 32
GRACE = 10.0
"""Seconds to wait for the answers that are still due at the end."""


class Outcome(NamedTuple):
    """What came of a load."""

    sent: int
    """Requests, those included that warmed the connections up."""
    answered: int
    """Those within the measurement that got the right answer."""
    wrong: int
    """Those that got another status or length, or none."""
    seconds: float
    latencies: list[float]
    """Milliseconds, sorted."""
    cpu: float
    """Share of one core that the generator itself used."""

    @property
    def rate(self) -> float:
        """Right answers per second."""
        return self.answered / self.seconds

    def percentile(self, share: float) -> float:
        """In milliseconds."""
        return self.latencies[min(len(self.latencies) - 1, int(share * len(self.latencies)))] if self.latencies else 0.0


def saturated(port: int, seconds: float, length: int, connections: int = CONNECTIONS) -> Outcome:
    """As many requests as the server takes; ``length`` is that of a right answer's body, in bytes."""
    return _run(port=port, seconds=seconds, length=length, connections=connections, rate=0)


def at_rate(port: int, seconds: float, length: int, rate: float, connections: int = CONNECTIONS) -> Outcome:
    """So many requests per second, evenly spaced; they wait for a free connection where all are busy."""
    return _run(port=port, seconds=seconds, length=length, connections=connections, rate=rate)


def _run(**wanted: float) -> Outcome:
    done = subprocess.run(
        [sys.executable, str(Path(__file__)), json.dumps(wanted)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"the load generator failed:\n{done.stderr}")
    return Outcome(**json.loads(done.stdout))


# -- inside the process ----------------------------------------------------------------------------------------------


class _Connection:
    def __init__(self, port: int) -> None:
        self._port = port
        self.socket = self._connect()
        self.due = 0.0
        """When the request that is under way should have started; 0 where none is."""
        self._received = bytearray()

    def _connect(self) -> socket.socket:
        sock = socket.create_connection(("127.0.0.1", self._port), GRACE)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def send(self, request: bytes, due: float) -> None:
        self.due = due
        self.socket.send(request)

    def receive(self, length: int) -> bool | None:
        """Whether the answer is right; None while it is not there yet. Raises OSError where it never will be."""
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionResetError
        received = self._received
        received += data
        head = received.find(b"\r\n\r\n") + 4
        if head < 4:
            return None
        start = received.lower().find(b"content-length:", 0, head) + 15
        declared = int(received[start : received.find(b"\r", start)]) if start > 14 else -1
        if 0 <= len(received) - head < declared:
            return None
        right = received.startswith(b"HTTP/1.1 200 ") and len(received) - head == declared == length
        received.clear()
        return right

    def renew(self) -> None:
        self.socket.close()
        self._received.clear()
        self.socket = self._connect()


class _Generator:
    def __init__(self, port: int, length: int, connections: int) -> None:
        self._length = length
        self._number = random.randrange(10**6, 10**9)
        self._end = (
            f" HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: bench/1\r\nAccept: application/json\r\n\r\n".encode()
        )
        self._epoll = select.epoll()
        self._by_fd: dict[int, _Connection] = {}
        self._free: deque[_Connection] = deque()
        self.sent = self.answered = self.wrong = 0
        self.latencies: list[float] = []
        for _ in range(connections):
            connection = _Connection(port)
            self._watch(connection)
            self._free.append(connection)

    def warm_up(self) -> None:
        """One request on each connection: the server's own connections are made before anything is measured."""
        for connection in self._free:
            self._ask(connection, time.perf_counter())
        self._free.clear()
        self._finish()
        self.answered = 0
        self.latencies.clear()

    def saturate(self, seconds: float) -> None:
        end = time.perf_counter() + seconds
        for connection in self._free:
            self._ask(connection, time.perf_counter())
        self._free.clear()
        while (now := time.perf_counter()) < end:
            self._take(end - now)
            now = time.perf_counter()
            while self._free:
                self._ask(self._free.popleft(), now)
        self._finish()

    def keep_rate(self, seconds: float, rate: float) -> None:
        start = time.perf_counter()
        total, started = int(seconds * rate), 0
        while started < total:
            due = start + started / rate
            now = time.perf_counter()
            if now >= due and self._free:
                self._ask(self._free.popleft(), due)
                started += 1
            else:
                self._take(due - now if now < due else GRACE)
        self._finish()

    def _watch(self, connection: _Connection) -> None:
        self._by_fd[connection.socket.fileno()] = connection
        self._epoll.register(connection.socket.fileno(), select.EPOLLIN)

    def _ask(self, connection: _Connection, due: float) -> None:
        self._number += 1
        self.sent += 1
        connection.send(b"GET /kong/users/%d%b" % (self._number, self._end), due)

    def _take(self, seconds: float) -> None:
        """Read what has come; wait for it at most this long. (epoll itself waits whole milliseconds.)"""
        if not select.select([self._epoll.fileno()], [], [], max(0.0, seconds))[0]:
            return
        for fd, _ in self._epoll.poll(0):
            connection = self._by_fd[fd]
            try:
                right = connection.receive(self._length)
            except OSError:
                right = False
                del self._by_fd[fd]
                connection.renew()
                self._watch(connection)
            if right is None:
                continue
            if right:
                self.answered += 1
                self.latencies.append((time.perf_counter() - connection.due) * 1000)
            elif connection.due:
                self.wrong += 1
            connection.due = 0.0
            self._free.append(connection)

    def _finish(self) -> None:
        end = time.perf_counter() + GRACE
        while len(self._free) < len(self._by_fd) and time.perf_counter() < end:
            self._take(end - time.perf_counter())
        self.wrong += len(self._by_fd) - len(self._free)


def _main(port: int, seconds: float, length: int, connections: int, rate: float) -> dict[str, Any]:
    gc.disable()
    generator = _Generator(port, length, connections)
    generator.warm_up()
    start, cpu = time.perf_counter(), time.process_time()
    if rate:
        generator.keep_rate(seconds, rate)
    else:
        generator.saturate(seconds)
    took = time.perf_counter() - start
    return {
        "sent": generator.sent,
        "answered": generator.answered,
        "wrong": generator.wrong,
        "seconds": took,
        "latencies": sorted(generator.latencies),
        "cpu": (time.process_time() - cpu) / took,
    }


if __name__ == "__main__":
    print(json.dumps(_main(**json.loads(sys.argv[1]))))
