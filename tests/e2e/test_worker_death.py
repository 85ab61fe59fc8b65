"""A worker that is killed costs no client anything, and what it had not stored is counted as lost."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.e2e.conftest import json_answer, wait_until


def test_kill_9_under_load(backend, proxy):
    """Every client gets legacy's answer, another worker is there within 2 s, and the ledger adds up."""
    legacy, candidate = backend(json_answer({"a": 1})), backend(json_answer({"a": 1}))
    running = proxy(legacy, candidate)
    total, killed_at = 600, []

    def ask(lane: int) -> int:
        good = 0
        with httpx.Client(trust_env=False, timeout=30) as client:
            for n in range(total // 4):
                if lane == 0 and n in {30, 80}:
                    [worker] = running.workers()
                    os.kill(worker, signal.SIGKILL)
                    killed_at.append(time.monotonic())
                    wait_until(lambda gone=worker: running.workers() not in ([], [gone]), "another worker", 2.0)
                answer = client.get(f"{running.url}/kong/a?lane={lane}&n={n}")
                good += answer.status_code == 200 and answer.json() == {"a": 1}
        return good

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(ask, range(4))) == total
    assert len(killed_at) == 2

    assert running.stop() == 0
    requests = running.route("GET /a")["requests"]
    parts = ("compared", "raced", "unproductive", "shed", "failed", "lost")
    assert requests["seen"] == total == sum(requests[part] for part in parts) + sum(requests["skipped"].values())
    assert requests["compared"] > 0
    assert "Traceback" not in running.output()
