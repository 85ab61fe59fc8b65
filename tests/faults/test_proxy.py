"""However the proxy ends: what was answered is in the ledger, and what was left over is said."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

import pytest

from tests.conftest import Drip, Hang
from tests.e2e.conftest import wait_until
from tests.faults.conftest import PATIENT, Clients, Sides, fates, stored


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT])
def test_ends_with_a_candidate_that_hangs(proxy, sides: Sides, sig: signal.Signals) -> None:
    """Only the requests at which it hangs are left, which is said; nobody waits for the two minutes that it has.

    (That nothing is left by a candidate that is well is tested in tests/e2e/test_life_cycle.py, under load.)
    """
    sides.candidate.paths["/hangs"] = Hang()
    running = proxy(*sides, config=PATIENT.replace("[proxy]", "[proxy]\ndrain = 3"))
    clients = Clients(running, sides)
    clients.ask("/kong/well", "/well", times=5)
    stored(running.folder, clients.asked)
    clients.ask("/kong/hangs", times=5)
    assert running.stop(sig) == 0
    routes = clients.count(running)
    assert fates(routes["GET /hangs"]) == {"lost": 5}
    assert fates(routes["GET /well"]) == {"compared": 10}
    left = "shadow: 5 exchanges could not be mirrored before the end and are counted as lost"
    assert running.output().count(left) == 1


def test_ends_with_a_legacy_that_hangs(proxy, sides: Sides) -> None:
    """What gets no answer before the end has failed; a body that was passing as it came is what it would have been."""
    sides.legacy.paths["/kong/hangs"] = Hang()
    sides.legacy.paths["/kong/events"] = Drip(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
    running = proxy(*sides, config=PATIENT.replace("[proxy]", "[proxy]\ndrain = 3\nworkers = 2"))
    clients = Clients(running, sides)
    clients.ask("/kong/well", times=3)
    waiting = []
    for path in ("/hangs", "/hangs", "/events"):
        waiting.append(socket.create_connection(("127.0.0.1", running.port)))
        waiting[-1].sendall(f"GET /kong{path} HTTP/1.1\r\nHost: h\r\n\r\n".encode())
        clients.asked[f"GET {path}"] += 1
    assert waiting[-1].recv(10)
    wait_until(lambda: sum(b"/kong/hangs" in one for one in list(sides.legacy.requests)) == 2, "legacy has them")
    assert running.stop() == 0
    for one in waiting:
        one.close()
    routes = clients.count(running)
    assert fates(routes["GET /hangs"]) == {"failed": 2}
    assert fates(routes["GET /events"]) == {"skipped:streamed": 1}
    assert fates(routes["GET /well"]) == {"compared": 3}
    assert running.output().count("shadow: 3 requests were still running at the end") == 1


def test_killed_while_its_worker_has_more_to_tell(proxy, sides: Sides) -> None:
    """What the proxy has handed over is stored, though nobody is there any more to be told."""
    running = proxy(*sides, config=PATIENT)
    clients = Clients(running, sides)
    clients.ask("/kong/a")
    stored(running.folder, clients.asked)
    [worker] = running.workers()
    os.kill(worker, signal.SIGSTOP)
    clients.ask("/kong/a", "/b", times=5)
    # The proxy reads no more, so that it ends with acknowledgements unread, which is a broken connection to the worker.
    running.process.send_signal(signal.SIGSTOP)
    os.kill(worker, signal.SIGCONT)
    stored(running.folder, clients.asked)
    running.kill()
    wait_until(lambda: not Path(f"/proc/{worker}").exists(), "the end of the worker")
    clients.count(running)
