"""`shadow record`: a file that may be committed, made by a real proxy that mirrors nothing."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shadow.recordings.entry import Recorded
from shadow.recordings.jsonl import decode, header_of
from tests.e2e.conftest import CONFIG, DEADLINE, Proxy, json_answer, shadow, wait_until
from tests.e2e.planted import CONFIG as PLANTED_CONFIG
from tests.e2e.planted import SECRETS, calls
from tests.e2e.test_secrets import ask, leaks, server

CALLS = list(calls())
UNRECORDED = ("/looped", "/streamed", "/large-legacy", "/large-request")


def entries(file: Path) -> list[Recorded]:
    header, *lines = file.read_bytes().splitlines()
    found = header_of(header)
    assert found is not None
    return [decode(line, f"line {number}", key=found.key) for number, line in enumerate(lines, 2)]


def route(entry: Recorded) -> str:
    return f"{entry.request.method} {entry.request.target.partition('?')[0]}"


def exact(port: int, request: bytes) -> bytes:
    """All bytes of the answer, until the other end closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=DEADLINE) as sock:
        sock.sendall(request)
        return b"".join(iter(lambda: sock.recv(65536), b""))


@pytest.fixture
def planted() -> Iterator[list[Any]]:
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(contextlib.closing(server(side))) for side in ("legacy", "candidate")]


def test_no_secret_of_the_traffic_is_in_a_recording(proxy, planted, tmp_path):
    """Nor in the log; and the other side is not asked, no store is made, no report is written."""
    folder = tmp_path / "run"
    file = folder / "fixtures" / "all.jsonl"
    file.parent.mkdir(parents=True)
    running = proxy(
        *planted, config=PLANTED_CONFIG, folder=folder, command=["record", "--keep", "0", "fixtures/all.jsonl"]
    )
    for call in CALLS:
        ask(running.port, call)
    assert running.stop() == 0

    found = entries(file)
    assert leaks([("the file", file.read_bytes()), ("the log", running.log.read_bytes())], SECRETS) == set()
    assert len(found) == sum(not call.target.startswith(UNRECORDED) for call in CALLS)
    assert f"recorded {len(found)} requests in {file}" in running.output()
    assert "not recorded: 2 too large (proxy.max_body), 1 streamed, 1 mirrored by another harness" in running.output()
    assert planted[1].requests == []
    assert {one.name for one in folder.iterdir()} - {".mitmproxy"} == {
        "shadow.toml", "mitmdump.log", "fixtures", "shadow.db.redact-key",
    }  # fmt: skip
    assert [one.name for one in file.parent.iterdir()] == ["all.jsonl"]
    assert [entry.started for entry in found] == sorted(entry.started for entry in found)
    assert {entry.client.partition(":")[0] for entry in found} == {"sub", "auth", "cookie", "connection"}
    written = file.read_text()
    assert "127.0.0.1" not in "".join(entry.client for entry in found)
    assert not any(name in written.lower() for name in ('"authorization"', '"cookie"', '"x-api-key"', '"x-shadow-'))
    assert {part for entry in found for part in entry.redacted} == {"target", "body", "response"}
    assert sum(not entry.redacted for entry in found) > 5


def test_a_small_recording_covers_much_and_grows(backend, proxy, scripted, tmp_path):
    """Ctrl-C, a worker that is killed, and the same file gone on with by `mitmdump -s`; clients notice nothing."""
    said = b"HTTP/1.1 200 Fine\r\nContent-Type: application/json\r\nSet-Cookie: sid=abc\r\nX-A: 1\r\nx-a: 2\r\n"
    said += b"Content-Length: 9\r\nConnection: close\r\n\r\n" + b'{"a": 17}'
    legacy, candidate = scripted(), backend(json_answer({"b": "candidate"}))
    legacy.answer(said)
    file = tmp_path / "small.jsonl"

    def get(target: str) -> None:
        request = f"GET {target} HTTP/1.1\r\nHost: api.test\r\nConnection: close\r\n\r\n".encode()
        got = exact(running.port, request)
        assert got == said if target.startswith("/kong") else got.endswith(b'{"b": "candidate"}')

    own = f"http://{legacy.netloc}"
    running = proxy(own, candidate, config=CONFIG, command=["record", "--keep", "3", "small.jsonl", "-q"])
    for number in range(30):
        get(f"/kong/often?n={number}")
    get("/kong/seldom")
    get("/once")
    assert running.stop(signal.SIGINT) == 0
    assert [route(entry) for entry in entries(file)] == ["GET /kong/often", "GET /kong/seldom", "GET /once"]
    assert [entry.response.body for entry in entries(file)] == [b'{"a": 17}'] * 2 + [b'{"b": "candidate"}']
    assert [entry.origin for entry in entries(file)] == [own, own, candidate.url]
    assert "recorded 3 of 32 requests" in running.output()
    assert len(legacy.requests) == 31, "none of the candidate's went to legacy"
    assert len(candidate.requests) == 1, "and none the other way"

    several = CONFIG.replace("[proxy]", "[proxy]\nworkers = 3")
    options = "--set", f"shadow_record={file}", "--set", "shadow_keep=4"
    running = proxy(own, candidate, "", *options, config=several)
    get("/kong/another?x=1")
    wait_until(lambda: len(entries(file)) == 4, "it is written while the proxy runs")
    [worker] = running.workers()
    os.kill(worker, signal.SIGSTOP)
    get("/kong/lost")
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: "lost to the recording" in running.output(), "another worker counts what is lost")
    get("/kong/seldom?page=2")
    assert running.stop() == 0
    assert {route(entry) for entry in entries(file)} == {
        "GET /kong/often", "GET /kong/seldom", "GET /once", "GET /kong/another",
    }  # fmt: skip
    # One more where the worker was stopped before it could tell that the one before is written.
    assert re.search(r"shadow: at most (1 request is|2 requests are) lost to the recording", running.output())
    assert "recorded 4 of 34 requests" in running.output()
    assert not (tmp_path / "shadow.db").exists()
    assert json.loads(file.read_bytes().splitlines()[0])["left_out"]["GET /often"] == 29


def test_where_there_can_be_no_recording_mitmdump_does_not_start(backend, proxy, tmp_path):
    side = backend(json_answer({}))
    (tmp_path / "notes.txt").write_text("mine\n")
    (tmp_path / "shadow.toml").write_text(CONFIG.format(legacy=side.url, candidate=side.url, port=1))
    refused = shadow("record", "notes.txt", cwd=tmp_path)
    assert (refused.returncode, refused.stdout) == (2, "")
    line = f"shadow: {tmp_path / 'notes.txt'} is not a recording of shadow's; choose another name\n"
    assert refused.stderr == line
    ended = Proxy(tmp_path, ["--set", f"shadow_record={tmp_path / 'notes.txt'}"], 1)
    assert ended.process.wait(DEADLINE) == 1
    assert line.strip() in ended.output()
    assert (tmp_path / "notes.txt").read_text() == "mine\n"
