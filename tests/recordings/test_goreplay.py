from __future__ import annotations

import pytest

from shadow.exchange import Request, Response
from shadow.recordings import Broken, Recorded, Unusable
from shadow.recordings import goreplay as module
from shadow.recordings.goreplay import SEPARATOR, WINDOW
from tests.recordings.samples import GOR_REQUEST, GOR_RESPONSE, payload

GET = b"GET /%d HTTP/1.1\r\nHost: h.example\r\n\r\n"


def test_requests_are_joined_to_their_responses(entries):
    found = entries(
        payload(1, "a", GOR_REQUEST)
        + payload(2, "b", GOR_RESPONSE, latency=7_000_000)
        + payload(3, "a", GOR_RESPONSE.replace(b"ok", b"no"))
        + payload(1, "b", GET % 2)
        + payload(2, "a", GOR_RESPONSE, latency=5_000_000)
    )
    response = Response(201, [("Content-Type", "text/plain"), ("Content-Length", "2")], b"ok")
    assert found == [
        Recorded(
            where="request 1",
            request=Request("POST", "/a?b=1", [("Host", "h.example:8080"), ("Content-Length", "3")], b"abc"),
            scheme="http",
            host="h.example",
            port=8080,
            response=response,
            started=1_700_000_000.0,
            duration=0.005,
        ),
        Recorded(
            where="request 2",
            request=Request("GET", "/2", [("Host", "h.example")]),
            scheme="http",
            host="h.example",
            port=80,
            response=response,
            started=1_700_000_000.0,
            duration=0.007,
        ),
    ]


@pytest.mark.parametrize(
    ("request_", "response", "wanted"),
    [
        (GET % 1, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", (200, b"ok")),
        (GET % 1, b"HTTP/1.1 204 No Content\r\n\r\n", (204, b"")),
        ((GET % 1).replace(b"GET", b"HEAD"), b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", (200, b"")),
        (GET % 1, GOR_RESPONSE[:-1], None),
        (GET % 1, b"nonsense", None),
    ],
)
def test_responses(entries, request_, response, wanted):
    (found,) = entries(payload(1, "a", request_) + payload(2, "a", response))
    assert (found.response and (found.response.status, found.response.body)) == wanted


@pytest.mark.parametrize(
    ("request_", "what"),
    [
        (b"CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n", "CONNECT"),
        (b"GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n\r\n", "WebSocket"),
        (b"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "OPTIONS of a whole server"),
        (GOR_REQUEST[:-1], "body that was not recorded"),
    ],
)
def test_what_is_no_request_that_could_be_sent(entries, request_, what):
    assert entries(payload(1, "a", request_)) == [Unusable("request 1", what)]


@pytest.mark.parametrize(
    ("request_", "server", "target"),
    [
        (b"GET http://p.example:81/a?b HTTP/1.1\r\nHost: p.example:81\r\n\r\n", ("http", "p.example", 81), "/a?b"),
        (b"GET /a HTTP/1.0\r\n\r\n", ("", "", 0), "/a"),
        (b"GET /a HTTP/1.1\r\nHost: a b\r\n\r\n", ("", "", 0), "/a"),
        (b"GET /a HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", ("http", "h", 80), "/a"),
    ],
)
def test_who_was_asked(entries, request_, server, target):
    (found,) = entries(payload(1, "a", request_))
    assert ((found.scheme, found.host, found.port), found.request.target) == (server, target)


def test_what_is_broken_costs_no_other_request(recording):
    first = payload(1, "a", GET % 1)
    made = recording(first + b"secret" + SEPARATOR + payload(1, "b", b"secret") + payload(1, "c", GET % 2))
    found = list(made.entries())
    assert [type(entry) for entry in found] == [Recorded, Broken, Broken, Recorded]
    assert [entry.where for entry in found[1:]] == [
        f"request 2 (byte {len(first)})",
        f"request 3 (byte {len(first) + 6 + len(SEPARATOR)})",
        "request 4",
    ]
    assert not any("secret" in entry.problem for entry in found[1:3])
    assert made.complete


@pytest.mark.parametrize("cut", [len(SEPARATOR) + 3, len(SEPARATOR) + len(GET) + 20])
def test_a_recording_that_was_killed(recording, cut):
    made = recording((payload(1, "a", GET % 1) + payload(1, "b", GET % 2))[:-cut])
    first, last = made.entries()
    assert isinstance(first, Recorded)
    assert isinstance(last, Broken)
    assert last.problem.startswith("it breaks off")
    assert not made.complete


def test_a_response_that_comes_too_late_is_none(entries):
    """And the requests leave in the order in which they came, however long one waits."""
    many = b"".join(payload(1, f"n{at}", GET % at) + payload(2, f"n{at}", GOR_RESPONSE) for at in range(WINDOW))
    found = entries(payload(1, "a", GET % 9999) + many + payload(2, "a", GOR_RESPONSE) + payload(2, "z", GOR_RESPONSE))
    assert [entry.where for entry in found] == [f"request {at}" for at in range(1, WINDOW + 2)]
    assert found[0].response is None
    assert all(entry.response is not None for entry in found[1:])


def test_what_waits_is_bounded_in_bytes_too(monkeypatch, entries):
    monkeypatch.setattr(module, "WINDOW_BYTES", 100)
    found = entries(payload(1, "a", GOR_REQUEST) + payload(1, "b", GOR_REQUEST) + payload(2, "a", GOR_RESPONSE))
    assert [entry.response for entry in found] == [None, None]
    early = payload(2, "a", GOR_RESPONSE) + payload(2, "b", GOR_RESPONSE) + payload(1, "a", GET % 1)
    (found,) = entries(payload(3, "x", GOR_RESPONSE) + early)
    assert found.response is None


def test_ids_that_come_again(entries):
    found = entries(payload(1, "a", GET % 1) + payload(1, "a", GET % 2) + payload(2, "a", GOR_RESPONSE) * 2)
    assert [entry.request.target for entry in found] == ["/1", "/2"]
    assert [entry.response is None for entry in found] == [True, False]
