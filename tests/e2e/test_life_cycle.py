"""A proxy's end, and a script that is edited while it runs: no client notices, no evidence is lost."""

from __future__ import annotations

import shutil
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.e2e.conftest import ADDON, CONFIG, Proxy, free_port, json_answer, wait_until


def test_editing_the_script_keeps_the_proxy_alive(backend, client, tmp_path):
    """mitmproxy loads an edited script again: it listens on, mirrors on, and has one set of workers."""
    legacy, candidate, other = (backend(json_answer({"a": 1})) for _ in range(3))
    script = tmp_path / "repo" / "addons" / "shadow.py"
    script.parent.mkdir(parents=True)
    shutil.copy(ADDON, script)
    port = free_port()
    config = tmp_path / "shadow.toml"
    config.write_text(CONFIG.format(legacy=legacy.url, candidate=candidate.url, port=port))
    running = Proxy(tmp_path, [], port, script=script).wait_ready()
    try:
        assert client.get(f"{running.url}/kong/a?1").status_code == 200
        before = running.workers()

        # shadow.toml is read again, too; legacy has moved meanwhile.
        config.write_text(CONFIG.format(legacy=other.url, candidate=candidate.url, port=port))
        script.write_text(script.read_text() + "\n# edited\n")
        wait_until(lambda: len(running.workers()) == 1 and running.workers() != before, "a worker of the new script")

        wait_until(
            lambda: client.get(f"{running.url}/kong/a?2").status_code == 200 and other.requests, "the new legacy"
        )
        assert running.stop() == 0
    finally:
        running.kill()
    assert "error in script" not in running.output()
    assert "attempting to bind" not in running.output()
    requests = [path for _, path, headers in candidate.requests if "X-Shadow-Mirror" in headers]
    assert {"/a?1", "/a?2"} <= set(requests)


def test_what_runs_while_the_script_is_loaded_again_is_counted_once(backend, scripted, steps, tmp_path):
    """However it ends: with an answer, without one, or in the middle of one."""
    legacy, candidate = scripted(), backend(json_answer({"a": 1}))
    legacy.paths["/kong/hangs"] = steps.Hang()
    legacy.paths["/kong/long"] = steps.Drip(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
    script = tmp_path / "repo" / "addons" / "shadow.py"
    script.parent.mkdir(parents=True)
    shutil.copy(ADDON, script)
    port = free_port()
    (tmp_path / "shadow.toml").write_text(CONFIG.format(legacy=legacy.url, candidate=candidate.url, port=port))
    running = Proxy(tmp_path, [], port, script=script).wait_ready()
    try:
        wait_until(running.workers, "a worker")
        before = running.workers()
        left = []
        for path in ("hangs", "long"):
            left.append(socket.create_connection(("127.0.0.1", port)))
            left[-1].sendall(f"GET /kong/{path} HTTP/1.1\r\nHost: h\r\n\r\n".encode())
            wait_until(lambda: len(legacy.requests) == len(left), "legacy has it")
        assert left[-1].recv(10)
        script.write_text(script.read_text() + "\n# edited\n")
        wait_until(lambda: len(running.workers()) == 1 and running.workers() != before, "a worker of the new script")
        for one in left:
            one.close()
        assert running.stop() == 0
    finally:
        running.kill()
    assert running.route("GET /hangs")["requests"]["failed"] == 1
    assert running.route("GET /long")["requests"]["skipped"]["streamed"] == 1
    assert "still running" not in running.output()


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT])
def test_the_end_under_load(backend, proxy, sig, workers):
    """Busy keep-alive clients get whole answers until the end, and everything that was answered is in the ledger."""
    legacy, candidate = backend(json_answer({"a": 1})), backend(json_answer({"a": 1}))
    config = CONFIG.replace("[proxy]", f"[proxy]\ndrain = 30\nworkers = {workers}")
    running = proxy(legacy, candidate, config=config)

    def ask(lane: int) -> int:
        good = 0
        with httpx.Client(trust_env=False, timeout=30, headers={"Authorization": f"Bearer {lane}"}) as client:
            while True:
                try:
                    answer = client.get(f"{running.url}/kong/a?lane={lane}&n={good}")
                except httpx.ConnectError:
                    return good  # it listens no more
                assert answer.json() == {"a": 1}
                good += 1
                if lane == 0 and good == 40:
                    running.process.send_signal(sig)

    with ThreadPoolExecutor(4) as pool:
        answered = sum(pool.map(ask, range(4)))
    assert running.stop() == 0
    requests = running.route("GET /a")["requests"]
    parts = ("compared", "raced", "unproductive", "shed", "failed", "lost")
    assert requests["seen"] == answered == sum(requests[part] for part in parts) + sum(requests["skipped"].values())
    assert "lost" not in running.output(), running.output()


def test_nobody_is_left_when_mitmdump_is_killed(backend, proxy, client):
    """Workers and what they started end by themselves, having stored what was under way."""
    legacy, candidate = backend(json_answer({"a": 1})), backend(json_answer({"a": 1}))
    running = proxy(legacy, candidate, config=CONFIG.replace("every = 0", "every = 1"))
    client.get(f"{running.url}/kong/a")
    wait_until((running.folder / "reports" / "report.json").exists, "a report")
    [worker] = running.workers()
    family = [worker, *map(int, Path(f"/proc/{worker}/task/{worker}/children").read_text().split())]
    running.kill()
    wait_until(lambda: not any(map(_lives, family)), "the end of the worker and its reporter")
    assert running.route("GET /a")["requests"]["compared"] == 1


def test_a_worker_that_waits_for_what_it_lacks_does_not_outlive_mitmdump(backend, proxy):
    sides = backend(json_answer({"a": 1})), backend(json_answer({"a": 1}))
    lacking = CONFIG.replace("timeout = 2.0", 'timeout = 2.0\nverify = "none.pem"')
    running = proxy(*sides, config=lacking)
    wait_until(lambda: "none.pem" in running.output(), "the worker says what it lacks")
    [worker] = running.workers()
    running.kill()
    wait_until(lambda: not _lives(worker), "the end of the worker")


def _lives(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
