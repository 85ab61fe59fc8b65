"""Bodies pass as they come, whatever their kind and size; nothing of ours waits for their end, or keeps them.

All with real sockets. Where a test says that something arrives *before* something else, the far end waits for the
near end's word before it goes on: with a proxy that collects, such a test would never end.
"""

from __future__ import annotations

import hashlib
import os
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any, Self

import h2.config
import h2.connection
import h2.events
import pytest

from shadow.config.load import load_settings
from shadow.errors import StoreError
from shadow.report.build import document
from shadow.report.json_report import as_dict
from shadow.store import open_store
from tests.e2e.conftest import CONFIG, DEADLINE, Proxy, free_port, wait_until

MIB = 1 << 20
HUGE = 200 * MIB
PIECE = os.urandom(MIB)
SPARE = 30 * MIB
"""What mitmdump's memory may grow by while 200 MiB pass."""

Serve = Callable[[socket.socket, bytes], None]
"""Answers one request, whose head has been read, on its connection, which is closed afterwards."""


class Backend:
    """Both sides: does by hand what the test at hand says; mirrored requests get an answer of their own."""

    ok = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.serve: Serve = lambda connection, _: connection.sendall(self.ok)
        self.mirrored = self.ok
        self.trouble: list[BaseException] = []
        self._tls = tls
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                connection.settimeout(DEADLINE)
                Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        try:
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
                self.serve(connection, b"")
                return
            head = until(connection, b"\r\n\r\n", step=1)  # and nothing of the body
            if b"x-shadow-mirror" in head.lower():
                connection.sendall(self.mirrored)
            else:
                self.serve(connection, head)
        except (OSError, AssertionError) as error:
            self.trouble.append(error)
        finally:
            connection.close()

    def close(self) -> None:
        self._socket.close()


class Client:
    """A client's connection to the proxy."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def ask(self, line: str, *headers: str) -> None:
        self.send("\r\n".join([f"{line} HTTP/1.1", "Host: example.com", *headers, "", ""]).encode())

    def until(self, end: bytes) -> bytes:
        return until(self.socket, end)

    def rest(self) -> bytes:
        received = b""
        while piece := self.socket.recv(MIB):
            received += piece
        return received


def until(connection: socket.socket, end: bytes, step: int = 65536) -> bytes:
    """What is received up to ``end``, and with steps of more than one byte perhaps more."""
    received = b""
    while end not in received:
        piece = connection.recv(step)
        assert piece, f"the connection ended after {received!r}"
        received += piece
    return received


def exactly(connection: socket.socket, size: int) -> bytes:
    received = bytearray()
    while len(received) < size:
        piece = connection.recv(min(MIB, size - len(received)))
        assert piece
        received += piece
    return bytes(received)


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def head(*lines: bytes, status: bytes = b"200 OK") -> bytes:
    return b"\r\n".join((b"HTTP/1.1 " + status, *lines, b"", b""))


CHUNKED = b"Transfer-Encoding: chunked"


@pytest.fixture(scope="module")
def side() -> Iterator[Backend]:
    server = Backend()
    yield server
    server.close()


@pytest.fixture(autouse=True)
def nothing_went_wrong_behind_the_proxy(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "side" in request.fixturenames:
        trouble, server = request.getfixturevalue("side").trouble, request.getfixturevalue("side")
        server.trouble = []
        assert not trouble


@pytest.fixture(scope="module")
def running(side: Backend, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder, port = tmp_path_factory.mktemp("streams"), free_port()
    url = f"http://127.0.0.1:{side.port}"
    (folder / "shadow.toml").write_text(CONFIG.format(legacy=url, candidate=url, port=port))
    started = Proxy(folder, [], port).wait_ready()
    yield started
    assert started.stop() == 0
    for trouble in ("a fault of shadow's own", "Traceback", "still running at the end", "are lost"):
        assert trouble not in started.output()


def counted(running: Proxy, route: str, seen: int = 1) -> dict[str, Any]:
    """What the store has counted for a route, once it has seen that many requests: without the zeros."""
    settings = load_settings(running.folder / "shadow.toml")

    def counts() -> dict[str, Any] | None:
        try:
            with open_store(settings) as store:
                routes = as_dict(document(settings, store, time.time()))["routes"]
        except StoreError:  # the worker makes it when it starts
            return None
        found = next((one["requests"] for one in routes if one["route"] == route), None)
        return found if found and found["seen"] >= seen else None

    requests = wait_until(counts, f"{seen} requests of {route} in the store")
    flat = {name: count for name, count in requests.items() if name not in {"skipped", "distinct"}} | requests[
        "skipped"
    ]
    return {name: count for name, count in flat.items() if count}


def peak(process: int) -> int:
    """The most memory that the process has ever had, in bytes."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


