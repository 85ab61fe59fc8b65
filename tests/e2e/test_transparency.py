"""What a client and its answering side see is byte for byte what it is without us.

Each case is sent three ways: straight to the server, through a bare mitmdump, and through mitmdump with the addon. The
addon must give exactly what bare mitmdump gives, in both directions; where mitmproxy itself differs from the direct way
the case says so (docs/operating.md lists these for users).
"""

from __future__ import annotations

import gzip
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import NamedTuple

import pytest

from tests.e2e.conftest import CONFIG, Proxy, free_port, wait_until


class Case(NamedTuple):
    name: str
    answer: bytes
    """The server's whole response."""
    method: str = "GET"
    path: str = "/kong/x"
    headers: bytes = b""
    body: bytes = b""
    chunked: bool = False
    """mitmproxy joins the chunks into one; with the addon they come as they were."""


def ok(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    lines = [b"HTTP/1.1 " + status, *headers, b"Content-Length: %d" % len(body)]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


JSON = b"Content-Type: application/json"
CASES = [
    Case("plain JSON", ok(b'{"a": 1}', JSON)),
    Case("gzip", ok(gzip.compress(b'{"a": 1}' * 100, mtime=0), JSON, b"Content-Encoding: gzip")),
    Case("broken gzip", ok(b"no gzip at all", JSON, b"Content-Encoding: gzip")),
    Case(
        "chunked",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-After: 1\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n",
        chunked=True,
    ),
    Case("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 12345\r\nX-A: b\r\n\r\n", method="HEAD"),
    Case("204", b"HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n", method="DELETE"),
    Case("304", b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\n\r\n', headers=b'If-None-Match: "v1"\r\n'),
    Case("redirect", ok(b"", b"Location: https://elsewhere.example/a?b=c#d", status=b"302 Found")),
    Case("permanent redirect of a POST", ok(b"", b"Location: /kong/y", status=b"308 Permanent Redirect"), "POST"),
    Case("duplicate headers in order", ok(b"x", b"X-B: 2", b"X-A: 1", b"X-B: 1", b"x-b: 3")),
    Case("Set-Cookie twice", ok(b"x", b"Set-Cookie: a=1; Path=/", b"Set-Cookie: b=2; HttpOnly; Secure")),
    Case("odd spellings of names", ok(b"x", b"x-LOWER-upper: A", b'ETAG: W/"1"')),
    Case("bytes beyond ASCII in a header", ok(b"x", b"X-Name: Ren\xe9 \xc3\xa9")),
    Case("own reason phrase", ok(b"x", status=b"418 I'm a Teapot, Short and Stout")),
    Case("empty body", ok(b"")),
    Case("3 MB", ok(os.urandom(1) * 3_000_000, b"Content-Type: application/octet-stream")),
    Case("6 MB, more than is compared", ok(b"0123456789" * 600_000, b"Content-Type: application/octet-stream")),
    Case(
        "a body that ends with the connection",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nuntil the end",
    ),
    Case("an event stream", ok(b"data: 1\n\ndata: 2\n\n", b"Content-Type: text/event-stream")),
    Case("server error", ok(b'{"error": "x"}', JSON, status=b"500 Internal Server Error")),
    Case("POST with a body", ok(b"{}", JSON), "POST", headers=JSON + b"\r\n", body=b'{"pi": 3.140}'),
    Case("6 MB request", ok(b"{}", JSON), "POST", body=b"9876543210" * 600_000),
    Case("raw path", ok(b"x"), path="/kong/a%2Fb//c/%7Euser/?q=a%20b&&x=[1]&e=%C3%A9"),
    Case("candidate's path", ok(b"x", JSON), path="/user/profile?a=b"),
    Case("headers are not touched", ok(b"x"), headers=b"Accept: */*\r\nX-Dup: 1\r\nx-dup: 2\r\nCookie: a=b\r\n"),
]


class Canned:
    """A raw server: notes the exact bytes of each request and answers with the case's exact bytes."""

    def __init__(self) -> None:
        self.answer = b""
        self.requests: list[bytes] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        # Whoever asked may hang up: the worker does so where a mirrored answer is larger than what is compared.
        with connection, suppress(OSError):
            data = b""
            while b"\r\n\r\n" not in data:
                if not (piece := connection.recv(65536)):
                    return
                data += piece
            head, _, body = data.partition(b"\r\n\r\n")
            length = next(
                (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
            )
            while len(body) < length:
                if not (piece := connection.recv(65536)):
                    return
                body += piece
            if b"x-shadow-mirror" not in head.lower():
                self.requests.append(head + b"\r\n\r\n" + body)
            connection.sendall(self.answer)

    def close(self) -> None:
        self._socket.close()


def exchange(port: int, case: Case) -> bytes:
    """Send the case's request and return all bytes that come back until the connection ends."""
    length = b"Content-Length: %d\r\n" % len(case.body) if case.body or case.method == "POST" else b""
    head = f"{case.method} {case.path} HTTP/1.1\r\n".encode() + b"Host: api.example.com\r\n" + case.headers + length
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(head + b"Connection: close\r\n\r\n" + case.body)
        received = b""
        while piece := connection.recv(1 << 20):
            received += piece
        return received


@pytest.fixture(scope="module")
def canned() -> Iterator[Canned]:
    server = Canned()
    yield server
    server.close()


@pytest.fixture(scope="module")
def bare(canned: Canned, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a mitmdump without the addon."""
    port = free_port()
    folder = tmp_path_factory.mktemp("bare")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                str(Path(sys.executable).with_name("mitmdump")),
                *("-q", "--set", f"confdir={folder}", "--listen-host", "127.0.0.1"),
                *("--mode", f"reverse:http://127.0.0.1:{canned.port}@{port}"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    wait_until(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0, "bare mitmdump listens")
    yield port
    process.terminate()
    process.wait()


@pytest.fixture(scope="module")
def ours(canned: Canned, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a mitmdump with the addon; both sides are the canned server."""
    folder = tmp_path_factory.mktemp("ours")
    port = free_port()
    url = f"http://127.0.0.1:{canned.port}"
    (folder / "shadow.toml").write_text(CONFIG.format(legacy=url, candidate=url, port=port))
    running = Proxy(folder, [], port).wait_ready()
    yield port
    running.stop()


@pytest.mark.parametrize("case", CASES, ids=[case.name.replace(" ", "-") for case in CASES])
def test_the_same_bytes_both_ways(case: Case, canned: Canned, bare: int, ours: int) -> None:
    """The client gets, and the answering side sees, exactly what they would with bare mitmdump."""
    canned.answer = case.answer
    canned.requests.clear()
    direct, through_bare, through_ours = (exchange(port, case) for port in (canned.port, bare, ours))
    assert through_ours == (direct if case.chunked else through_bare)
    assert (through_bare != direct) is case.chunked
    _, bare_request, our_request = canned.requests
    assert our_request == bare_request
