"""The sides that are measured against: nginx where there is one, else (and for what nginx can't do) asyncio.

`python tests/benchmarks/servers.py ROLE PORT` runs the asyncio ones: ``answer`` answers as `body_of` says,
``gateway`` with the headers of one besides, ``huge`` with 10 MB, ``hang`` accepts and never answers.
"""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.processes import ended, free_port, started, wait_for_port

__all__ = ["BODY", "HUGE", "body_of", "hanging", "json_body", "nginx_version", "refusing", "scripted", "static"]

HUGE = 10_000_000
GATEWAY = {
    "x-amzn-RequestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
    "x-amz-apigw-id": "KtR5XE7uIAMFZ2g=",
    "X-Amzn-Trace-Id": "Root=1-5e272390-8c398be037738dc042009320",
    "Cache-Control": "no-store",
}
"""What an API Gateway says besides."""


def json_body(size: int) -> bytes:
    """A JSON object of exactly so many bytes, with values of every type."""
    item = '{"id":1%07d,"sku":"X-17","price":12.5,"tags":["new","sale"],"note":null}'
    start, end = '{"id":7,"name":"Ada Example","active":true,"items":[', '],"pad":"%s"}'
    room = size - len(start) - len(end)
    items = ",".join(item % number for number in range(1, room // (len(item % 0) + 1)))
    return (start + items + end % ("x" * (room + len("%s") - len(items)))).encode()


BODY = json_body(1024)
LARGE = json_body(100_000)


def nginx_version() -> str:
    """As nginx says it, ``1.22.1``; "" where there is none."""
    if (nginx := _nginx()) is None:
        return ""
    said = subprocess.run([nginx, "-v"], capture_output=True, text=True, check=False).stderr
    return said.strip().rpartition("/")[2]


@contextmanager
def static(folder: Path, name: str, *, nginx: bool, huge: bool = False, gateway: bool = False) -> Iterator[int]:
    """A server that answers everything with `BODY` (or with `HUGE` bytes), with the headers of a gateway where asked;
    yields its port."""
    port = free_port()
    if not nginx:
        with _asyncio_server(folder, name, "huge" if huge else "gateway" if gateway else "answer", port):
            yield port
        return
    more = "".join(f'add_header {name} "{value}"; ' for name, value in GATEWAY.items()) if gateway else ""
    answer = f"{more}return 200 '{BODY.decode()}';"
    if huge:
        (folder / "huge.json").write_bytes(json_body(HUGE))
        answer = f"root {folder}; try_files /huge.json =404;"
    with _nginx_server(folder, name, port, "", f"location / {{ default_type application/json; {answer} }}"):
        yield port


@contextmanager
def mirroring(folder: Path, legacy: int, candidate: int) -> Iterator[int]:
    """nginx before legacy, with its own `mirror` to the candidate: mirrored, not compared. Yields its port."""
    port = free_port()
    outside = f"""
    upstream legacy {{ server 127.0.0.1:{legacy}; keepalive 64; }}
    upstream candidate {{ server 127.0.0.1:{candidate}; keepalive 64; }}
    map $request_uri $stripped {{ ~^/kong(?<rest>/.*)$ $rest; }}
    proxy_http_version 1.1;
    proxy_set_header Connection "";"""
    inside = """
    location / { mirror /mirrored; proxy_pass http://legacy; }
    location = /mirrored { internal; proxy_pass http://candidate$stripped; }"""
    with _nginx_server(folder, "nginx-mirror", port, outside, inside):
        yield port


@contextmanager
def scripted(folder: Path, name: str) -> Iterator[int]:
    """A server that answers as `body_of` says, in any case asyncio; yields its port."""
    port = free_port()
    with _asyncio_server(folder, name, "answer", port):
        yield port


@contextmanager
def hanging(folder: Path) -> Iterator[int]:
    """Accepts, reads, and never answers; yields its port."""
    port = free_port()
    with _asyncio_server(folder, "hanging", "hang", port):
        yield port


@contextmanager
def refusing() -> Iterator[int]:
    """A port at which nobody listens, and which nobody else gets meanwhile."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()[1]


# -- nginx -----------------------------------------------------------------------------------------------------------


def _nginx() -> str | None:
    return shutil.which("nginx") or shutil.which("/usr/sbin/nginx")


@contextmanager
def _nginx_server(folder: Path, name: str, port: int, outside: str, inside: str) -> Iterator[None]:
    paths = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "\n".join(f"{path}_temp_path {folder}/{name}-{path};" for path in paths)
    config = folder / f"{name}.conf"
    # One process, which is all that these servers need, and which is ended by its own id. Connections are never closed
    # from this side: mitmproxy answers 502 where its keep-alive loses that race.
    config.write_text(f"""
daemon off;
master_process off;
pid {folder}/{name}.pid;
error_log {folder}/{name}-errors.log;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    keepalive_timeout 1h;
    keepalive_requests 1000000000;
    # A worker may be held still for minutes between connecting and asking.
    client_header_timeout 1h;
    client_body_timeout 1h;
    send_timeout 1h;
    {temporary}
    {outside}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        {inside}
    }}
}}
""")
    log = folder / f"{name}.log"
    nginx = _nginx()
    assert nginx is not None
    process = started([nginx, "-c", str(config), "-p", str(folder), "-e", str(folder / f"{name}-errors.log")], log)
    try:
        wait_for_port(process, port, log)
        yield
    finally:
        ended(process)


# -- asyncio ---------------------------------------------------------------------------------------------------------


@contextmanager
def _asyncio_server(folder: Path, name: str, role: str, port: int) -> Iterator[None]:
    log = folder / f"{name}.log"
    process = started([sys.executable, str(Path(__file__)), role, str(port)], log)
    try:
        wait_for_port(process, port, log)
        yield
    finally:
        ended(process)


def body_of(method: str, path: str) -> tuple[int, bytes, float]:
    """Status, body, and seconds until it comes. Legacy's paths begin with `/kong`; else both sides say the same, save
    under `/changing`."""
    side, rest = ("legacy", path[5:]) if path.startswith("/kong/") else ("candidate", path)
    if method == "POST":
        return 201, b'{"created":true}', 0.0
    match rest.split("/")[1]:
        case "missing":
            return 404, b'{"error":"no such thing"}', 0.0
        case "large":
            return 200, LARGE, 0.0
        case "changing":
            return 200, BODY.replace(b"Ada Example", b"Ada Other  " if side == "candidate" else b"Ada Example"), 0.0
        case "slow":
            return 200, BODY, 0.05
    return 200, BODY, 0.0


class _Answering(asyncio.Protocol):
    """As much HTTP/1.1 as the benchmarks speak: requests with or without a Content-Length, one at a time."""

    huge = b""
    more = b""
    """Header lines besides."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._buffer = b""

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].lower()
            _, found, length = head.partition(b"\r\ncontent-length:")
            end += 4 + (int(length.partition(b"\r\n")[0]) if found else 0)
            if len(self._buffer) < end:
                return
            method, path, _ = self._buffer.split(b" ", 2)
            self._buffer = self._buffer[end:]
            status, body, later = (200, self.huge, 0.0) if self.huge else body_of(method.decode(), path.decode())
            head = b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\n%bContent-Length: %d\r\n\r\n"
            answer = (head % (status, self.more, len(body))) + body
            if later:
                asyncio.get_running_loop().call_later(later, self._transport.write, answer)
            else:
                self._transport.write(answer)


class _Hanging(asyncio.Protocol):
    """Says nothing."""


async def _serve(role: str, port: int) -> None:
    loop = asyncio.get_running_loop()
    if role == "huge":
        _Answering.huge = json_body(HUGE)
    if role == "gateway":
        _Answering.more = "".join(f"{name}: {value}\r\n" for name, value in GATEWAY.items()).encode()
    server = await loop.create_server(_Hanging if role == "hang" else _Answering, "127.0.0.1", port, backlog=4096)
    end = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, end.set)
    await end.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], int(sys.argv[2])))
