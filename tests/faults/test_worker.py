"""Whatever befalls a worker, clients notice nothing, and each request is counted exactly once."""

from __future__ import annotations

import os
import re
import resource
import signal
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conftest import Hang
from tests.e2e.conftest import Proxy, wait_until
from tests.faults.conftest import PATIENT, Clients, Sides, answer, fates, stored

DIED = "shadow: a worker process died; starting another"
Start = Callable[..., tuple[Proxy, Clients]]


@pytest.fixture
def start(proxy, sides: Sides) -> Start:
    """`start()`: a proxy whose worker is at work, and its clients."""

    def started(drain: int = 2, **process: object) -> tuple[Proxy, Clients]:
        running = proxy(*sides, config=PATIENT.replace("[proxy]", f"[proxy]\ndrain = {drain}"), **process)
        clients = Clients(running, sides)
        clients.ask("/kong/a", "/b", times=2)
        stored(running.folder, clients.asked)
        return running, clients

    return started


def test_killed_under_load(start: Start) -> None:
    """Another one is there within 2 s, and only what the dead one had not stored is lost."""
    running, clients = start(drain=10)
    with ThreadPoolExecutor(1) as pool:
        traffic = pool.submit(clients.ask, "/kong/a", "/b", times=150)
        for _ in range(2):
            wait_until(running.workers, "a worker")
            [worker] = running.workers()
            os.kill(worker, signal.SIGKILL)
            wait_until(lambda gone=worker: running.workers() not in ([], [gone]), "another worker", 2.0)
            time.sleep(0.2)  # so that it gets something to lose
        traffic.result()
    clients.ask("/kong/a", "/b")
    assert running.stop() == 0
    for route in clients.count(running).values():
        assert set(fates(route)) <= {"compared", "lost"}
        assert fates(route)["compared"] > 2
    assert running.output().count(DIED) == 2


def test_what_comes_between_two_workers_waits_for_the_next(start: Start) -> None:
    """One that dies young is not replaced at once."""
    running, clients = start()
    for deaths in (1, 2):
        wait_until(running.workers, "a worker")
        [worker] = running.workers()
        os.kill(worker, signal.SIGKILL)
        wait_until(lambda n=deaths: running.output().count(DIED) == n, f"death {deaths}")
    clients.ask("/kong/a", "/b", times=5)
    stored(running.folder, clients.asked)
    assert running.stop() == 0
    for route in clients.count(running).values():
        assert fates(route) == {"compared": 7}


def test_killed_while_there_is_no_file_descriptor_left_for_another(start: Start) -> None:
    """It is tried again until there is."""
    running, clients = start()
    _, hard = resource.prlimit(running.process.pid, resource.RLIMIT_NOFILE)
    before = resource.prlimit(running.process.pid, resource.RLIMIT_NOFILE, (3, hard))
    [worker] = running.workers()
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: "shadow: can't start a worker process (" in running.output(), "it is said")
    resource.prlimit(running.process.pid, resource.RLIMIT_NOFILE, before)
    wait_until(running.workers, "another worker")
    clients.ask("/kong/a", "/b")
    stored(running.folder, clients.asked)
    assert running.stop() == 0
    for route in clients.count(running).values():
        assert fates(route) == {"compared": 3}


# -- at exactly this moment -------------------------------------------------------------------------------------------

SITE = """
import os, signal, sys

if "shadow.pipeline.worker" in sys.orig_argv:
    from shadow.errors import StoreError
    from shadow.store.store import Store

    record, paused = Store.record, Store.paused

    def now(moment):
        if moment != "{moment}" or not os.path.exists("{folder}/armed"):
            return False
        os.unlink("{folder}/armed")
        return True

    def recording(store, observations, **ledger):
        if observations and now("before the commit"):
            os.kill(os.getpid(), signal.SIGKILL)
        record(store, observations, **ledger)
        if observations and now("between commit and acknowledgement"):
            os.kill(os.getpid(), signal.SIGKILL)
        if observations and now("but only the news of the commit"):
            raise StoreError("the store could not say whether that got through")

    def looking(store):
        if now("while it looks whether it may mirror"):
            raise ValueError("nobody has thought of that")
        return paused(store)

    Store.record, Store.paused = recording, looking
"""
"""Imported by every Python process that has its folder on the path: the worker does itself in at one moment, once."""


def at(moment: str, folder: Path) -> dict[str, str]:
    """The variables with which a worker does so, once ``folder`` holds a file "armed"."""
    site = folder / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(SITE.format(moment=moment, folder=folder))
    return {"PYTHONPATH": os.pathsep.join([str(site), os.environ.get("PYTHONPATH", "")])}


