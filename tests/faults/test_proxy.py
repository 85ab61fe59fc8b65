"""However the proxy ends: what was answered is in the ledger, and what was left over is said."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from tests.conftest import Hang
from tests.e2e.conftest import wait_until
from tests.faults.conftest import QUICK, Clients, Sides, fates, stored

DRAIN = 3
LEFT = "exchanges could not be mirrored before the end and are counted as lost"


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT])
def test_ends_with_a_candidate_that_hangs(proxy, sides: Sides, sig: signal.Signals) -> None:
    """Only the candidate's own requests are left, and the rest is complete."""
    sides.candidate.paths["/hangs"] = Hang()
    config = QUICK.replace("timeout = 2.0", "timeout = 30.0").replace("[proxy]", f"[proxy]\ndrain = {DRAIN}")
    running = proxy(*sides, config=config)
    clients = Clients(running, sides)
    clients.ask("/kong/hangs", "/kong/well", "/well", times=5)
    began = time.monotonic()
    assert running.stop(sig) == 0
    # One second more for the last report, and some for a busy machine; the candidate would hang for 30.
    assert time.monotonic() - began < DRAIN + 15
    routes = clients.count(running)
    assert fates(routes["GET /hangs"]) == {"lost": 5}
    assert fates(routes["GET /well"]) == {"compared": 10}
    assert f"shadow: 5 {LEFT}" in running.output()


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT])
def test_ends_with_a_candidate_that_is_well(proxy, sides: Sides, sig: signal.Signals) -> None:
    """Nothing is left, and there is nothing to say."""
    running = proxy(*sides, config=QUICK.replace("[proxy]", "[proxy]\ndrain = 30"))
    clients = Clients(running, sides)
    clients.ask("/kong/well", "/well", times=50)
    assert running.stop(sig) == 0
    assert fates(clients.count(running)["GET /well"]) == {"compared": 100}
    assert LEFT not in running.output()
    assert "lost" not in running.output()


def test_killed_while_its_worker_has_more_to_tell(proxy, sides: Sides) -> None:
    """What the proxy has handed over is stored, though nobody is there any more to be told."""
    running = proxy(*sides, config=QUICK)
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
