"""The server under both sides speaks HTTP/1.1 as it should, seen from a raw socket."""

from __future__ import annotations

import gzip
import http.client
import os
import signal
import socket
import subprocess
import sys

import pytest

from shadow.demo.processes import side


def connection(sides):
    url = sides.legacy.base_url
    return http.client.HTTPConnection(url.host, url.port, timeout=10)


def test_many_requests_use_one_connection(sides):
    kept = connection(sides)
    for _ in range(3):
        kept.request("GET", "/kong/app/config")
        used = kept.sock
        assert kept.getresponse().read()
        assert kept.sock is used
    kept.close()


def test_pipelined_requests_are_answered_in_order(sides):
    one = b"GET /kong/app/config?platform=%s HTTP/1.1\r\nHost: x\r\n%s\r\n"
    with socket.create_connection((sides.legacy.base_url.host, sides.legacy.base_url.port), timeout=10) as client:
        client.sendall(one % (b"ios", b"") + one % (b"android", b"Connection: close\r\n"))
        said = b"".join(iter(lambda: client.recv(65536), b""))
    assert said.count(b"HTTP/1.1 200 OK") == 2
    assert said.index(b'"ios"') < said.index(b'"android"')


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("gzip", "gzip"), ("br, gzip;q=0.5", "gzip"), ("*", "gzip"), ("gzip;q=0", None), ("identity", None), ("", None)],
)
def test_large_bodies_are_compressed_only_for_those_who_ask(sides, accepted, coding):
    client = connection(sides)
    plain = sides.legacy.get("/leaderboard").json()
    token = sides.legacy.headers["Authorization"]
    client.request("GET", "/kong/leaderboard", headers={"Accept-Encoding": accepted, "Authorization": token})
    response = client.getresponse()
    body = response.read()
    assert response.headers.get("Content-Encoding") == coding
    assert (gzip.decompress(body) if coding else body) == sides.legacy.get("/leaderboard").content
    assert plain
    client.close()


def test_small_bodies_are_never_compressed(sides):
    assert "content-encoding" not in sides.legacy.get("/app/config").headers


def test_a_body_of_unknown_length_is_refused(sides):
    response = sides.legacy.post("/matches", content=iter([b"{}"]))
    assert (response.status_code, response.headers["connection"]) == (411, "close")


@pytest.mark.parametrize("length", ["x", "-1", "+1", "1_0"])
def test_a_length_that_is_no_number_is_refused(sides, length):
    with socket.create_connection((sides.legacy.base_url.host, sides.legacy.base_url.port), timeout=10) as client:
        client.sendall(f"POST /kong/matches HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode())
        assert b"".join(iter(lambda: client.recv(65536), b"")).startswith(b"HTTP/1.1 400 ")


def started(*arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "shadow.demo.legacy", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Tests that run in the background of a shell ignore SIGINT, and what they start would too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads here
    )


def test_the_first_line_on_stdout_is_the_port():
    process = started("--port", "0")
    try:
        port = int(process.stdout.readline())
        socket.create_connection(("127.0.0.1", port), timeout=10).close()
    finally:
        process.kill()
        process.communicate()


def test_with_parent_it_ends_when_standard_input_ends():
    process = started("--with-parent")
    process.stdout.readline()
    process.stdin.close()
    assert process.wait(timeout=20) == 0
    process.stdout.close()
    process.stderr.close()


def test_ctrl_c_ends_it_without_a_traceback():
    process = started()
    process.stdout.readline()
    os.kill(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, "")


def test_a_client_that_goes_away_leaves_no_traceback(tmp_path):
    with side("candidate", tmp_path) as address:
        host, _, port = address.rpartition(":")
        for _ in range(5):
            with socket.create_connection((host, int(port)), timeout=10) as client:
                client.sendall(b"GET /app/config HTTP/1.1\r\nHost: x\r\n\r\n" * 50)
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        with socket.create_connection((host, int(port)), timeout=10) as client:
            client.sendall(b"GET /app/config HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert b"".join(iter(lambda: client.recv(65536), b"")).startswith(b"HTTP/1.1 200")
    assert (tmp_path / "candidate.log").read_text() == ""
