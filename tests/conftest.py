"""A backend that does exactly what a test says, byte for byte: real sockets, no HTTP library on this side."""

from __future__ import annotations

import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import hypothesis
import pytest

pytest_plugins = ["pytester"]

# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("shadow", deadline=None, max_examples=40)
# `pytest --hypothesis-profile thorough`: where there is an hour.
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=1000)
hypothesis.settings.load_profile("shadow")


@dataclass(frozen=True)
class Hang:
    """Answer nothing and keep the connection open until the test is over."""


@dataclass(frozen=True)
class Reset:
    """Send these bytes, then break the connection with a TCP reset."""

    after: bytes = b""


@dataclass(frozen=True)
class Drip:
    """Send ``start``, then the same byte again and again, ``every`` seconds, until the client has gone."""

    start: bytes
    every: float = 0.02


@dataclass(frozen=True)
class HangUp:
    """Send these bytes, then close the connection in good order."""

    after: bytes = b""


Step = bytes | Hang | Reset | Drip | HangUp
"""What to do about one request; bytes are a whole response, after which the connection stays open."""

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass
class ScriptedServer:
    """Listens on loopback and answers the n-th request (over all connections) with the n-th step, then the last one
    for ever; requests for a path (without its query) among ``paths`` always with that one's step. ``requests`` holds
    each request's exact bytes, in order of arrival; ``connections`` counts accepts."""

    steps: list[Step] = field(default_factory=lambda: [OK])
    paths: dict[str, Step] = field(default_factory=dict)
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    tls: ssl.SSLContext | None = None
    address: tuple[str, int] = ("127.0.0.1", 0)

    def __post_init__(self) -> None:
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._listener = socket.create_server(self.address)
        self._threads: list[threading.Thread] = []
        self._sockets: list[socket.socket] = []
        self._start(self._accept)

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def netloc(self) -> str:
        return f"{self.address[0]}:{self.port}"

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.netloc}"

    def answer(self, *steps: Step) -> None:
        self.steps = list(steps)

    def close(self) -> None:
        self._closed.set()
        # shutdown() wakes a thread that waits in accept() or recv(); close() alone does not on Linux.
        with self._lock:
            for each in (self._listener, *self._sockets):
                with suppress(OSError):  # the other end has closed it already
                    each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        self._listener.close()

    def _start(self, target: Callable[..., None], *arguments: socket.socket) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._closed.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            if self.tls:
                # The handshake comes with the first read, in the connection's own thread.
                connection = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
            with self._lock:
                self.connections += 1
                self._sockets.append(connection)
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):  # the client may go, as some tests want it to
            buffer = b""
            while request := _request(connection, buffer):
                whole, buffer = request
                with self._lock:
                    step = self.paths.get(_path(whole), self.steps[min(len(self.requests), len(self.steps) - 1)])
                    self.requests.append(whole)
                if not self._do(step, connection):
                    return

    def _do(self, step: Step, connection: socket.socket) -> bool:
        """Whether the connection stays open."""
        match step:
            case bytes():
                connection.sendall(step)
                return True
            case Hang():
                self._closed.wait()
            case HangUp(after):
                connection.sendall(after)
            case Reset(after):
                connection.sendall(after)
                # A linger time of zero makes close() send RST instead of FIN.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            case Drip(start, every):
                connection.sendall(start)
                while not self._closed.wait(every):
                    connection.sendall(b"x")
        return False


def _request(connection: socket.socket, buffer: bytes) -> tuple[bytes, bytes] | None:
    """One whole request and what came after it; None where the client has closed the connection."""
    while (head := buffer.partition(b"\r\n\r\n"))[1] == b"":
        if not (data := connection.recv(65536)):
            return None
        buffer += data
    start = len(head[0]) + 4
    if re.search(rb"\r\ntransfer-encoding: *chunked", head[0], re.IGNORECASE):
        while (end := buffer.find(b"0\r\n\r\n", start)) < 0:
            buffer += connection.recv(65536)
        end += 5
    else:
        length = re.search(rb"\r\ncontent-length: *(\d+)", head[0], re.IGNORECASE)
        end = start + (int(length[1]) if length else 0)
        while len(buffer) < end:
            buffer += connection.recv(65536)
    return buffer[:end], buffer[end:]


def _path(request: bytes) -> str:
    return request.split(b" ", 2)[1].partition(b"?")[0].decode("latin-1")


@pytest.fixture
def backend() -> Iterator[ScriptedServer]:
    """A scripted server that answers `200 ok` until `backend.answer(…)` says otherwise."""
    server = ScriptedServer()
    yield server
    server.close()


@pytest.fixture
def scripted() -> Iterator[Callable[..., ScriptedServer]]:
    """`scripted()` starts one more scripted server; `scripted(address=("127.0.0.2", 80))` listens there."""
    started: list[ScriptedServer] = []

    def start(**given: Any) -> ScriptedServer:
        started.append(ScriptedServer(**given))
        return started[-1]

    yield start
    for server in started:
        server.close()


@pytest.fixture
def steps() -> SimpleNamespace:
    """The steps that are more than bytes, for tests, which can't import this file: `steps.Reset(b"…")`."""
    return SimpleNamespace(Hang=Hang, Reset=Reset, Drip=Drip, HangUp=HangUp)