# -- as they come ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "headers", "cut", "fate"),
    [
        ("sse", (b"Content-Type: text/event-stream",), bytes, "streamed"),
        ("sse-chunked", (b"Content-Type: text/event-stream", CHUNKED), chunk, "streamed"),
        ("chunked", (b"Content-Type: application/json", CHUNKED), chunk, "compared"),
        ("to-the-end", (b"Content-Type: text/plain",), bytes, "compared"),
    ],
)
def test_an_event_arrives_before_the_next_one_is_sent(side, running, name, headers, cut, fate):
    """Also without a streaming type, where the length is unknown; short enough, such an answer is compared too."""
    heard = Event()

    def serve(connection: socket.socket, _: bytes) -> None:
        connection.sendall(head(*headers) + cut(b"data: 1\n\n"))
        assert heard.wait(DEADLINE)
        connection.sendall(cut(b"data: 2\n\n") + (b"0\r\n\r\n" if CHUNKED in headers else b""))

    side.serve, both = serve, b"data: 1\n\ndata: 2\n\n"
    side.mirrored = head(*set(headers) - {CHUNKED}, b"Content-Length: 18", b"Connection: close") + both
    with Client(running.port) as client:
        client.ask(f"GET /kong/{name}", "Connection: close")
        first = client.until(b"data: 1\n\n")
        heard.set()
        assert (first + client.rest()).endswith(cut(b"data: 2\n\n") + (b"0\r\n\r\n" if CHUNKED in headers else b""))
    assert counted(running, f"GET /{name}") == {"seen": 1, fate: 1}


def test_a_chunk_of_a_request_arrives_before_the_next_one_is_sent(side, running):
    arrived, received = Event(), []

    def serve(connection: socket.socket, _: bytes) -> None:
        received.append(until(connection, b"one\r\n"))
        arrived.set()
        received.append(until(connection, b"0\r\n\r\n"))
        connection.sendall(head(b"Content-Length: 2") + b"ok")

    side.serve = serve
    with Client(running.port) as client:
        client.ask("POST /kong/upload", "Transfer-Encoding: chunked", "Connection: close")
        client.send(chunk(b"one"))
        assert arrived.wait(DEADLINE)
        client.send(chunk(b"two") + b"0\r\n\r\n")
        assert client.rest().endswith(b"\r\n\r\nok")
    assert received == [chunk(b"one"), chunk(b"two") + b"0\r\n\r\n"]
    assert counted(running, "POST /upload") == {"seen": 1, "write": 1}


def test_an_answer_that_comes_before_its_request_is_complete_is_not_compared(side, running):
    """Nobody knows yet what was asked."""
    answered = Event()

    def serve(connection: socket.socket, _: bytes) -> None:
        connection.sendall(head(b"Content-Length: 5", status=b"413 Content Too Large") + b"never")
        answered.set()
        until(connection, b"0\r\n\r\n")

    side.serve = serve
    with Client(running.port) as client:
        client.ask("POST /kong/refused", "Transfer-Encoding: chunked", "Connection: close")
        client.send(chunk(b"one"))
        assert answered.wait(DEADLINE)
        refusal = client.until(b"never")
        client.send(chunk(b"two") + b"0\r\n\r\n")
        client.rest()
    assert refusal.startswith(b"HTTP/1.1 413 ")
    assert counted(running, "POST /refused") == {"seen": 1, "streamed": 1}


