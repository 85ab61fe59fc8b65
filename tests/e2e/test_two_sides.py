"""Only the two sides: hostile clients, a stranger who listens, and a record of whom the harness's processes call."""

from __future__ import annotations

import json
import os
import socket
import ssl
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest

from shadow.proxy.capture import HOPS
from tests.e2e.conftest import CONFIG, Proxy, free_port, wait_until

PATIENT = CONFIG.replace("[proxy]", "[proxy]\ndrain = 30")
"""All that is under way is finished at the end, however busy the machine is."""
WATCH = """
import json, os, sys

_LOG = os.open({log!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
_CALLS = {{"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1, "socket.getaddrinfo": 0,
          "socket.gethostbyname": 0, "socket.gethostbyaddr": 0, "socket.getnameinfo": 0, "subprocess.Popen": 0,
          "os.system": 0, "os.exec": 0, "os.posix_spawn": 0}}

def _note(event, arguments):
    if event in _CALLS:
        said = arguments[_CALLS[event]]
        said = said.decode() if isinstance(said, bytes) else said
        os.write(_LOG, (json.dumps([event, said], default=repr) + "\\n").encode())

sys.addaudithook(_note)
"""
"""A `sitecustomize` for every process of the harness: writes down whom it calls (Python's audit events)."""


class Calls:
    """Whom the harness's processes have called."""

    def __init__(self, log: Path) -> None:
        self._calls = [json.loads(line) for line in log.read_text().splitlines()]

    def of(self, event: str) -> list[Any]:
        return [said for name, said in self._calls if name == event]

    @property
    def addresses(self) -> set[tuple[str, int]]:
        """Host and port of every TCP connection; sockets in the file system and bare descriptors aside."""
        return {(address[0], address[1]) for address in self.of("socket.connect") if isinstance(address, list)}

    @property
    def names(self) -> set[str]:
        """Whatever was to be resolved, either way; None asks for the machine's own addresses."""
        events = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo")
        return {str(said) for event in events for said in self.of(event) if said is not None}

    @property
    def datagrams(self) -> list[Any]:
        """To whom any were sent; None is the other end of a connection."""
        return [said for event in ("socket.sendto", "socket.sendmsg") for said in self.of(event) if said is not None]


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Calls]:
    """The processes that are started from now on are watched; `watched()` says whom they have called."""
    folder = tmp_path / "watch"
    folder.mkdir()
    log = folder / "calls.jsonl"
    log.touch()
    (folder / "sitecustomize.py").write_text(WATCH.format(log=str(log)))
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    )
    return lambda: Calls(log)


def talk(port: int, request: bytes, tls_name: str = "") -> bytes:
    """Send these bytes on a connection of their own; what comes back until it ends, or until a side's answer does."""
    received = b""
    with ExitStack() as stack:
        stack.enter_context(suppress(ConnectionError, ssl.SSLEOFError))
        connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
        if tls_name:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            connection = stack.enter_context(context.wrap_socket(connection, server_hostname=tls_name))
        connection.sendall(request)
        while not received.endswith(b"\r\n\r\nok") and (piece := connection.recv(65536)):
            received += piece
    return received


