"""What a mirrored write may do to the other side: only where its route opted in, only once, in the client's order."""

from __future__ import annotations

import os
import signal
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler

import httpx
import pytest

from tests.conftest import Hang, HangUp, Reset, ScriptedServer
from tests.e2e.conftest import CONFIG, Answer, json_answer, wait_until

QUIET = ("--set", "flow_detail=0")
PLAIN = "[mirror]\nbaseline = 0\n"
WRITES = """
[[route]]
match = "POST /orders"
writes = "isolated"
[[route]]
match = "PUT /orders"
writes = "idempotent"
[[route]]
match = "POST /never"
[[route]]
match = "GET /expensive"
mirror = false
"""
SAME = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{"a": 1}'
OTHER = SAME.replace(b"1}", b"2}")


@pytest.fixture
def candidate() -> Iterator[ScriptedServer]:
    server = ScriptedServer([SAME])
    yield server
    server.close()


def arrivals(server: ScriptedServer) -> list[str]:
    """Method and target of each request that came, in order."""
    return [" ".join(request.decode("latin-1").split(" ", 2)[:2]) for request in list(server.requests)]


def header(request: bytes, name: str) -> str:
    lines = request.decode("latin-1").partition("\r\n\r\n")[0].split("\r\n")
    return next((line.partition(": ")[2] for line in lines if line.lower().startswith(f"{name}:")), "")


def test_only_what_a_route_has_opted_into_is_mirrored_and_the_start_says_so(backend, proxy, client, candidate):
    running = proxy(backend(json_answer({"a": 1})), candidate.url, PLAIN + WRITES, "-q")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for method, path, headers, body in [
        ("POST", "/never", {}, b""),
        ("DELETE", "/orders", {}, b""),
        ("GET", "/expensive", {}, b""),
        ("HEAD", "/expensive", {}, b""),
        ("OPTIONS", "/expensive", {}, b""),
        ("GET", "/orders", {"X-HTTP-Method-Override": "DELETE"}, b""),
        ("POST", "/never", {"X-HTTP-Method-Override": "GET"}, b""),
        # The route of the request line is opted in; what the application would do is another route's business.
        ("POST", "/orders", {"X-Method-Override": "DELETE"}, b""),
        ("POST", "/orders?_method=delete", {}, b""),
        ("POST", "/orders", form, b"a=1&_method=DELETE"),
        ("POST", "/orders?overridden", {"X-HTTP-Method": "PUT"}, b""),
        ("GET", "/orders?last", {}, b""),
    ]:
        assert client.request(method, f"{running.url}/kong{path}", headers=headers, content=body).status_code == 200
    wait_until(lambda: "GET /orders?last" in arrivals(candidate), "the last request is mirrored")
    assert running.stop() == 0
    assert arrivals(candidate) == ["POST /orders?overridden", "GET /orders?last"]
    skipped = {route["route"]: route["requests"]["skipped"] for route in running.report()["routes"]}
    assert skipped["POST /never"]["write"] == 2
    assert skipped["DELETE /orders"]["write"] == 1
    assert skipped["POST /orders"]["write"] == 3
    assert skipped["GET /orders"]["write"] == 1
    assert [skipped[f"{method} /expensive"]["excluded"] for method in ("GET", "HEAD", "OPTIONS")] == [1, 1, 1]
    said = running.output()
    assert said.count("are sent to BOTH sides") == 1
    assert 'POST /orders  writes = "isolated"' in said
    assert 'PUT /orders   writes = "idempotent"' in said


def test_each_side_gets_an_idempotency_key_of_its_own(backend, proxy, client, candidate):
    legacy = backend(json_answer({"a": 1}))
    running = proxy(legacy, candidate.url, PLAIN + WRITES, *QUIET)
    for given in ({"Idempotency-Key": "k1"}, {"Idempotency-Key": "k1"}, {}):
        client.put(f"{running.url}/kong/orders", headers=given)
    client.post(f"{running.url}/kong/orders", headers={"Idempotency-Key": "k1"})
    wait_until(lambda: len(candidate.requests) == 4, "all are mirrored")
    assert [headers.get("Idempotency-Key") for _, _, headers in legacy.requests] == ["k1", "k1", None, "k1"]
    first, again, own, isolated = (header(request, "idempotency-key") for request in candidate.requests)
    assert first == again != "k1"
    assert len({first, own, "k1"}) == 3
    assert uuid.UUID(own)
    assert isolated == "k1", "separate data has separate stores of keys, too"