@pytest.mark.parametrize(("name", "size", "fate"), [("small", 1000, "write"), ("large", 6 * MIB, "too-large")])
def test_a_client_that_expects_100_continue_gets_it_and_then_its_answer(side, running, name, size, fate):
    def serve(connection: socket.socket, _: bytes) -> None:
        digest = hashlib.sha256(exactly(connection, size)).hexdigest().encode()
        connection.sendall(head(b"Content-Length: 64") + digest)

    side.serve = serve
    body = (PIECE * 6)[:size]
    with Client(running.port) as client:
        client.ask(f"PUT /kong/expect-{name}", f"Content-Length: {size}", "Expect: 100-continue", "Connection: close")
        assert client.until(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.send(body)
        assert client.rest().endswith(b"\r\n\r\n" + hashlib.sha256(body).hexdigest().encode())
    assert counted(running, f"PUT /expect-{name}") == {"seen": 1, fate: 1}


# -- however large -----------------------------------------------------------------------------------------------------


def test_200_mib_of_unknown_length_pass_and_mitmdump_does_not_grow(side, running):
    """A response to the end of its connection, a request in chunks; every byte arrives, and nothing is kept."""
    pieces = HUGE // len(PIECE)
    sent = hashlib.sha256()
    for _ in range(pieces):
        sent.update(PIECE)

    def serve(connection: socket.socket, start: bytes) -> None:
        if start.startswith(b"GET"):
            connection.sendall(head(b"Content-Type: application/octet-stream"))
            for _ in range(pieces):
                connection.sendall(PIECE)
            return
        received, reader = hashlib.sha256(), connection.makefile("rb")
        line = reader.readline()
        while size := int(line, 16):
            received.update(reader.read(size))
            reader.readline()
            line = reader.readline()
        reader.readline()
        connection.sendall(head(b"Content-Length: 64") + received.hexdigest().encode())

    side.serve = serve
    before = peak(running.process.pid)
    with Client(running.port) as client:
        client.ask("GET /kong/huge", "Connection: close")
        start = client.until(b"\r\n\r\n")
        received = hashlib.sha256(start.partition(b"\r\n\r\n")[2])
        while piece := client.socket.recv(MIB):
            received.update(piece)
    assert received.digest() == sent.digest()
    with Client(running.port) as client:
        client.ask("PUT /kong/huge", "Transfer-Encoding: chunked", "Connection: close")
        for _ in range(pieces):
            client.send(chunk(PIECE))
        client.send(b"0\r\n\r\n")
        assert client.rest().endswith(sent.hexdigest().encode())
    assert peak(running.process.pid) - before < SPARE
    assert counted(running, "GET /huge") == {"seen": 1, "too-large": 1}
    assert counted(running, "PUT /huge") == {"seen": 1, "too-large": 1}


# -- when they break off -----------------------------------------------------------------------------------------------


def test_a_backend_that_dies_midway_is_seen_as_it_is_and_counted_as_failed(side, running):
    side.serve = lambda connection, _: connection.sendall(head(CHUNKED) + chunk(b"half"))
    with Client(running.port) as client:
        client.ask("GET /kong/dies")
        assert client.rest().endswith(b"\r\n\r\n" + chunk(b"half"))
    assert counted(running, "GET /dies") == {"seen": 1, "failed": 1}


def test_a_client_that_leaves_an_event_stream_ends_it_there_too_and_nothing_has_failed(side, running):
    ended = Event()

    def serve(connection: socket.socket, _: bytes) -> None:
        connection.sendall(head(b"Content-Type: text/event-stream") + b"data: 1\n\n")
        with suppress(ConnectionResetError):
            assert connection.recv(1) == b""
        ended.set()

    side.serve = serve
    with Client(running.port) as client:
        client.ask("GET /kong/leaves")
        client.until(b"data: 1\n\n")
    assert ended.wait(DEADLINE)
    assert counted(running, "GET /leaves") == {"seen": 1, "streamed": 1}


def test_clients_that_leave_early_and_answers_that_are_none_are_each_counted_once(side, running):
    hung = Event()

    def hang(connection: socket.socket, _: bytes) -> None:
        hung.set()
        with suppress(ConnectionResetError):
            connection.recv(1)

    side.serve = hang
    with Client(running.port) as client:
        client.ask("GET /kong/fails?leaves=before-the-answer")
        assert hung.wait(DEADLINE)
    hung.clear()
    with Client(running.port) as client:
        client.ask("POST /kong/fails", "Transfer-Encoding: chunked")
        client.send(chunk(b"leaves amid its request"))
        assert hung.wait(DEADLINE)
    for garbage in (
        b"",
        b"no HTTP\r\n\r\n",
        head(b"Content-Length: 1", b"Content-Length: 2"),
        head(CHUNKED) + b"zz\r\n",
    ):
        side.serve = lambda connection, _, garbage=garbage: connection.sendall(garbage)
        with Client(running.port) as client:
            client.ask("GET /kong/fails", "Connection: close")
            client.rest()
    assert counted(running, "GET /fails", 5) == {"seen": 5, "failed": 5}
    assert counted(running, "POST /fails") == {"seen": 1, "failed": 1}


# -- other protocols ---------------------------------------------------------------------------------------------------


def frame(payload: bytes, *, masked: bool) -> bytes:
    """A WebSocket text frame of fewer than 126 bytes (RFC 6455 §5.2); the mask is zeros."""
    return bytes([0x81, len(payload) | (0x80 if masked else 0)]) + (bytes(4) if masked else b"") + payload


def test_a_websocket_passes_both_ways_and_its_messages_do_not_pile_up(side, running):
    messages = 40

    def serve(connection: socket.socket, _: bytes) -> None:
        accept = b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # RFC 6455 §1.3's example
        connection.sendall(
            head(b"Upgrade: websocket", b"Connection: Upgrade", accept, status=b"101 Switching Protocols")
        )
        for _ in range(messages):
            opcode, length = exactly(connection, 2)
            size = int.from_bytes(exactly(connection, 8)) if length & 0x7F == 127 else length & 0x7F
            mask = exactly(connection, 4)
            first = exactly(connection, size)[0] ^ mask[0]
            assert opcode in {0x81, 0x82}
            connection.sendall(frame(bytes([first]) + b" echoed", masked=False))
        connection.sendall(bytes([0x88, 0]))

    side.serve = serve
    with Client(running.port) as client:
        client.ask(
            "GET /kong/socket",
            *("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"),
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        )
        assert client.until(b"\r\n\r\n").startswith(b"HTTP/1.1 101 ")
        before = 0
        for n in range(messages):
            client.send(bytes([0x82, 0xFF]) + (2 * MIB).to_bytes(8) + bytes(4) + b"A" * 2 * MIB)
            assert exactly(client.socket, 10) == frame(b"A echoed", masked=False)
            before = before or (peak(running.process.pid) if n == 4 else 0)
        assert peak(running.process.pid) - before < SPARE
        assert exactly(client.socket, 1) == b"\x88"
    assert counted(running, "GET /socket") == {"seen": 1, "upgrade": 1}


def test_any_other_protocol_passes_too_and_its_bytes_do_not_pile_up(side, running):
    def serve(connection: socket.socket, _: bytes) -> None:
        connection.sendall(head(b"Upgrade: echo", b"Connection: Upgrade", status=b"101 Switching Protocols"))
        while data := connection.recv(MIB):
            connection.sendall(data)

    side.serve = serve
    with Client(running.port) as client:
        client.ask("GET /kong/tunnel", "Upgrade: echo", "Connection: Upgrade")
        assert client.until(b"\r\n\r\n").startswith(b"HTTP/1.1 101 ")
        before = peak(running.process.pid)
        for _ in range(40):
            sender = Thread(target=client.send, args=(PIECE,))
            sender.start()
            assert exactly(client.socket, MIB) == PIECE
            sender.join()
        assert peak(running.process.pid) - before < SPARE
    assert counted(running, "GET /tunnel") == {"seen": 1, "upgrade": 1}


# -- HTTP/2 ------------------------------------------------------------------------------------------------------------


class Http2:
    """One end of an HTTP/2 connection, over TLS; ``events`` are those that have arrived."""

    def __init__(self, connection: socket.socket, *, client: bool) -> None:
        self._socket = connection
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=client))
        self.events: list[h2.events.Event] = []
        self.h2.initiate_connection()
        self.flush()

    def flush(self) -> None:
        self._socket.sendall(self.h2.data_to_send())

    def wait_for(self, kind: type[h2.events.Event], containing: bytes = b"") -> Any:
        """The next event of this kind; of data, the next that contains these bytes."""
        while True:
            for at, event in enumerate(self.events):
                if isinstance(event, kind) and containing in getattr(event, "data", b""):
                    del self.events[: at + 1]
                    return event
            data = self._socket.recv(65536)
            assert data, f"the connection ended before {kind.__name__}"
            self.events += self.h2.receive_data(data)
            self.flush()


