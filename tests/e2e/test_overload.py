"""More than the workers can take: every client is answered, the newest exchanges are shed, and every one is counted."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import httpx
import pytest

from tests.e2e.conftest import CONFIG, DEADLINE, Backend, Proxy, json_answer, shadow, wait_until

PARTS = ("compared", "raced", "unproductive", "shed", "failed", "lost")
MIB = 1 << 20
ASK_STATUS = """
import asyncio, os
from mitmproxy import ctx

async def watch():
    while True:
        await asyncio.sleep(0.02)
        if os.path.exists({asked!r}):
            os.remove({asked!r})
            with open({answer!r} + ".new", "w") as file:
                file.write(ctx.master.commands.call("shadow.status"))
            os.replace({answer!r} + ".new", {answer!r})

def load(loader):
    global task
    task = asyncio.get_running_loop().create_task(watch())
"""
"""A script for mitmdump, which has no console: it puts the answer of `shadow.status` into a file when asked to."""


@pytest.fixture
def hanging(backend) -> Iterator[Backend]:
    """A candidate that answers when the test is over, so that what is handed over stays waiting."""
    over = Event()
    answer = json_answer({})

    def wait(request):
        over.wait(4 * DEADLINE)
        return answer(request)

    yield backend(wait)
    over.set()


def overloaded(proxy: Callable[..., Proxy], legacy: Backend, candidate: Backend, limits: str, folder: Path) -> Proxy:
    """A proxy with these limits, whose status can be asked for."""
    config = CONFIG.replace("timeout = 2.0", "timeout = 300").replace("[proxy]", f"[proxy]\ndrain = 4\n{limits}")
    script = folder / "ask_status.py"
    script.write_text(ASK_STATUS.format(asked=str(folder / "asked"), answer=str(folder / "answer")))
    return proxy(legacy, candidate, "", "-s", str(script), config=config)


def status(running: Proxy) -> tuple[int, float, int]:
    """From `shadow.status`: exchanges that wait, their bytes, and how many were shed."""
    answer = running.folder / "answer"
    answer.unlink(missing_ok=True)
    (running.folder / "asked").touch()
    wait_until(answer.exists, "an answer of shadow.status")
    found = re.search(r"(\d+) exchanges waiting \(([\d.]+) MiB\), (\d+) shed", answer.read_text())
    assert found, answer.read_text()
    return int(found[1]), float(found[2]) * MIB, int(found[3])


def ask(running: Proxy, paths: list[str], **arguments: object) -> set[int]:
    """What status codes clients get for these paths; four clients at a time."""

    def lane(n: int) -> set[int]:
        with httpx.Client(trust_env=False, timeout=DEADLINE) as client:
            return {client.get(running.url + path, **arguments).status_code for path in paths[n::4]}

    with ThreadPoolExecutor(4) as pool:
        return set().union(*pool.map(lane, range(4)))


def peak(process: int) -> int:
    """The most memory that the process has ever had, in bytes."""
    return int(Path(f"/proc/{process}/status").read_text().partition("VmHWM:")[2].split()[0]) * 1024


def adds_up(requests: dict) -> bool:
    return requests["seen"] == sum(requests[part] for part in PARTS) + sum(requests["skipped"].values())


def test_beyond_the_queue_the_newest_are_shed_and_the_report_says_so(backend, hanging, proxy, tmp_path):
    """Ten wait, hundreds more come: clients notice nothing, and every request is counted under its route."""
    running = overloaded(proxy, backend(json_answer({"a": 1})), hanging, "queue = 10", tmp_path)
    assert ask(running, [f"/kong/a?n={n}" for n in range(10)]) == {200}
    assert status(running)[0] == 10

    assert ask(running, [f"/kong/{'ab'[n % 2]}?n={n}" for n in range(300)]) == {200}
    endless = "/kong/" + "long" * 1000
    assert ask(running, [endless]) == {200}

    waiting, _, shed = status(running)
    assert (waiting, shed) == (10, 301)
    assert running.stop() == 0
    of_a, of_b = running.route("GET /a")["requests"], running.route("GET /b")["requests"]
    assert (of_a["seen"], of_a["shed"], of_a["lost"]) == (160, 150, 10)
    assert (of_b["seen"], of_b["shed"]) == (150, 150)
    # A path too long to be kept for a while belongs to no route, but is counted.
    assert running.route("* *")["requests"]["shed"] == 1
    assert all(adds_up(route["requests"]) for route in running.report()["routes"])
    assert "shed" in {reason["code"] for reason in running.route("GET /b")["reasons"]}

    assert running.output().count("the queue is full") == 1
    assert "150 of 150 requests were shed" in shadow("explain", "GET /b", cwd=running.folder).stdout
    assert "shed (queue full)" in (running.folder / "reports" / "index.html").read_text()


def test_beyond_queue_bytes_too_and_large_headers_count_like_bodies(backend, hanging, proxy, tmp_path):
    """Ten thousand exchanges may wait, but only 1 MiB of them."""
    legacy = backend(lambda request: (200, [], b"x" * 100_000 if "big" in request.path else b"ok"))
    running = overloaded(proxy, legacy, hanging, 'queue_bytes = "1 MiB"', tmp_path)

    assert ask(running, [f"/kong/big?n={n}" for n in range(5)]) == {200}
    assert ask(running, [f"/kong/headers?n={n}" for n in range(40)], headers={"X-Large": "y" * 60_000}) == {200}
    assert ask(running, [f"/kong/big?n={n}" for n in range(20)]) == {200}

    waiting, size, shed = status(running)
    assert MIB - 70_000 < size <= MIB
    assert waiting + shed == 65
    assert running.stop() == 0
    big, headers = running.route("GET /big")["requests"], running.route("GET /headers")["requests"]
    assert (big["seen"], big["lost"], big["shed"]) == (25, 5, 20)
    assert (headers["seen"], headers["lost"], headers["shed"]) == (40, waiting - 5, 45 - waiting)
    assert 500_000 + headers["lost"] * 60_000 <= MIB
    assert running.output().count("the queue is full") == 1


def test_a_worker_that_stands_still_costs_mitmdump_no_more_memory_than_queue_bytes(backend, proxy, tmp_path):
    """What its socket does not take waits in mitmdump, within the same limit; when it goes on, so does everything."""
    legacy, body = backend(json_answer({})), b"z" * 300_000
    legacy.answer = lambda _: (200, [], body)
    running = overloaded(proxy, legacy, legacy, 'queue_bytes = "8 MiB"', tmp_path)
    assert ask(running, [f"/kong/z?n={n}" for n in range(20)]) == {200}
    wait_until(lambda: status(running)[0] == 0, "the first requests are done with")
    [worker] = running.workers()
    before = peak(running.process.pid)

    os.kill(worker, signal.SIGSTOP)
    assert ask(running, [f"/kong/z?n={n}" for n in range(20, 300)]) == {200}
    waiting, size, shed = status(running)
    assert 8 * MIB - 310_000 < size <= 8 * MIB
    assert waiting + shed == 280
    assert peak(running.process.pid) - before < 30 * MIB

    os.kill(worker, signal.SIGCONT)
    wait_until(lambda: status(running)[0] == 0, "what waited is done with")
    assert running.stop() == 0
    requests = running.route("GET /z")["requests"]
    assert (requests["seen"], requests["compared"], requests["shed"]) == (300, 20 + waiting, shed)
