"""What every test here needs: sides that do as they are told, clients that notice everything, and the ledger's sum.

Each test breaks one thing and then asks the same four questions: did every client get exactly its own side's answer, is
every request of theirs in the ledger, was it said in plain words, and is the verdict one that a team may act on?
"""

from __future__ import annotations

import http.client
import json
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from shadow.config.load import load_settings
from shadow.errors import StoreError
from shadow.store import open_store
from tests.conftest import ScriptedServer
from tests.e2e.conftest import CONFIG, DEADLINE, Proxy, client, proxy, wait_until

__all__ = ["Answer", "Clients", "Sides", "answer", "ask", "client", "fates", "in_store", "proxy", "stored"]

PATIENT = CONFIG.replace("timeout = 2.0", "timeout = 120.0")
"""For whatever is not about slow sides: a busy machine must not make a side look like one."""


def answer(value: Any = None, *headers: str, status: str = "200 OK") -> bytes:
    """A whole JSON response."""
    body = json.dumps({"a": 1} if value is None else value).encode()
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", *headers, f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Sides(NamedTuple):
    """Two servers; both answer everything alike unless a test says otherwise."""

    legacy: ScriptedServer
    candidate: ScriptedServer

    @classmethod
    def start(cls) -> Sides:
        return cls(ScriptedServer([answer()]), ScriptedServer([answer()]))

    def close(self) -> None:
        for side in self:
            side.close()


class Answer(NamedTuple):
    """All that a client can tell."""

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes


def ask(port: int, target: str, **headers: str) -> Answer:
    """One GET over a connection of its own. Raises where no whole answer comes."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE)
    try:
        connection.request("GET", target, headers=headers)
        got = connection.getresponse()
        headers = [(name, value) for name, value in got.headers.items() if name.lower() != "date"]
        return Answer(got.status, got.reason, headers, got.read())
    finally:
        connection.close()


class Clients:
    """Ask a proxy, and insist on what the side itself says; ``asked`` counts the requests of each route."""

    def __init__(self, running: Proxy, sides: Sides) -> None:
        self.asked: Counter[str] = Counter()
        self._running = running
        self._sides = sides

    def ask_in_turn(self, user: str, *targets: str) -> None:
        """Ask for one target after the other, as one user: so they are mirrored in this order, too."""
        self.ask(*targets, at_once=1, Authorization=f"Bearer {user}")

    def ask(self, *targets: str, times: int = 1, at_once: int = 8, **headers: str) -> None:
        """Ask for each target so often, many at once."""
        expected = {target: ask(self._answering(target).port, target, **headers) for target in set(targets)}

        def one(target: str) -> tuple[str, Answer]:
            return target, ask(self._running.port, target, **headers)

        with ThreadPoolExecutor(at_once) as pool:
            for target, got in pool.map(one, [target for target in targets for _ in range(times)]):
                assert got == expected[target], target
                self.asked["GET " + target.removeprefix("/kong").partition("?")[0]] += 1

    def _answering(self, target: str) -> ScriptedServer:
        return self._sides.legacy if target.startswith("/kong/") else self._sides.candidate

    def count(self, running: Proxy, *, more: int = 0) -> dict[str, dict[str, Any]]:
        """Route → its entry in report.json, having checked that each request of the clients is there exactly once.

        ``more``: how many others of each route may be there, because a store was damaged while they were stored.
        """
        assert "Traceback" not in running.output(), running.output()
        routes = {route["route"]: route for route in running.report()["routes"]}
        assert routes.keys() == self.asked.keys(), running.output()
        for name, asked in self.asked.items():
            requests = routes[name]["requests"]
            assert requests["seen"] == sum(fates(routes[name]).values()), (name, requests)
            assert asked <= requests["seen"] <= asked + more, (name, asked, requests)
            assert routes[name]["verdict"] != "ready"  # after so few requests in any case
        return routes


def fates(route: dict[str, Any]) -> Counter[str]:
    """What became of a route's requests; only what happened at all, `skipped:REASON` for each reason."""
    requests = dict(route["requests"])
    skipped = {f"skipped:{reason}": count for reason, count in requests.pop("skipped").items()}
    for other in ("seen", "distinct"):
        del requests[other]
    return +Counter(requests | skipped)


def in_store(folder: Path) -> Counter[str]:
    """Route → requests in its ledger now."""
    settings = load_settings(folder / "shadow.toml")
    with open_store(settings) as store:
        return Counter({one.epoch.route: one.seen for one in store.evidence(settings, time.time())})


def stored(folder: Path, asked: Counter[str], *, more: int = 0) -> None:
    """Wait until every request is in the store; ``more`` as in `Clients.count`."""

    def all_there() -> bool:
        try:
            found = in_store(folder)
        except StoreError:
            return False
        return found.keys() == asked.keys() and all(0 <= found[name] - asked[name] <= more for name in asked)

    wait_until(all_there, f"all of {asked} in the store")


@pytest.fixture
def sides() -> Iterator[Sides]:
    both = Sides.start()
    yield both
    both.close()