def test_grpc_passes_message_by_message_with_its_trailers_where_the_user_wants_http_2(proxy, certificate):
    """Both ways at once, as a bidirectional call needs it: a message goes on only when its answer has come."""
    server_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_tls.load_cert_chain(certificate)
    server_tls.set_alpn_protocols(["h2"])
    client_tls = ssl._create_unverified_context()
    client_tls.set_alpn_protocols(["h2"])

    def serve(connection: socket.socket, _: bytes) -> None:
        peer = Http2(connection, client=False)
        stream = peer.wait_for(h2.events.RequestReceived).stream_id
        peer.h2.send_headers(stream, [(":status", "200"), ("content-type", "application/grpc")])
        for message in (b"one", b"two"):
            assert peer.wait_for(h2.events.DataReceived, message)
            peer.h2.send_data(stream, b"echo " + message)
            peer.flush()
        peer.wait_for(h2.events.StreamEnded)
        peer.h2.send_headers(stream, [("grpc-status", "0")], end_stream=True)
        peer.flush()
        with suppress(OSError):
            connection.recv(1)  # mitmproxy closes it

    backend = Backend(server_tls)
    backend.serve = serve
    url = f"https://127.0.0.1:{backend.port}"
    running = proxy(url, url, "", "--set", "http2=true", "--set", "ssl_insecure=true")
    # mitmproxy listens a moment before it has a certificate.
    wait_until(lambda: "shadow: legacy" in running.output(), "mitmdump is up")
    with (
        socket.create_connection(("127.0.0.1", running.port), timeout=DEADLINE) as plain,
        client_tls.wrap_socket(plain, server_hostname="localhost") as connection,
    ):
        assert connection.selected_alpn_protocol() == "h2"
        peer = Http2(connection, client=True)
        path = (":path", "/kong/shop.Orders/Watch")
        required = [(":method", "POST"), path, (":scheme", "https"), (":authority", f"127.0.0.1:{running.port}")]
        peer.h2.send_headers(1, [*required, ("content-type", "application/grpc"), ("te", "trailers")])
        for message in (b"one", b"two"):
            peer.h2.send_data(1, message)
            peer.flush()
            assert peer.wait_for(h2.events.DataReceived, b"echo " + message)
        peer.h2.end_stream(1)
        peer.flush()
        trailers = peer.wait_for(h2.events.TrailersReceived).headers
        assert [tuple(map(bytes, pair)) for pair in trailers] == [(b"grpc-status", b"0")]
    assert counted(running, "POST /shop.Orders/Watch") == {"seen": 1, "streamed": 1}
    assert running.stop() == 0
    backend.close()
    assert not backend.trouble


