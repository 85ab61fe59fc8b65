"""Real processes: two HTTP servers, a mitmdump with the addon between them, and what came out of it."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ROOT = Path(__file__).parents[2]
ADDON = ROOT / "addons" / "shadow.py"
DEADLINE = 30.0
"""Seconds until a process that should have done something is given up."""

Answer = Callable[[BaseHTTPRequestHandler], tuple[int, list[tuple[str, str]], bytes] | bytes]
"""Status, headers and body; or the bytes of a whole response, after which the connection is closed."""


def wait_until(true: Callable[[], Any], what: str, seconds: float = DEADLINE) -> Any:
    """Poll until ``true()`` is truthy and return it; fail the test with ``what`` after the deadline."""
    end = time.monotonic() + seconds
    while (asked := time.monotonic()) < end:
        if result := true():
            return result
        # Looking into a store takes a while; so the looking gets at most a fifth of the time, and those that are waited
        # for the rest.
        time.sleep(max(0.02, 4 * (time.monotonic() - asked)))
    pytest.fail(f"not within {seconds:g} s: {what}")


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


class Backend:
    """A real HTTP/1.1 server whose every answer a function gives; remembers the requests it got."""

    def __init__(self, answer: Answer) -> None:
        backend = self
        self.answer = answer
        self.requests: list[tuple[str, str, dict[str, str]]] = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _any(self) -> None:
                self.body = self.rfile.read(int(self.headers.get("content-length") or 0))
                backend.requests.append((self.command, self.path, dict(self.headers)))
                answer = backend.answer(self)
                if isinstance(answer, bytes):
                    self.wfile.write(answer)
                    self.close_connection = True
                    return
                status, headers, body = answer
                self.send_response_only(status)
                for name, value in headers:
                    self.send_header(name, value)
                if status not in {204, 304}:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _any  # noqa: N815

            def log_message(self, *args: object) -> None:
                """The tests say what matters."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def json_answer(value: Any, status: int = 200, *headers: tuple[str, str]) -> Answer:
    body = json.dumps(value).encode()
    return lambda _: (status, [("Content-Type", "application/json"), *headers], body)


class Proxy:
    """A running mitmdump with the addon, in a folder of its own.

    ``under``: a command that starts it (`setpriv …`); ``variables``: more of its environment; ``command``: arguments of
    `shadow`, which becomes mitmdump.
    """

    def __init__(
        self,
        folder: Path,
        arguments: list[str],
        port: int,
        cwd: Path | None = None,
        script: Path = ADDON,
        *,
        under: Sequence[str] = (),
        variables: Mapping[str, str] | None = None,
        command: Sequence[str] = (),
    ) -> None:
        self.folder = folder
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.log = folder / "mitmdump.log"
        environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        name, *first = ("shadow", *command) if command else ("mitmdump", "-s", str(script))
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*under, str(Path(sys.executable).with_name(name)), *first, *arguments],
                cwd=cwd or folder,
                env=environment | {"HOME": str(folder), "PYTHONUNBUFFERED": "1"} | dict(variables or {}),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def wait_ready(self) -> Proxy:
        def listening() -> bool:
            if self.process.poll() is not None:
                pytest.fail(f"mitmdump ended with {self.process.returncode}:\n{self.output()}")
            with socket.socket() as sock:
                return sock.connect_ex(("127.0.0.1", self.port)) == 0

        wait_until(listening, f"the proxy listens on port {self.port}")
        return self

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def stop(self, sig: int = signal.SIGTERM) -> int:
        """End it as an operator would; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(sig)
        try:
            return self.process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            pytest.fail(f"mitmdump did not end within {DEADLINE:g} s:\n{self.output()}")

    def kill(self) -> None:
        """End it at once, if it still runs."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def report(self) -> dict[str, Any]:
        """report.json after `stop`."""
        path = self.folder / "reports" / "report.json"
        if not path.exists():
            pytest.fail(f"there is no {path}; the log says:\n{self.output()}")
        return json.loads(path.read_text())

    def route(self, name: str) -> dict[str, Any]:
        routes = {route["route"]: route for route in self.report()["routes"]}
        assert name in routes, f"{name} is not among {sorted(routes)}; the log says:\n{self.output()}"
        return routes[name]

    def workers(self) -> list[int]:
        """Process ids of the workers (children of mitmdump)."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(pid) for pid in children]


def shadow(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the installed `shadow` command as a user would."""
    return subprocess.run(
        [str(Path(sys.executable).with_name("shadow")), *arguments],
        cwd=cwd,
        env=os.environ | {"NO_COLOR": "1", "COLUMNS": "200"} | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


CONFIG = """
[legacy]
url = "{legacy}/kong"
[candidate]
url = "{candidate}"
timeout = 2.0
[proxy]
listen = "127.0.0.1:{port}"
[report]
every = 0
"""


@pytest.fixture
def backend() -> Iterator[Callable[[Answer], Backend]]:
    """`backend(answer)` starts a real server."""
    started: list[Backend] = []

    def start(answer: Answer) -> Backend:
        started.append(Backend(answer))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Callable[..., Proxy]]:
    """`proxy(legacy, candidate, extra_toml)` starts a mitmdump that stands before two servers.

    They are given as base URLs, or as anything that has a `url`.

    ``own_port``: where it listens when the arguments say so, instead of shadow.toml; ``process``: as for `Proxy`.
    """
    started: list[Proxy] = []

    def start(
        legacy: Any,
        candidate: Any,
        extra: str = "",
        *arguments: str,
        config: str = CONFIG,
        folder: Path = tmp_path,
        cwd: Path | None = None,
        own_port: int = 0,
        **process: Any,
    ) -> Proxy:
        port = free_port()
        urls = [one if isinstance(one, str) else one.url for one in (legacy, candidate)]
        folder.mkdir(exist_ok=True)
        text = config.format(legacy=urls[0], candidate=urls[1], port=port)
        (folder / "shadow.toml").write_text(text + extra)
        started.append(Proxy(folder, [*arguments], own_port or port, cwd, **process))
        return started[-1].wait_ready()

    yield start
    for one in started:
        one.kill()


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    """An HTTP client that ignores the environment's proxies."""
    with httpx.Client(trust_env=False, timeout=DEADLINE) as one:
        yield one


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A self-signed certificate for 127.0.0.1, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a stranger")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "stranger.pem"
    pem.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return pem
