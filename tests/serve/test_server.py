"""A real `shadow serve`, asked over real sockets."""

from __future__ import annotations

import html
import http.client
import json
import os
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from shadow.cli import main

ORDERS = "GET /orders/{orderId}"
PATIENCE = 30.0
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
}


def raw(port: int, request: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer to these very bytes."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
        connection.sendall(request.replace("\n", "\r\n").encode())
        answer = http.client.HTTPResponse(connection, method=request.partition(" ")[0])
        answer.begin()
        return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()


def get(port: int, path: str, *lines: str, method: str = "GET", host: str = "127.0.0.1") -> Any:
    return raw(port, "\n".join([f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close", *lines, "", ""]))


@contextmanager
def stream(port: int) -> Iterator[Iterator[str]]:
    """The lines of the event stream."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", "/events")
    answer = connection.getresponse()
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    try:
        yield (line.decode().strip() for line in answer)
    finally:
        answer.close()
        connection.close()


def told(lines: Iterator[str]) -> str:
    """The id of the next state."""
    return next(line for line in lines if line.startswith("data: ")).removeprefix("data: ")


def test_everything_that_there_is_to_read(project: Any, serve: Any) -> None:
    project.seen(ORDERS, {"x": 1}, {"x": 2}, 20)
    server = serve()
    assert re.fullmatch(
        rf"serving the report of {re.escape(str(project.config))} on http://127\.0\.0\.1:\d+/ \(Ctrl-C ends it\)\n",
        server.line,
    )
    status, headers, page = get(server.port, "/")
    assert status == 200
    assert headers["content-type"] == "text/html; charset=utf-8"
    written = re.search(rb'http-equiv="Content-Security-Policy" content="(.*?)"', page)
    assert written
    policy = html.unescape(written[1].decode())
    assert headers["content-security-policy"] == f"{policy}; frame-ancestors 'none'"
    assert "connect-src 'self'" in headers["content-security-policy"]
    state = json.loads(get(server.port, "/state")[2])
    ((name, digest),) = state["routes"]
    assert f'id="{name}"'.encode() in page
    status, headers, part = get(server.port, f"/parts/{name}")
    assert (status, headers["etag"]) == (200, f'"{digest}"')
    assert part in page
    assert get(server.port, "/parts/overview")[1]["etag"] == f'"{state["overview"]}"'
    assert json.loads(get(server.port, "/report.json")[2])["routes"][0]["route"] == ORDERS
    assert get(server.port, "/healthz")[::2] == (200, b"ok\n")
    with stream(server.port) as lines:
        assert told(lines) == state["id"]
        project.seen(ORDERS, {"x": 1}, {"x": 2}, 1)
        assert told(lines) != state["id"]
    for path in ("/", "/state", "/events", f"/parts/{name}", "/report.json"):
        status, headers, body = get(server.port, path, method="HEAD")
        assert (path, status, body) == (path, 200, b"")
    assert server.end() == (0, "")


def test_every_answer_has_its_headers_and_what_may_not_be_has_none_of_the_report(project: Any, serve: Any) -> None:
    project.seen("GET /secret-route", {"x": 1}, {"x": 2}, 20)
    server = serve("--allow-host", "Shadow.example.com", "--verbose")
    port = server.port
    line = "Sec-Fetch-Mode: no-cors\nSec-Fetch-Dest: script"
    for expected, answer in (
        (200, get(port, "/")),
        (200, get(port, "/", host="shadow.example.com:443")),
        (200, get(port, "/", host=f"localhost:{port}")),
        (404, get(port, "/parts/nothing")),
        (404, get(port, "/parts/../../../etc/passwd")),
        (404, get(port, "/parts/%2e%2e%2f%2e%2e%2fetc%2fpasswd")),
        (404, get(port, "/..%00/index.html")),
        (404, get(port, "/static/../shadow.toml")),
        (404, get(port, "//evil.test/state")),
        (421, get(port, "/", host="evil.test")),
        (421, raw(port, "GET http://127.0.0.1/ HTTP/1.1\nHost: evil.test\nConnection: close\n\n")),
        (400, raw(port, "GET / HTTP/1.1\nHost: localhost\nHost: evil.test\nConnection: close\n\n")),
        (400, raw(port, "GET / HTTP/1.1\nConnection: close\n\n")),
        (405, get(port, "/", "Content-Length: 0", method="POST")),
        (405, get(port, "/state", method="OPTIONS")),
        (403, get(port, "/state", "Sec-Fetch-Site: cross-site", *line.split("\n"))),
        (403, get(port, "/events", f"Origin: http://127.0.0.1:{port + 1}")),
    ):
        status, headers, body = answer
        assert status == expected, body
        assert headers.items() >= HEADERS.items()
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert not [name for name in headers if name.startswith("access-control-")]
        assert "server" not in headers
        assert (b"secret-route" in body) == (expected == 200)
    assert get(port, "/", method="DELETE")[1]["allow"] == "GET, HEAD"
    assert b"--allow-host" in get(port, "/", host="evil.test")[2]
    code, errors = server.end()
    assert code == 0
    assert '"GET /state HTTP/1.1" 403' in errors


def test_ctrl_c_ends_it_in_order_whoever_listens(project: Any, serve: Any) -> None:
    project.seen(ORDERS, {"x": 1}, {"x": 1}, 20)
    server = serve()
    with stream(server.port) as lines, socket.create_connection(("127.0.0.1", server.port)) as idle:
        told(lines)
        # Somebody who asks for the page and never reads it, and somebody who never asks.
        idle.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        with socket.create_connection(("127.0.0.1", server.port)):
            assert server.end(signal.SIGINT) == (0, "")
        assert [line for line in lines if line][-2:] == ["event: end", "data:"]


def test_it_keeps_so_many_pages_up_to_date_and_no_more(project: Any, serve: Any) -> None:
    port = serve(every=5).port
    streams = []
    for _ in range(100):
        connection = socket.create_connection(("127.0.0.1", port), PATIENCE)
        connection.sendall(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(12) == b"HTTP/1.1 200"
        streams.append(connection)
    status, headers, body = get(port, "/events")
    assert (status, headers["retry-after"]) == (503, "10")
    assert b"close some" in body
    assert get(port, "/healthz")[0] == 200
    for connection in streams:
        connection.close()


def test_it_opens_the_page_in_the_browser(project: Any, serve: Any, tmp_path: Path) -> None:
    pipe = tmp_path / "opened"
    os.mkfifo(pipe)
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > "{pipe}"\n')
    browser.chmod(0o755)
    server = serve("--open", BROWSER=str(browser))
    assert pipe.read_text().strip() == server.url


def test_what_can_t_work_is_one_clear_error(project: Any, capsys: pytest.CaptureFixture[str]) -> None:
    def error(*arguments: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main(["serve", "--config", str(project.config), *arguments])
        said = capsys.readouterr()
        assert (ended.value.code, said.out) == (2, "")
        return said.err

    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        assert error("--listen", address) == (
            f"shadow: can't listen on {address}: Address already in use. "
            "Name another address with --listen; port 0 takes any that is free\n"
        )
    assert "can't listen on nowhere.invalid:8100" in error("--listen", "nowhere.invalid:8100")
    assert "must be host:port" in error("--listen", "8100")
    assert "not the name of a host" in error("--allow-host", "http://x/")
    project.configure("[legacy]\n")
    assert "candidate.url" in error()


def test_beyond_this_machine_it_warns_and_answers_to_the_address_that_was_asked_for(project: Any, serve: Any) -> None:
    server = serve("--listen", "0.0.0.0:0")
    assert server.url.startswith("http://127.0.0.1:")
    assert get(server.port, "/healthz", host="127.0.0.1")[0] == 200
    assert get(server.port, "/healthz", host="evil.test")[0] == 421
    code, errors = server.end()
    assert (code, errors) == (0, "shadow: whoever can reach 0.0.0.0:0 can read the report: there is no password\n")
