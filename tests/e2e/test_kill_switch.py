"""The kill switch: a second later nothing more is sent to either side by any proxy on the store; and on it goes."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx
import pytest

from tests.e2e.conftest import CONFIG, Answer, Backend, Proxy, json_answer, shadow, wait_until

SHORT = CONFIG.replace("[proxy]", "[proxy]\ndrain = 1.0")
BUSY = "[mirror]\nconfirm = 10\nbaseline = 1.0\nconcurrency = 4\n"
"""Every request takes seconds, for both sides are asked again and again, and few are under way at once: there is always
much that waits."""
QUIET = ("--set", "flow_detail=0")
COMMANDS = '''
import os, threading
from mitmproxy import ctx

class Commands:
    """Does through mitmproxy what a user of its console would do."""

    def running(self):
        import asyncio
        asyncio.get_running_loop().create_task(self.obey())

    async def obey(self):
        import asyncio
        while True:
            for name in ("shadow.pause", "shadow.resume", "shadow.status"):
                if os.path.exists(name):
                    answer = ctx.master.commands.call(name)
                    with open("answer.part", "w") as file:
                        file.write(answer or "done")
                    os.replace("answer.part", "answer")
                    os.remove(name)
            await asyncio.sleep(0.01)

addons = [Commands()]
'''


class Sides:
    """Two backends that never agree, slowly enough for work to pile up; when each last got a mirrored request."""

    def __init__(self, backend: Callable[[Answer], Backend]) -> None:
        self.mirrored: list[float] = []
        self.legacy = backend(self._answer("legacy"))
        self.candidate = backend(self._answer("candidate"))

    def _answer(self, name: str) -> Answer:
        def answer(request: BaseHTTPRequestHandler) -> tuple[int, list[tuple[str, str]], bytes]:
            if "X-Shadow-Mirror" in request.headers:
                self.mirrored.append(time.monotonic())
                time.sleep(0.25)
            return json_answer({"side": name})(request)

        return answer

    def since(self, moment: float) -> int:
        """Mirrored requests that came to either side after it."""
        return sum(at > moment for at in list(self.mirrored))


@pytest.fixture
def sides(backend) -> Sides:
    return Sides(backend)


@contextmanager
def clients(url: str, number: int = 6) -> Iterator[list[int]]:
    """People who go on asking all the time; the list holds the status of each answer they got."""
    answers: list[int] = []
    end = threading.Event()

    def ask(lane: int) -> None:
        with httpx.Client(trust_env=False, timeout=30) as client:
            n = 0
            while not end.is_set():
                n += 1
                answers.append(client.get(f"{url}/kong/a?{lane}.{n}").status_code)
                time.sleep(0.02)

    threads = [threading.Thread(target=ask, args=(lane,)) for lane in range(number)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        end.set()
        for thread in threads:
            thread.join()


def is_quiet_a_second_after(moment: float, sides: Sides, answers: list[int]) -> None:
    """Clients are answered all the time, and neither side gets anything that begins later than a second after."""
    seen = len(answers)
    wait_until(lambda: time.monotonic() > moment + 2.5 and len(answers) > seen + 20, "clients go on for a while")
    assert sides.since(moment + 1.0) == 0
    assert set(answers) == {200}


def test_shadow_pause_stops_everything_within_a_second_and_resume_goes_on(proxy, sides):
    """What waits, confirmations and baseline too; a worker that is started anew stays quiet from its first moment."""
    running = proxy(sides.legacy, sides.candidate, BUSY, *QUIET, config=SHORT)
    with clients(running.url) as answers:
        wait_until(lambda: len(sides.mirrored) > 10, "mirroring is under way")
        assert shadow("pause", cwd=running.folder).returncode == 0
        is_quiet_a_second_after(time.monotonic(), sides, answers)

        before, [worker] = time.monotonic(), running.workers()
        os.kill(worker, signal.SIGKILL)
        wait_until(lambda: running.workers() not in ([], [worker]), "another worker")
        seen = len(answers)
        wait_until(lambda: time.monotonic() > before + 3 and len(answers) > seen + 20, "clients go on for a while")
        assert sides.since(before) == 0

        assert shadow("resume", cwd=running.folder).returncode == 0
        wait_until(lambda: sides.since(before) > 5, "mirroring goes on", 10)
    assert running.stop() == 0
    assert running.route("GET /a")["requests"]["skipped"]["paused"] > 20
    assert "Traceback" not in running.output()


def test_what_waits_for_credentials_when_somebody_pauses_is_not_sent_when_they_come(proxy, sides, client):
    waits = "touch asked; while ! test -e go; do sleep 0.05; done; echo token"
    token = f"auth = {{{{ command = \"sh -c '{waits}'\", ttl = 300 }}}}"
    running = proxy(
        sides.legacy, sides.candidate, "[mirror]\nbaseline = 0\n", config=SHORT.replace("timeout = 2.0", token)
    )
    assert client.get(f"{running.url}/kong/a").status_code == 200
    wait_until((running.folder / "asked").exists, "the command runs")
    assert shadow("pause", cwd=running.folder).returncode == 0
    moment = time.monotonic()
    wait_until(lambda: time.monotonic() > moment + 1, "a second is over")
    (running.folder / "go").touch()
    assert running.stop() == 0
    assert sides.mirrored == []
    assert running.route("GET /a")["requests"]["skipped"]["paused"] == 1


@pytest.fixture
def commanded(proxy, sides, tmp_path) -> tuple[Proxy, Callable[[str], str]]:
    """A proxy, and a function that calls a command of mitmproxy in it and returns what the command said."""
    script = tmp_path / "commands.py"
    script.write_text(COMMANDS)
    running = proxy(sides.legacy, sides.candidate, BUSY, *QUIET, "-s", str(script), config=SHORT)

    def call(name: str) -> str:
        answer: Path = running.folder / "answer"
        answer.unlink(missing_ok=True)
        (running.folder / name).touch()
        wait_until(answer.exists, f"an answer to {name}")
        return answer.read_text()

    return running, call


def test_mitmproxy_s_command_stops_at_once_and_reaches_the_store(commanded, sides):
    running, call = commanded
    with clients(running.url) as answers:
        wait_until(lambda: len(sides.mirrored) > 10, "mirroring is under way")
        call("shadow.pause")
        moment = time.monotonic()
        assert call("shadow.status").startswith("paused")
        is_quiet_a_second_after(moment - 0.7, sides, answers)
        wait_until(lambda: "mirroring: paused" in shadow("status", cwd=running.folder).stdout, "the store is told")

        # Whoever resumes through the store resumes this proxy, too.
        assert shadow("resume", cwd=running.folder).returncode == 0
        wait_until(lambda: sides.since(moment + 1) > 5, "mirroring goes on", 10)
        call("shadow.pause")
        call("shadow.resume")
        again = time.monotonic()
        wait_until(lambda: sides.since(again) > 5, "mirroring goes on", 10)
        assert "mirroring: on" in shadow("status", cwd=running.folder).stdout


def test_mitmproxy_s_command_holds_while_the_store_can_not_be_written_even_if_the_worker_dies(commanded, sides):
    running, call = commanded
    with clients(running.url) as answers:
        wait_until(lambda: len(sides.mirrored) > 10, "mirroring is under way")
        with closing(sqlite3.connect(running.folder / "shadow.db", timeout=30)) as other:
            other.execute("BEGIN EXCLUSIVE")
            call("shadow.pause")
            moment = time.monotonic()
            assert "paused (here only" in call("shadow.status")
            is_quiet_a_second_after(moment - 0.7, sides, answers)
            [worker] = running.workers()
            os.kill(worker, signal.SIGKILL)
            wait_until(lambda: running.workers() not in ([], [worker]), "another worker")
            seen = len(answers)
            wait_until(lambda: time.monotonic() > moment + 6 and len(answers) > seen + 20, "clients go on for a while")
            assert sides.since(moment + 0.3) == 0
            other.rollback()
        wait_until(lambda: "mirroring: paused" in shadow("status", cwd=running.folder).stdout, "the store is told")
        assert sides.since(moment + 0.3) == 0
        call("shadow.resume")
        wait_until(lambda: sides.since(moment + 0.3) > 5, "mirroring goes on", 20)
    assert set(answers) == {200}