def hostile(evil: str) -> list[bytes]:
    """Requests of which each tries to make somebody call ``evil``, or to get another request in."""
    end = b"Connection: close\r\n\r\n"

    def asking(target: str, *headers: str, method: str = "GET", version: str = "HTTP/1.1") -> bytes:
        lines = [f"{method} {target} {version}", *(headers or (f"Host: {evil}",))]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n" + end

    return [
        # The target names another host.
        asking(f"http://{evil}/kong/absolute"),
        asking(f"http://{evil}/kong/absolute-2", "Host: proxy.local"),
        asking(f"https://{evil}/kong/absolute-3"),
        asking(f"http://user:pw@{evil}/kong/absolute-4"),
        asking(f"HTTP://{evil}/absolute-5"),
        asking(f"ftp://{evil}/kong/x"),
        asking(f"http://{evil}"),
        asking(f"http://{evil}?/kong/x"),
        asking(f"//{evil}/kong/x"),
        asking(f"/\\{evil}/kong/x"),
        asking(evil),
        asking(evil, method="CONNECT"),
        asking("*", method="OPTIONS"),
        asking(f"http://{evil}", method="OPTIONS"),
        asking(f"/kong@{evil}/x"),
        asking(f"/kong:80@{evil}/x"),
        asking(f"@{evil}/kong"),
        # The path climbs, doubles and encodes.
        asking(f"/kong//{evil}/double"),
        asking(f"/kong/../../{evil}/x"),
        asking(f"/kong/%2e%2e/{evil}/x"),
        asking(f"/kong/%2f%2f{evil}/encoded"),
        asking(f"/kong/\\\\{evil}\\backslash"),
        asking(f"/kong/%5c%5c{evil}/encoded-backslash"),
        asking(f"/kong/http://{evil}/as-a-path"),
        asking(f"/kong/x%0d%0aHost:%20{evil}%0d%0a%0d%0aGET%20/"),
        asking(f"/kong/x#@{evil}/fragment"),
        asking(f"/kong/x?u=http://{evil}/&@{evil}"),
        asking("/kong/caf\xe9"),
        asking("/kong/\x00\x01"),
        asking(f"/kong/x y http://{evil}/"),
        asking(f"/kong/{'a' * 3000}@{evil}/"),
        # The headers name another host.
        asking("/kong/host"),
        asking("/kong/host-twice", "Host: proxy.local", f"Host: {evil}"),
        asking("/kong/host-user", f"Host: user@{evil}"),
        asking("/kong/host-list", f"Host: proxy.local, {evil}"),
        asking("/kong/host-folded", "Host: proxy.local", f" {evil}"),
        asking("/kong/host-path", f"Host: {evil}/x?"),
        asking("/kong/host-empty", "Host:"),
        asking("/kong/host-none", "Accept: */*"),
        asking("/kong/http-1.0", "Accept: */*", version="HTTP/1.0"),
        asking("/kong/forwarded", "Host: a", f"X-Forwarded-Host: {evil}", f"Forwarded: host={evil}", f"X-Host: {evil}"),
        asking("/kong/rewritten", "Host: a", f"X-Original-URL: http://{evil}/", f"X-Rewrite-URL: //{evil}/"),
        asking("/kong/referer", "Host: a", f"Referer: http://{evil}/", f"Origin: http://{evil}"),
        asking("/kong/proxied", "Host: a", "Proxy-Connection: keep-alive", f"Via: 1.1 {evil}"),
        asking("/kong/alt", "Host: a", f"Alt-Used: {evil}"),
        asking("/kong/h2c", "Host: a", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"),
        asking("/kong/line", "Host: a", f"X-A: b\rHost: {evil}"),
        asking("/kong/bare", "Host: a", f"X-A: b\nX-Forwarded-Host: {evil}"),
        asking("/kong/expect", "Host: a", "Expect: 100-continue"),
        asking("/candidates-own", f"Host: {evil}"),
        # Another request, or no HTTP at all, within.
        b"POST /kong/smuggled HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n"
        b"Connection: close\r\n\r\n0\r\n\r\nGET http://" + evil.encode() + b"/ HTTP/1.1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\x04\0\0\0\0\0",
        b"\x05\x01\x00\r\n\r\n",
        b"GET /kong/http-0.9\r\n\r\n",
    ]  # fmt: skip


def test_nobody_but_the_two_sides_is_ever_called(scripted, proxy, watched, monkeypatch):
    """Reverse mode: whatever clients and sides say, every connection is to a side and every name is a side's."""
    legacy, candidate, stranger = scripted(), scripted(), scripted()
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
        monkeypatch.setenv(name, stranger.url)
    lure = stranger.netloc.encode()
    answer = (
        b"HTTP/1.1 302 Found\r\nLocation: http://%b/next\r\nRefresh: 0;url=http://%b/\r\nContent-Length: 2\r\n"
        b'Alt-Svc: h2="%b"; ma=99\r\nLink: <http://%b/a>; rel=preload\r\nSet-Cookie: a=1\r\n\r\nok'
    ) % (lure, lure, lure, lure)
    legacy.answer(answer)
    candidate.answer(answer)
    running = proxy(legacy.url, f"http://localhost:{candidate.port}", config=PATIENT)

    for request in hostile(stranger.netloc):
        talk(running.port, request)
    talk(running.port, b"GET /kong/tls HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n", "evil.test")
    assert running.stop() == 0

    calls = watched()
    assert stranger.connections == 0
    assert calls.addresses <= {
        ("127.0.0.1", legacy.port), ("127.0.0.1", candidate.port), ("::1", candidate.port)
    }  # fmt: skip
    assert ("127.0.0.1", candidate.port) in calls.addresses, "the record shows what is called"
    assert "localhost" in calls.names <= {"localhost", "127.0.0.1"}
    assert calls.datagrams == []
    for programme in calls.of("subprocess.Popen"):
        assert "python" in programme
    assert "Traceback" not in running.output()

    mirrored = [request for request in candidate.requests if b"\r\nX-Shadow-Mirror: 1\r\n" in request]
    assert len(mirrored) > 20, "the harness mirrors what is harmless of it"
    hosts = {line for request in mirrored for line in request.split(b"\r\n") if line.lower().startswith(b"host:")}
    assert hosts == {b"Host: localhost:%d" % candidate.port}
    assert all(request.startswith((b"GET /", b"HEAD /", b"OPTIONS /")) for request in mirrored)


def test_a_forward_proxy_mirrors_nothing_that_was_asked_of_a_stranger(scripted, proxy):
    """Whoever is asked in the target is asked, as in any forward proxy, but it is neither side, whatever Host says."""
    legacy, candidate = scripted(), scripted()
    stranger = scripted(address=("127.0.0.2", legacy.port))  # so that Host alone tells it from legacy
    port = free_port()
    arguments = ("--mode", "regular", "--listen-host", "127.0.0.1", "-p", str(port))
    running = proxy(legacy.url, candidate.url, "", *arguments, config=PATIENT, own_port=port)
    for path, host in (("/kong/a", legacy), ("/b", candidate), ("/kong/c", stranger)):
        request = f"GET {stranger.url}{path} HTTP/1.1\r\nHost: {host.netloc}\r\nConnection: close\r\n\r\n"
        assert b" 200 OK" in talk(port, request.encode())
    # To whom a request without a target's host goes, its Host says.
    request = f"GET {legacy.url}/kong/own HTTP/1.1\r\nHost: {stranger.netloc}\r\nConnection: close\r\n\r\n"
    assert b" 200 OK" in talk(port, request.encode())
    assert running.stop() == 0

    assert len(stranger.requests) == 3
    assert not any(b"X-Shadow-Mirror" in request for request in stranger.requests)
    assert {request.split(b" ")[1] for request in legacy.requests} == {b"/kong/own"}
    assert {request.split(b" ")[1] for request in candidate.requests} == {b"/own"}
    assert [route["route"] for route in running.report()["routes"]] == ["GET /own"]


HARNESS = """
[legacy]
url = "{legacy}"
[candidate]
url = "{candidate}"
[proxy]
listen = "127.0.0.1:{port}"
drain = 30
[mirror]
confirm = 0
baseline = 0
[report]
every = 0
"""


@pytest.fixture
def harnesses(proxy, tmp_path):
    """`harnesses(legacy, "/base")`: two proxies in front of one legacy, each the other's candidate under that base."""

    def start(legacy: str, base: str) -> tuple[Proxy, Proxy]:
        ports = free_port(), free_port()
        started = []
        for name, port, other in (("one", *ports), ("two", *reversed(ports))):
            text = HARNESS.format(legacy=legacy, candidate=f"http://127.0.0.1:{other}{base}", port=port)
            config = text.replace("{", "{{").replace("}", "}}")
            started.append(
                proxy("", "", "", "--set", "flow_detail=1", config=config, folder=tmp_path / name, own_port=port)
            )
        return started[0], started[1]

    return start


def test_two_harnesses_that_mirror_into_each_other_do_not_answer_each_other_for_ever(scripted, harnesses):
    """What one has mirrored, the other answers, and mirrors no further."""
    legacy = scripted()
    one, two = harnesses(f"{legacy.url}/kong", "/kong")

    assert talk(one.port, b"GET /kong/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").endswith(b"ok")
    wait_until(lambda: len(legacy.requests) == 2, "the mirrored request is answered")
    assert one.stop() == two.stop() == 0

    assert [b"X-Shadow-Mirror" in request for request in legacy.requests] == [False, True]
    assert one.route("GET /x")["requests"]["seen"] == 1
    [mirrored] = two.report()["routes"]
    assert mirrored["requests"]["seen"] == mirrored["requests"]["skipped"]["excluded"] == 1


def test_a_mirrored_request_that_goes_round_between_two_harnesses_is_stopped(scripted, harnesses):
    """What falls under no legacy path is each one's candidate's, so they hand it to and fro."""
    legacy = scripted()
    one, two = harnesses(f"{legacy.url}/kong", "")

    assert talk(one.port, b"GET /kong/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").endswith(b"ok")
    wait_until(lambda: "<< 508" in two.output() + one.output(), "the mirrored request is stopped")
    assert one.stop() == two.stop() == 0

    assert len(legacy.requests) == 1
    passed = [running.route("GET /x")["requests"]["skipped"]["excluded"] for running in (one, two)]
    assert passed == [HOPS // 2, HOPS // 2]
    assert "status 200 OK became 508 Loop Detected" in one.route("GET /x")["differences"][0]["summary"]
