from __future__ import annotations

import pytest
from mitmproxy import http, version
from mitmproxy.test import tflow

from shadow.exchange import Request, Response
from shadow.recordings import Broken, Recorded, Unusable
from shadow.recordings import flows as module
from tests.recordings.samples import flow_file, http_flow


def test_a_flow(entries):
    flow = http_flow(
        b"/\xe4//../a?b=%20",
        method=b"PATCH",
        body=b"\x1f\x8b\xff",
        answer=b"\xff\0",
        headers=[(b"HOST", b"h"), (b"X", b"\xe4")],
    )
    assert entries(flow_file(flow)) == [
        Recorded(
            where="flow 1",
            request=Request("PATCH", "/\xe4//../a?b=%20", [("HOST", "h"), ("X", "\xe4")], b"\x1f\x8b\xff"),
            scheme="https",
            host="api.example.com",
            port=443,
            response=Response(200, [("Content-Type", "text/plain")], b"\xff\0"),
            started=1_700_000_000.0,
            duration=0.5,
            client=flow.client_conn.id,
            address="127.0.0.1",
        )
    ]


def test_packed_bodies_stay_packed(entries):
    flow = http_flow(answered=[(b"Content-Encoding", b"gzip"), (b"Content-Length", b"3")], answer=b"abc")
    (found,) = entries(flow_file(flow))
    assert found.response == Response(200, [("Content-Encoding", "gzip"), ("Content-Length", "3")], b"abc")


def test_http_2_has_its_host_in_a_pseudo_header(entries):
    flow = http_flow(headers=[(b"accept", b"*/*")])
    flow.request.http_version, flow.request.authority = "HTTP/2.0", "www.example.com"
    without = http_flow(headers=[])
    found = entries(flow_file(flow, without))
    assert found[0].request.headers == [("Host", "www.example.com"), ("accept", "*/*")]
    assert found[1].request.headers == [("Host", "api.example.com")]


def test_ipv6_and_other_ports(entries):
    flow = http_flow(headers=[])
    flow.request.scheme, flow.request.host, flow.request.port = "http", "::1", 8080
    (found,) = entries(flow_file(flow))
    assert found.origin == "http://[::1]:8080"
    assert found.request.headers == [("Host", "[::1]:8080")]


@pytest.mark.parametrize(
    ("flow", "what"),
    [
        (tflow.ttcpflow(), "TCP flow"),
        (tflow.tudpflow(), "UDP flow"),
        (tflow.tdnsflow(), "DNS flow"),
        (tflow.twebsocketflow(), "WebSocket"),
        (http_flow(status=101), "WebSocket"),
        (http_flow(b"", method=b"CONNECT"), "CONNECT"),
        (http_flow(b"*", method=b"OPTIONS"), "OPTIONS of a whole server"),
        (http_flow(body=None), "body that was not recorded"),
    ],
)
def test_what_is_no_request_that_could_be_sent(entries, flow, what):
    assert entries(flow_file(flow)) == [Unusable("flow 1", what)]


def failed() -> http.HTTPFlow:
    flow = http_flow()
    flow.response, flow.error = None, tflow.terr()
    return flow


@pytest.mark.parametrize("flow", [http_flow(answer=None), failed()])
def test_what_nobody_answered_or_recorded(entries, flow):
    (found,) = entries(flow_file(flow))
    assert found.response is None


def test_a_response_without_a_body_needs_none(entries):
    flow = http_flow(method=b"HEAD", answer=None, answered=[(b"Content-Length", b"9")])
    (found,) = entries(flow_file(flow))
    assert found.response == Response(200, [("Content-Length", "9")], b"")


def test_a_damaged_flow_costs_no_other_one(recording):
    first, second, third = (flow_file(http_flow(path)) for path in (b"/1", b"/2", b"/3"))
    made = recording(first + second.replace(b"7:request", b"7:REQUEST") + third)
    found = list(made.entries())
    assert [entry.where for entry in found] == ["flow 1", f"flow 2 (byte {len(first):,})", "flow 3"]
    assert isinstance(found[1], Broken)
    assert "mitmproxy can't read it" in found[1].problem
    assert made.complete


def test_a_flow_of_a_newer_mitmproxy(entries):
    old = f"7:version;{len(str(version.FLOW_FORMAT_VERSION))}:{version.FLOW_FORMAT_VERSION}#".encode()
    data = flow_file(http_flow())
    assert old in data
    (found,) = entries(data.replace(old, old.replace(str(version.FLOW_FORMAT_VERSION).encode(), b"99")))
    assert isinstance(found, Broken)
    assert "newer version" in found.problem


@pytest.mark.parametrize(("left", "problem"), [(-1, "it breaks off"), (2, "it breaks off"), (100, "it breaks off")])
def test_a_recording_that_was_killed(recording, left, problem):
    first, second = flow_file(http_flow()), flow_file(http_flow(b"/b"))
    made = recording(first + second[:left])
    found = list(made.entries())
    assert isinstance(found[0], Recorded)
    assert found[1].where == f"flow 2 (byte {len(first):,})"
    assert found[1].problem.startswith(problem)
    assert not made.complete


def test_frames_that_do_not_fit(recording):
    first, second = flow_file(http_flow()), flow_file(http_flow(b"/b"))
    for rest in (b"x" + second, b"5:12345" + second, b"9" * 12 + b":" + second):
        made = recording(first + rest)
        found = list(made.entries())
        assert [type(entry) for entry in found] == [Recorded, Broken]
        assert not made.complete


def test_too_large_a_flow_is_passed_over(monkeypatch, entries):
    monkeypatch.setattr(module, "ENTRY_LIMIT", 10_000)
    found = entries(flow_file(http_flow(), http_flow(answer=b"x" * 20_000), http_flow()))
    assert [type(entry) for entry in found] == [Recorded, Broken, Recorded]
    assert "larger than 256 MiB" in found[1].problem
