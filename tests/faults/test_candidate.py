"""Whatever the mirrored side does, clients get their own side's answer, and it is counted as what it is."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from tests.conftest import Drip, Hang, HangUp, Reset, Step
from tests.e2e.conftest import Proxy, free_port
from tests.faults.conftest import PATIENT, Clients, Sides, answer, fates, stored

TIMES = 2
"""Requests for each fault."""
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
ZIPPED = gzip.compress(b'{"a": 1}', mtime=0)[:15]


class Fault(NamedTuple):
    name: str
    step: Step
    fate: str = "failed"
    """What its requests are counted as."""
    error: str = "connection"
    """Under which of the report's `candidate_errors`, where the candidate has the fault."""


def with_length(length: int, body: bytes, *headers: bytes) -> bytes:
    return HEAD + b"".join(line + b"\r\n" for line in headers) + b"Content-Length: %d\r\n\r\n" % length + body


FAULTS = [
    Fault("resets at once", Reset()),
    Fault("hangs up at once", HangUp()),
    Fault("resets mid-body", Reset(with_length(9000, b'{"a": '))),
    Fault("hangs before headers", Hang(), error="timeout"),
    Fault("drips", Drip(with_length(60_000, b""), 0.05), error="timeout"),
    Fault("drips headers", Drip(b"HTTP/1.1 200 OK\r\nX-Slow: ", 0.05), error="timeout"),
    Fault("promises too much", HangUp(with_length(9, b'{"a": 1}'))),
    Fault("promises too little", with_length(7, b'{"a": 1}'), "compared"),
    Fault("sends two answers", answer({"a": 2}) + answer({"b": 3}), "compared"),
    Fault("sends invalid chunks", CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n"),
    Fault("hangs up amid a chunk", HangUp(CHUNKED + b"8\r\n{}")),
    Fault("speaks no HTTP", HangUp(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")),
    Fault("sends 1 MB of headers", b"HTTP/1.1 200 OK\r\nX-Large: " + b"x" * 2**20 + b"\r\nContent-Length: 0\r\n\r\n"),
    Fault("never ends", Drip(HEAD + b"\r\n" + b"x" * 100_000), "skipped:too-large"),
    Fault("sends invalid gzip", answer({"a": 1}, "Content-Encoding: gzip"), "compared"),
    Fault("cuts gzip short", with_length(15, ZIPPED, b"Content-Encoding: gzip"), "compared"),
    Fault("sends invalid UTF-8", with_length(8, b'{"\xff": 1}'), "compared"),
]
CODES = {"failed": {"candidate-errors"}, "compared": {"divergence"}, "skipped:too-large": {"not-enough-requests"}}
"""What became of the requests → codes of the verdict's reasons, where the candidate has the fault."""


def path_of(fault: Fault) -> str:
    return fault.name.replace(" ", "-").lower()


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Route → its report, after clients of legacy met each fault of the candidate, and the other way round."""
    sides = Sides.start()
    for fault in FAULTS:
        sides.candidate.paths[f"/candidate/{path_of(fault)}"] = fault.step
        sides.legacy.paths[f"/kong/legacy/{path_of(fault)}"] = fault.step
    folder, port = tmp_path_factory.mktemp("faults"), free_port()
    text = PATIENT.format(legacy=sides.legacy.url, candidate=sides.candidate.url, port=port)
    text = text.replace("timeout = 120.0", "").replace('"\n', '"\ntimeout = 2.0\n', 2)
    (folder / "shadow.toml").write_text(text.replace("[proxy]", '[proxy]\ndrain = 60\nmax_body = "64 KiB"'))
    running = Proxy(folder, [], port)
    try:
        clients = Clients(running.wait_ready(), sides)
        # After each fault the side is well once, so that nobody gives it up.
        for user, fault_of, well in (("a", "/kong/candidate/", "/kong/well"), ("b", "/legacy/", "/well")):
            every = [target for fault in FAULTS for target in (fault_of + path_of(fault), well) * TIMES]
            clients.ask_in_turn(user, *every)
        assert running.stop() == 0
        yield clients.count(running)
    finally:
        running.kill()
        sides.close()


@pytest.mark.parametrize("fault", FAULTS, ids=path_of)
def test_a_candidate_that(fault: Fault, routes: dict[str, Any]) -> None:
    route = routes[f"GET /candidate/{path_of(fault)}"]
    assert fates(route) == {fault.fate: TIMES}
    codes = {reason["code"] for reason in route["reasons"]}
    errors = {kind: count for kind, count in route["candidate_errors"].items() if count}
    if fault.error == "timeout" and errors.get("timeout", 0) < TIMES:
        # The worker gives way to whatever else this machine has to do; where that kept it from its work for long, it
        # does not call the wait the candidate's fault. (tests/pipeline/test_asking.py has it idle, and busy.)
        assert errors.keys() <= {"timeout"}
        assert codes <= {"candidate-errors", "not-enough-requests"}
    else:
        assert errors == ({fault.error: TIMES} if fault.fate == "failed" else {})
        assert codes == CODES[fault.fate]


@pytest.mark.parametrize("fault", FAULTS, ids=path_of)
def test_a_legacy_that(fault: Fault, routes: dict[str, Any]) -> None:
    """The clients asked the candidate; that legacy fails is not its fault."""
    route = routes[f"GET /legacy/{path_of(fault)}"]
    assert fates(route) == {fault.fate: TIMES}
    assert {reason["code"] for reason in route["reasons"]} == (
        {"divergence"} if fault.fate == "compared" else {"not-enough-requests"}
    )
    assert not any(route["candidate_errors"].values())


def test_what_is_well_beside_it(routes: dict[str, Any]) -> None:
    """No fault of one request becomes another's, though they share connections."""
    assert fates(routes["GET /well"]) == {"compared": 2 * TIMES * len(FAULTS)}
    assert routes["GET /well"]["differences"] == []


def test_a_candidate_where_nobody_listens(proxy, sides: Sides) -> None:
    running = proxy(sides.legacy, f"http://127.0.0.1:{free_port()}", config=PATIENT)
    clients = Clients(running, sides)
    clients.ask("/kong/a", times=TIMES)
    stored(running.folder, clients.asked)
    assert running.stop() == 0
    route = clients.count(running)["GET /a"]
    assert fates(route) == {"failed": TIMES}
    assert route["verdict"] == "not-ready"
    assert [reason["code"] for reason in route["reasons"]] == ["candidate-errors"]
