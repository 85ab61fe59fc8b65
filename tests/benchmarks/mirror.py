"""How many pairs one worker core mirrors, compares and counts: `python tests/benchmarks/mirror.py`.

A real worker process is fed over its socket, as the proxy feeds it, with exchanges of 1 KB, and asks a real server for
the other side. What counts is pairs per second of the worker's own CPU time (all its threads and its report writer), so
that the figure does not depend on what else the machine does; pairs per second of the clock are printed beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from shadow.config.load import load_settings
from shadow.exchange import Side
from shadow.pipeline.handover import Captured, Frames, FromWorker, Start, State, Stop, frame

TARGET, GOAL = 600, 1000
"""Pairs per second of one core."""
WINDOW = 512
"""Exchanges that wait for the worker at most, so that it is never idle and never overrun."""

HEADERS = (
    (b"Date", b"Tue, 24 Nov 2026 12:00:00 GMT"),
    (b"Content-Type", b"application/json; charset=utf-8"),
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
    (b"Authorization", b"Bearer 0f8fad5b-d9cb-469f-a165-70867728950e"),
)


def main() -> int:
    options = _options()
    body = _body(1000)
    rows = []
    for case, (legacy_body, share) in {
        "the same": (body, 0.0),
        "one value differs in 1 of 100": (_body(1000, name="other"), 0.01),
        "one value differs in all": (_body(1000, name="other"), 1.0),
    }.items():
        rates = [_measure(body, legacy_body, share, options) for _ in range(options.rounds)]
        rows.append((case, sorted(rates)[len(rates) // 2]))
    print(f"\n| pairs of {len(body)} bytes | per CPU second of a worker | by the clock | target |")
    print("|---|---|---|---|")
    for case, (per_cpu, per_second) in rows:
        met = "" if case.endswith("all") else f"≥ {TARGET}" if per_cpu >= TARGET else f"≥ {TARGET} **missed**"
        print(f"| {case} | {per_cpu:,.0f} | {per_second:,.0f} | {met} |")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=6000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--profile", metavar="FILE", help="write a cProfile of the worker's event loop there")
    return parser.parse_args()


def _measure(candidate: bytes, legacy: bytes, share: float, options: argparse.Namespace) -> tuple[float, float]:
    """Pairs per second of the worker's CPU time, and by the clock; once it has warmed up."""
    with tempfile.TemporaryDirectory() as name, _server(Path(name), candidate) as port:
        folder = Path(name)
        config = folder / "shadow.toml"
        config.write_text(
            f'[legacy]\nurl = "http://127.0.0.1:{port}/kong"\n[candidate]\nurl = "http://127.0.0.1:{port}/v2"\n'
            "[report]\nevery = 0\n"
        )
        settings = load_settings(config)
        every = round(1 / share) if share else 0
        with _worker(settings.model_dump_json(by_alias=True).encode(), options.profile) as worker:
            answered = 0
            for number in range(1, options.pairs + 1):
                while number - answered > WINDOW:
                    answered += worker.acknowledged()
                if number == options.pairs // 4:
                    before = worker.cpu(), time.perf_counter(), answered
                different = every and number % every == 0
                worker.send(_captured(number, legacy if different else candidate))
            while answered < options.pairs:
                answered += worker.acknowledged()
            cpu, clock = worker.cpu() - before[0], time.perf_counter() - before[1]
            done = options.pairs - before[2]
            return done / cpu, done / clock


def _captured(number: int, body: bytes) -> Captured:
    return Captured(
        number=number,
        oldest=max(1, number - WINDOW),
        side=Side.LEGACY,
        client=f"client-{number % 50}",
        method="GET",
        target=b"/kong/users/%d?expand=address" % number,
        request_headers=(
            *REQUEST_HEADERS[:-1],
            (b"Authorization", b"Bearer token-of-user-%d-0f8fad5b" % (number % 50)),
        ),
        request_body=b"",
        status=200,
        response_headers=(*HEADERS, (b"Content-Length", b"%d" % len(body))),
        response_body=body,
        started=time.time(),
        duration=0.01,
    )


def _body(size: int, name: str = "Ada Lovelace") -> bytes:
    user = {"id": 4711, "name": name, "active": True, "balance": 12.5, "createdAt": "2026-01-02T03:04:05.000Z"}
    items = [{"sku": f"A-{n:04}", "quantity": n % 7, "price": n * 1.25, "tags": ["new", "sale"]} for n in range(100)]
    user["items"] = []
    while len(json.dumps(user)) < size:
        user["items"].append(items[len(user["items"])])
    return json.dumps(user).encode()


class _Worker:
    def __init__(self, sock: socket.socket, process: subprocess.Popen[bytes]) -> None:
        self._sock, self._process, self._frames = sock, process, Frames()
        self._decode = msgspec.msgpack.Decoder(FromWorker).decode

    def send(self, message: Captured | Start | Stop) -> None:
        self._sock.sendall(frame(message))

    def acknowledged(self) -> int:
        """How many numbers the next message says are in the store."""
        data = self._sock.recv(1 << 20)
        if not data:
            raise SystemExit("the worker ended")
        count = 0
        for payload in self._frames.feed(data):
            message = self._decode(payload)
            if isinstance(message, State):
                print(message.trouble, file=sys.stderr)
            else:
                count += len(message.numbers)
        return count

    def cpu(self) -> float:
        """Seconds of CPU time that the process has used."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _worker(settings: bytes, profile: str | None) -> Iterator[_Worker]:
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-m", "shadow.pipeline.worker", str(theirs.fileno())]
    if profile:
        command[1:2] = ["-m", "cProfile", "-o", profile, "-m"]
    process = subprocess.Popen(command, pass_fds=[theirs.fileno()])
    theirs.close()
    try:
        worker = _Worker(ours, process)
        worker.send(Start("bench", 1, "127.0.0.1:0", settings))
        yield worker
        worker.send(Stop(5.0))
        process.wait(15)
    finally:
        ours.close()
        if process.poll() is None:
            process.kill()
            process.wait()


@contextmanager
def _server(folder: Path, body: bytes) -> Iterator[int]:
    """nginx where it is installed, which answers every request with ``body``."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    (folder / "nginx.conf").write_text(
        f"""daemon off; pid {folder}/pid; error_log stderr crit;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 1000000;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      default_type application/json; return 200 '{body.decode()}';
      add_header x-amzn-RequestId "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"; add_header x-amz-apigw-id "KtR5XE7uIAMFZ2g=";
      add_header X-Amzn-Trace-Id "Root=1-5e272390-8c398be037738dc042009320"; add_header Cache-Control no-store;
    }}
  }}
}}
"""
    )
    process = subprocess.Popen(["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")])
    try:
        while socket.socket().connect_ex(("127.0.0.1", port)):
            time.sleep(0.01)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