@pytest.mark.parametrize(
    ("moment", "fate"),
    [
        ("before the commit", "lost"),
        ("between commit and acknowledgement", "compared"),
        ("but only the news of the commit", "compared"),
    ],
)
def test_lost(start: Start, tmp_path: Path, moment: str, fate: str) -> None:
    """What is in the store is never counted again, and what is not is counted as lost."""
    running, clients = start(variables=at(moment, tmp_path))
    (tmp_path / "armed").touch()
    clients.ask("/kong/a")
    wait_until(lambda: not (tmp_path / "armed").exists(), moment)
    if "news" in moment:
        # More comes before it is tried again, and must not be taken for a part of what failed.
        clients.ask("/kong/a", "/b", times=3)
    else:
        # What comes before the proxy knows of the death is handed to the dead one.
        wait_until(lambda: DIED in running.output(), "the death is noticed")
    stored(running.folder, clients.asked)
    clients.ask("/kong/a", "/b")
    stored(running.folder, clients.asked)
    assert running.stop() == 0
    routes = clients.count(running)
    assert fates(routes["GET /b"]) == {"compared": clients.asked["GET /b"]}
    others = clients.asked["GET /a"] - 1
    assert fates(routes["GET /a"]) == ({"compared": others, "lost": 1} if fate == "lost" else {"compared": others + 1})
    assert running.output().count(DIED) == ("news" not in moment)


def test_one_that_can_not_look_at_the_kill_switch_any_more_does_not_go_on_without(start: Start, tmp_path: Path) -> None:
    running, clients = start(variables=at("while it looks whether it may mirror", tmp_path))
    (tmp_path / "armed").touch()
    wait_until(lambda: DIED in running.output(), "the end of the worker")
    clients.ask("/kong/a", "/b", times=2)
    stored(running.folder, clients.asked)
    assert running.stop() == 0
    for route in clients.count(running).values():
        assert fates(route) == {"compared": 4}
    assert running.output().count("shadow: a fault of shadow's own: ValueError at sitecustomize.py") == 1


# -- stopped, or without memory ---------------------------------------------------------------------------------------


def test_stopped(start: Start) -> None:
    """Continued, it goes on where it was. Stopped until the end, it is not waited for, and another one counts what it
    will never tell."""
    running, clients = start()
    [worker] = running.workers()
    os.kill(worker, signal.SIGSTOP)
    clients.ask("/kong/a", "/b", times=20)
    os.kill(worker, signal.SIGCONT)
    stored(running.folder, clients.asked)
    os.kill(worker, signal.SIGSTOP)
    clients.ask("/kong/a", "/b", times=5)
    assert running.stop() == 0
    assert not Path(f"/proc/{worker}").exists()
    for route in clients.count(running).values():
        assert fates(route) == {"compared": 22, "lost": 5}
    assert re.search(rf"shadow: worker {worker} did not finish within [12]\.\d s and was killed", running.output())


def test_killed_while_it_finishes(start: Start, sides: Sides) -> None:
    """What a worker leaves behind that dies at the end is counted all the same, and the last report written."""
    running, clients = start(drain=20)
    sides.candidate.paths["/hangs"] = Hang()
    clients.ask("/kong/hangs", times=5)
    [worker] = running.workers()
    running.process.send_signal(signal.SIGTERM)
    wait_until(lambda: refuses(running.port), "the beginning of the end")
    os.kill(worker, signal.SIGKILL)
    assert running.stop() == 0
    routes = clients.count(running)
    assert fates(routes["GET /hangs"]) == {"lost": 5}
    assert fates(routes["GET /a"]) == fates(routes["GET /b"]) == {"compared": 2}


def test_told_to_end_together_with_the_proxy(start: Start, sides: Sides) -> None:
    """systemd sends SIGTERM to each process of a service, but when a worker ends is the proxy's business."""
    running, clients = start(drain=20)
    [worker] = running.workers()
    os.kill(worker, signal.SIGSTOP)
    clients.ask("/kong/a", "/b", times=5)
    for pid in (worker, running.process.pid):
        os.kill(pid, signal.SIGTERM)
    os.kill(worker, signal.SIGCONT)
    assert running.stop() == 0
    for route in clients.count(running).values():
        assert fates(route) == {"compared": 7}


def refuses(port: int) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.parametrize("room", [0, 4 << 20], ids=["none", "4-MiB"])
def test_out_of_memory(start: Start, sides: Sides, room: int) -> None:
    """It says so and ends (or counts the request that was too much), and the next one begins with a clean slate."""
    running, clients = start()
    for side, target, letter in ((sides.legacy, "/kong/large", "x"), (sides.candidate, "/large", "y")):
        side.paths[target] = answer([letter * 100_000] * 20)
    [worker] = running.workers()
    pages = int(Path(f"/proc/{worker}/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + room
    resource.prlimit(worker, resource.RLIMIT_AS, (most, most))
    clients.ask("/kong/a", "/b", "/kong/large", times=2)
    wait_until(lambda: DIED in running.output() or room, "the worker's end")
    clients.ask("/kong/a", "/b", times=2)
    stored(running.folder, clients.asked)
    assert running.stop() == 0
    for route in clients.count(running).values():
        assert set(fates(route)) <= {"compared", "failed", "lost"}
    if not room:
        assert running.output().count("shadow: a worker process is out of memory") == 1