# -- what is somebody else's business ----------------------------------------------------------------------------------


def test_where_the_user_changes_bodies_they_are_collected_for_it_as_without_us(side, proxy):
    side.serve = lambda connection, _: connection.sendall(
        head(CHUNKED) + chunk(b"the o") + chunk(b"ld one") + b"0\r\n\r\n"
    )
    url = f"http://127.0.0.1:{side.port}"
    running = proxy(url, url, "", "--modify-body", "/~s/old/new")
    with Client(running.port) as client:
        client.ask("GET /kong/changed", "Connection: close")
        assert b"the new one" in client.rest()


def test_how_a_script_of_the_users_lets_a_body_pass_is_left_to_it_and_what_it_kills_is_counted(side, proxy, tmp_path):
    side.serve = lambda connection, _: connection.sendall(head(CHUNKED) + chunk(b"abc") + b"0\r\n\r\n")
    script = tmp_path / "shout.py"
    script.write_text(
        "def request(flow):\n    if 'killed' in flow.request.path:\n        flow.kill()\n"
        "def responseheaders(flow):\n    flow.response.stream = lambda data: data.upper()\n"
    )
    url = f"http://127.0.0.1:{side.port}"
    running = proxy(url, url, "", "-s", str(script))
    with Client(running.port) as client:
        client.ask("GET /kong/shouted", "Connection: close")
        assert client.rest().endswith(b"\r\n\r\n" + chunk(b"ABC") + b"0\r\n\r\n")
    with Client(running.port) as client:
        client.ask("GET /kong/killed")
        assert client.rest() == b""
    assert counted(running, "GET /shouted") == {"seen": 1, "streamed": 1}
    assert counted(running, "GET /killed") == {"seen": 1, "failed": 1}
