"""`shadow recompare`: pairs that a real proxy has recorded, compared again under other rules by the real command."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from shadow.config.load import load_settings
from shadow.evidence.route_evidence import RouteEvidence
from shadow.report.build import document
from shadow.store import open_store
from tests.e2e.conftest import json_answer, wait_until

LEGACY = {"items": [{"id": 1}, {"id": 2}, {"id": 3}], "token": "secret secret secret"}
CANDIDATE = {"items": [{"id": 3}, {"id": 2}, {"id": 1}], "token": "secret secret secret"}
RECORDING = '[store]\nrecord = "all"\n[verdict]\nenough = 4\n'
RULE = '[[compare.rule]]\nroutes = ["GET /orders/*"]\npath = "$.items"\nunordered = true\n'
ORDERS, USERS = "GET /orders/{id}", "GET /users/{id}"
COMMAND = [sys.executable, "-m", "shadow", "recompare"]


def recompare(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"NO_COLOR": "1", "COLUMNS": "200"}
    return subprocess.run(
        [*COMMAND, *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def evidence(folder: Path) -> dict[str, RouteEvidence]:
    settings = load_settings(folder / "shadow.toml")
    with open_store(settings) as store:
        return {found.epoch.route: found for found in store.evidence(settings, time.time())}


def verdicts(folder: Path) -> dict[str, str]:
    settings = load_settings(folder / "shadow.toml")
    with open_store(settings) as store:
        return {found.route: str(found.verdict) for found in document(settings, store, time.time()).verdicts}


def add_rule(folder: Path) -> None:
    file = folder / "shadow.toml"
    file.write_text(file.read_text() + RULE)


@pytest.fixture
def recorded(backend: Any, proxy: Any, client: Any) -> Path:
    """The folder of a proxy that has recorded pairs of two routes and has ended."""
    running = proxy(backend(json_answer(LEGACY)), backend(json_answer(CANDIDATE)), RECORDING)
    for number in range(1, 6):
        client.get(f"{running.url}/kong/orders/{number}")
        client.get(f"{running.url}/kong/users/{number}")
    assert running.stop() == 0
    return Path(running.folder)


def test_a_new_rule_is_held_against_what_was_recorded(recorded):
    assert verdicts(recorded) == {ORDERS: "not-ready", USERS: "not-ready"}
    add_rule(recorded)
    assert ORDERS not in evidence(recorded)

    first = recompare(recorded)
    assert (first.returncode, first.stderr) == (0, "")
    row, idle, summary = first.stdout.splitlines()
    assert row.startswith("✓ ready")
    assert ORDERS in row
    assert "5 pairs, 5 of 5 differ → 0 of 5 differ" in row
    assert "was not ready; 1 group (list-order at $.items) is gone" in row
    assert idle == f"nothing to compare again: {USERS}"
    assert summary == "5 pairs of 1 route compared again"
    assert verdicts(recorded) == {ORDERS: "ready", USERS: "not-ready"}

    counted = evidence(recorded)
    second = recompare(recorded, "--format", "json")
    assert json.loads(second.stdout) == {
        "schema": "shadow/recompare/1",
        "pairs": 0,
        "failed": 0,
        "routes": [],
        "nothing_to_do": [ORDERS, USERS],
    }
    assert evidence(recorded) == counted


def test_what_a_rule_hid_before_is_never_taken_for_proven(recorded):
    """The pairs match under the rule; without it nobody has ever asked whether legacy's order is always the same."""
    add_rule(recorded)
    recompare(recorded)
    settings = load_settings(recorded / "shadow.toml")
    with open_store(settings) as store:
        matches = [
            replace(
                found, epoch=target.epoch, signature=(), differences=(), example=replace(found.example, differences=())
            )
            for target in evidence(recorded).values()
            if target.epoch.route == ORDERS
            for found in store.recordings(ORDERS)
        ]
        store.forget(ORDERS)
        store.record(matches)
    assert verdicts(recorded)[ORDERS] == "ready"

    file = recorded / "shadow.toml"
    file.write_text(file.read_text().replace(RULE, ""))
    told = json.loads(recompare(recorded, "--format", "json", ORDERS).stdout)["routes"]
    assert [(one["before"]["verdict"], one["now"]["verdict"]) for one in told] == [("ready", "inconclusive")]
    assert told[0]["unconfirmed"] == [{"where": "body", "path": "$.items", "class": "list-order", "pairs": 5}]
    assert evidence(recorded)[ORDERS].counters["unconfirmed"] == 5


def test_nothing_was_ever_recorded(backend, proxy, client):
    running = proxy(backend(json_answer(LEGACY)), backend(json_answer(CANDIDATE)))
    client.get(f"{running.url}/kong/orders/1")
    running.stop()
    told = recompare(running.folder)
    assert told.returncode == 2
    assert 'set store.record = "all"' in told.stderr
    (running.folder / "shadow.db").unlink()
    assert recompare(running.folder).returncode == 4


MANY = 6_000


@pytest.fixture
def many(recorded: Path) -> Path:
    """As many pairs as one command needs a few seconds for: those of the proxy, each for many requests."""
    settings = load_settings(recorded / "shadow.toml")
    with open_store(settings) as store:
        several = [found for found in store.recordings(ORDERS) if found.example]
        store.record(
            [
                replace(
                    several[number % len(several)],
                    distinct=number.to_bytes(16, "big"),
                    at=several[0].at + number / 1000,
                    differences=several[0].example.differences,
                )
                for number in range(MANY)
            ]
        )
    add_rule(recorded)
    return recorded


def counted(folder: Path) -> int:
    found = evidence(folder).get(ORDERS)
    return found.counters["compared"] if found else 0


def test_killed_in_the_middle_it_goes_on_where_it_was(many, tmp_path_factory):
    other = tmp_path_factory.mktemp("uninterrupted")
    for file in many.iterdir():
        if file.is_file():
            shutil.copy(file, other)

    with subprocess.Popen(
        COMMAND, cwd=many, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as running:
        wait_until(lambda: counted(many), "the first pairs are counted")
        os.killpg(running.pid, signal.SIGKILL)
    assert 0 < counted(many) < MANY

    assert recompare(many).returncode == 0
    assert recompare(other).returncode == 0
    assert counted(many) == MANY + 5
    for mine, theirs in zip(evidence(many).values(), evidence(other).values(), strict=True):
        # Each process asks its rules until they have found something.
        fits = [{key: rule.fits > 0 for key, rule in each.rules.items()} for each in (mine, theirs)]
        assert fits[0] == fits[1]
        assert replace(mine, rules={}) == replace(theirs, rules={})
    assert recompare(many).stdout.splitlines()[-1] == "0 pairs of 0 routes compared again"