@pytest.mark.parametrize("writes", ["POST", "PUT"], ids=["isolated", "idempotent"])
def test_a_write_arrives_once_whatever_becomes_of_it(backend, proxy, client, candidate, writes):
    """Answered differently, broken off before or amid the answer, never answered: it is not sent again, neither at
    once nor when the worker has been killed and replaced; and never to legacy."""
    legacy = backend(json_answer({"a": 1}))
    running = proxy(
        legacy,
        candidate.url,
        "[mirror]\nconfirm = 3\nbaseline = 1.0\n" + WRITES,
        *QUIET,
        config=CONFIG.replace("timeout = 2.0", "timeout = 1.0"),
    )
    steps = {
        "different": OTHER,
        "reset": Reset(),
        "closed": HangUp(),
        "reset amid the answer": Reset(SAME[:60]),
        "closed amid the answer": HangUp(SAME[:60]),
        "garbage": HangUp(b"\0\xff no HTTP\r\n\r\n"),
        "hangs": Hang(),
        "same": SAME,
    }
    expected = []
    for number, (name, step) in enumerate(steps.items()):
        # After a first answer the connection is kept, and the next write finds it in use, idle, or gone.
        candidate.answer(*[SAME] * len(candidate.requests), SAME, step)
        for kind in ("before", name):
            target = f"/orders?{number}.{kind.replace(' ', '-')}"
            expected.append(f"{writes} {target}")
            assert client.request(writes, f"{running.url}/kong{target}").status_code == 200
            wait_until(lambda: len(candidate.requests) >= len(expected), f"{target} arrives")
        wait_until(lambda: len(candidate.requests) == len(expected), "nothing else does")

    candidate.answer(Hang())
    expected.append(f"{writes} /orders?killed")
    assert client.request(writes, f"{running.url}/kong/orders?killed").status_code == 200
    wait_until(lambda: arrivals(candidate)[-1].endswith("killed"), "it arrives")
    [worker] = running.workers()
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: running.workers() not in ([], [worker]), "another worker")
    candidate.answer(SAME)
    expected.append(f"{writes} /orders?last")
    assert client.request(writes, f"{running.url}/kong/orders?last").status_code == 200
    wait_until(lambda: arrivals(candidate)[-1].endswith("last"), "mirroring goes on")
    assert running.stop() == 0
    assert arrivals(candidate) == expected
    assert [headers for _, _, headers in legacy.requests if "X-Shadow-Mirror" in headers] == []
    requests = running.route(f"{writes} /orders")["requests"]
    assert requests["seen"] == len(expected)
    # What was not stored yet when the worker was killed is lost, too.
    assert requests["failed"] + requests["lost"] >= 6
    assert requests["seen"] == sum(requests[part] for part in ("compared", "failed", "lost"))


class Shop:
    """A candidate whose every answer takes its time, longest for what came first; remembers what was running when."""

    def __init__(self) -> None:
        self.log: list[tuple[str, str]] = []
        self._lock = threading.Lock()

    def __call__(self, request: BaseHTTPRequestHandler) -> tuple[int, list[tuple[str, str]], bytes]:
        name = f"{request.command} {request.path}"
        with self._lock:
            self.log.append(("starts", name))
            wait = 0.02 if len(self.log) % 3 else 0.06
        time.sleep(wait)
        with self._lock:
            self.log.append(("ends", name))
        return json_answer({"a": 1})(request)

    def is_alone(self, name: str) -> bool:
        """Whether nothing else was running when it was."""
        at = self.log.index(("starts", name))
        before = self.log[:at]
        running = sum(1 if what == "starts" else -1 for what, _ in before)
        return running == 0 and self.log[at + 1] == ("ends", name)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_session_s_requests_reach_the_other_side_in_its_order_over_all_its_connections(backend, proxy, workers):
    """The session is one whose token is renewed and whose connections are many; others run beside it."""
    shop: Answer = Shop()
    running = proxy(
        backend(json_answer({"a": 1})),
        backend(shop),
        PLAIN + WRITES,
        *QUIET,
        config=CONFIG.replace("[proxy]", f"[proxy]\nworkers = {workers}"),
    )
    # Both have the subject `a`; they were issued at different times.
    tokens = ["eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIiwiaWF0IjoxfQ.x", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIiwiaWF0IjoyfQ.y"]

    def session(headers: list[dict[str, str]], name: str) -> list[str]:
        sent = []
        for number in range(12):
            with httpx.Client(trust_env=False, timeout=30) as fresh:
                method = "POST" if number % 4 == 0 else "GET"
                target = f"/orders?{name}.{number}"
                fresh.request(method, f"{running.url}/kong{target}", headers=headers[number % len(headers)])
                sent.append(f"{method} {target}")
        return sent

    people = {
        "token": [{"Authorization": f"Bearer {token}"} for token in tokens],
        # The analytics cookie changes all the time.
        "cookie": [{"Cookie": "sid=7; _ga=1"}, {"Cookie": "_ga=2; sid=7"}],
    }
    with ThreadPoolExecutor(2) as pool:
        sent = dict(zip(people, pool.map(session, people.values(), people), strict=True))
    wait_until(lambda: len(shop.log) == 48, "everything is mirrored")
    for name, expected in sent.items():
        mine = [(what, target) for what, target in shop.log if f"?{name}." in target]
        assert mine == [(what, target) for target in expected for what in ("starts", "ends")]


def test_anonymous_reads_run_side_by_side_and_a_write_waits_for_all_that_its_address_sent_before(backend, proxy):
    shop: Answer = Shop()
    running = proxy(
        backend(json_answer({"a": 1})),
        backend(shop),
        PLAIN + WRITES,
        *QUIET,
        config=CONFIG.replace("[proxy]", "[proxy]\nworkers = 2"),
    )
    connections = [httpx.Client(trust_env=False, timeout=30) for _ in range(6)]
    writes = []
    try:
        for round_ in range(4):
            for number, connection in enumerate(connections):
                connection.get(f"{running.url}/kong/orders?{round_}.{number}")
            writes.append(f"/orders?{round_}.write")
            connections[round_].post(f"{running.url}/kong{writes[-1]}")
    finally:
        for connection in connections:
            connection.close()
    wait_until(lambda: len(shop.log) == 2 * 28, "everything is mirrored")
    for round_, target in enumerate(writes):
        assert shop.is_alone(f"POST {target}")
        before = shop.log[: shop.log.index(("starts", f"POST {target}"))]
        assert sum(what == "ends" and f"?{round_}." in name for what, name in before) == 6
        assert sum(what == "starts" for what, name in before) == 7 * round_ + 6
    overlap = max(
        sum(1 if what == "starts" else -1 for what, _ in shop.log[:index]) for index in range(len(shop.log) + 1)
    )
    assert overlap > 1
