"""How many pairs one worker core mirrors, compares and counts: `make bench-mirror` (about 2 minutes).

A real worker process is fed over its socket, as the proxy feeds it, with exchanges of 1 KB that have a gateway's
headers, and asks a real server for the other side. What counts is pairs per second of the CPU time that the worker uses
(all its threads), so that the figure does not depend on what else the machine does; by the clock is printed beside it.
"""

from __future__ import annotations

import argparse
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

from shadow.config.load import load_settings
from shadow.exchange import Side
from shadow.pipeline.brake import Brake
from shadow.pipeline.handover import Captured, Done, Frames, FromWorker, Start, Stop, frame
from tests.benchmarks import servers
from tests.benchmarks.processes import ROOT, cpu_seconds

TARGET, GOAL = 600, 1000
"""Pairs per second of one core."""
WINDOW = 512
"""Exchanges that wait for the worker at most, so that it is never idle and never overrun."""
USERS = 50
CASES = {"the same": 0, "one value differs in 1 of 100": 100, "one value differs in all": 1}
"""What is compared → each how manyeth pair differs."""
OTHER = servers.BODY.replace(b"Ada Example", b"Ada Other  ")

RESPONSE_HEADERS = (
    (b"Date", b"Tue, 24 Nov 2026 12:00:00 GMT"),
    (b"Content-Type", b"application/json; charset=utf-8"),
    (b"Content-Length", b"%d" % len(servers.BODY)),
    (b"Connection", b"keep-alive"),
    (b"Server", b"kong/3.4.2"),
    (b"X-Kong-Upstream-Latency", b"12"),
    (b"X-Kong-Proxy-Latency", b"1"),
    (b"Via", b"kong/3.4.2"),
    (b"Cache-Control", b"no-store"),
)
REQUEST_HEADERS = (
    (b"Host", b"api.example.com"),
    (b"User-Agent", b"okhttp/4.12.0"),
    (b"Accept", b"application/json"),
    (b"Accept-Encoding", b"gzip"),
)


class Rate(NamedTuple):
    """Pairs per second."""

    of_cpu: float
    by_the_clock: float


def main() -> int:
    arguments = _arguments()
    print(f"| pairs of {len(servers.BODY)} bytes | per second of CPU | by the clock | target |")
    print("|---|---|---|---|")
    for case, every in CASES.items():
        rates = [_measure(every, arguments.pairs) for _ in range(arguments.rounds)]
        of_cpu, clock = (statistics.median(column) for column in zip(*rates, strict=True))
        met = f"≥ {TARGET}" + ("" if of_cpu >= TARGET else " **missed**")
        print(f"| {case} | {of_cpu:,.0f} | {clock:,.0f} | {met} (goal {GOAL:,}) |", flush=True)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How many pairs one worker core mirrors, compares and counts.")
    parser.add_argument("--pairs", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def _measure(every: int, pairs: int) -> Rate:
    """The rate once a fifth of the pairs is through."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with servers.static(folder, "candidate", nginx=bool(servers.nginx_version()), gateway=True) as port:
            config = folder / "shadow.toml"
            base = f"http://127.0.0.1:{port}"
            config.write_text(f'[legacy]\nurl = "{base}/kong"\n[candidate]\nurl = "{base}/v2"\n[report]\nevery = 0\n')
            with _worker(load_settings(config).model_dump_json(by_alias=True).encode()) as worker:
                return _feed(worker, every, pairs)


def _feed(worker: _Worker, every: int, pairs: int) -> Rate:
    answered = 0
    warm = pairs // 5
    cpu, clock, before = 0.0, 0.0, 0
    for number in range(1, pairs + 1):
        while number - answered > WINDOW:
            answered += worker.acknowledged()
        if number == warm:
            cpu, clock, before = worker.cpu(), time.perf_counter(), answered
        worker.send(_captured(number, OTHER if every and number % every == 0 else servers.BODY))
    while answered < pairs:
        answered += worker.acknowledged()
    done = answered - before
    return Rate(done / (worker.cpu() - cpu), done / (time.perf_counter() - clock))


def _captured(number: int, body: bytes) -> Captured:
    user = b"Bearer 0f8fad5b-d9cb-469f-a165-70867728950e-%d" % (number % USERS)
    return Captured(
        number=number,
        oldest=max(1, number - WINDOW),
        side=Side.LEGACY,
        client=f"client-{number % USERS}",
        address="127.0.0.1",
        method="GET",
        target=b"/kong/users/%d?expand=address" % number,
        request_headers=(*REQUEST_HEADERS, (b"Authorization", user)),
        request_body=b"",
        status=200,
        response_headers=RESPONSE_HEADERS,
        response_body=body,
        started=time.time(),
        duration=0.01,
    )


class _Worker:
    def __init__(self, sock: socket.socket, process: subprocess.Popen[bytes]) -> None:
        self._sock, self._process, self._frames = sock, process, Frames()
        self._decode = msgspec.msgpack.Decoder(FromWorker).decode

    def send(self, message: Captured | Start | Stop) -> None:
        self._sock.sendall(frame(message))

    def acknowledged(self) -> int:
        """How many numbers the next message says are in the store."""
        if not (data := self._sock.recv(1 << 20)):
            sys.exit("the worker has ended")
        messages = map(self._decode, self._frames.feed(data))
        return sum(len(message.numbers) for message in messages if isinstance(message, Done))

    def cpu(self) -> float:
        return cpu_seconds(self._process.pid)


@contextmanager
def _worker(settings: bytes) -> Iterator[_Worker]:
    ours, theirs = socket.socketpair()
    brake = Brake.make()
    descriptors = theirs.fileno(), brake.fd
    command = [sys.executable, "-P", "-m", "shadow.pipeline.worker", *map(str, descriptors)]
    process = subprocess.Popen(command, pass_fds=descriptors, env={"PYTHONPATH": str(ROOT)})
    theirs.close()
    try:
        worker = _Worker(ours, process)
        worker.send(Start("bench", 1, "127.0.0.1:0", settings))
        yield worker
        worker.send(Stop(time.monotonic() + 5.0))
        process.wait(15)
    finally:
        ours.close()
        if process.poll() is None:
            process.kill()
            process.wait()
        brake.close()


if __name__ == "__main__":
    sys.exit(main())
