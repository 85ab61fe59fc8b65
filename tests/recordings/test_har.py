from __future__ import annotations

import json

import pytest

from shadow.recordings import Broken, Recorded
from tests.recordings.samples import answer, chrome, har, http_flow, mitmproxy_har, pairs, simple

SAFARI = {
    "startedDateTime": "2026-03-01T10:00:00.250Z",
    "time": 20.1,
    "pageref": "page_0",
    "serverIPAddress": "192.0.2.1",
    "_priority": "high",
    "cache": {},
    "request": {
        "method": "GET",
        "url": "https://api.example.com/orders",
        "httpVersion": "HTTP/2",
        "cookies": [],
        "queryString": [],
        "headersSize": 400,
        "bodySize": 0,
        "headers": pairs(("Accept", "*/*"), (":authority", "api.example.com"), (":scheme", "https")),
    },
    "response": {
        "status": 200,
        "statusText": "",
        "httpVersion": "HTTP/2",
        "cookies": [],
        "headers": pairs(("Content-Type", "application/json")),
        "content": {"size": 2, "compression": 0, "mimeType": "application/json", "text": "{}"},
        "redirectURL": "",
        "headersSize": 90,
        "bodySize": 20,
        "_transferSize": 110,
    },
}
FIREFOX = {
    "startedDateTime": "2026-03-01T12:00:00.250+02:00",
    "time": 20,
    "_securityState": "secure",
    "pageref": "page_1",
    "cache": {},
    "request": {
        "method": "GET",
        "url": "https://api.example.com/orders",
        "httpVersion": "HTTP/2",
        "bodySize": 0,
        "cookies": [],
        "queryString": [],
        "headersSize": 300,
        "headers": pairs(("Host", "api.example.com"), ("Accept", "*/*"), ("TE", "trailers")),
    },
    "response": {
        "status": 200,
        "statusText": "OK",
        "httpVersion": "HTTP/2",
        "headers": pairs(("content-type", "image/png")),
        "cookies": [],
        "content": {"mimeType": "image/png", "size": 812, "comment": "Response bodies are not included."},
        "redirectURL": "",
        "headersSize": 90,
        "bodySize": 902,
    },
}
CHARLES = {
    "startedDateTime": "2026-03-01T10:00:00.250+00:00",
    "time": 20,
    "serverIPAddress": "192.0.2.1",
    "cache": {},
    "timings": {"send": 1},
    "request": {
        "method": "POST",
        "url": "http://api.example.com:8080/orders",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "queryString": [],
        "headersSize": 200,
        "bodySize": 3,
        "headers": pairs(
            ("Host", "api.example.com:8080"),
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Content-Length", "3"),
        ),
        "postData": {"mimeType": "application/x-www-form-urlencoded", "params": [{"name": "a", "value": "1"}]},
    },
    "response": {
        "_charlesStatus": "COMPLETE",
        "status": 200,
        "statusText": "OK",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": pairs(("Transfer-Encoding", "chunked")),
        "content": {"size": 1, "mimeType": None, "text": "/w==", "encoding": "base64"},
        "redirectURL": None,
        "headersSize": 0,
        "bodySize": 1,
    },
}
INSOMNIA = simple(
    "https://api.example.com/orders",
    request={"headers": [], "bodySize": -1},
    response=answer("{}", size=2, mimeType="application/json"),
    time=7,
    startedDateTime="2026-03-01T10:00:00.250Z",
)


WRONG = b'{"request": 01}'


@pytest.mark.parametrize("entry", [SAFARI, FIREFOX, CHARLES, INSOMNIA, chrome()])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_every_producer_is_read(entries, mark, entry):
    (found,) = entries(mark + har(entry))
    assert isinstance(found, Recorded)
    assert found.host == "api.example.com"
    assert found.started == 1772359200.25
    assert (found.response is None) == (entry is FIREFOX)
    assert found.client == "har"


def test_what_mitmproxy_exports(entries):
    """Its own export, of bytes that are no text, too: they stand there as lone surrogates."""
    flows = [
        http_flow(
            b"/\xff?a=\xe4",
            method=b"POST",
            body=b"\xfe\xfd",
            headers=[(b"Host", b"h"), (b"Content-Type", b"text/plain; charset=utf-8"), (b"X", b"\xff")],
        ),
        http_flow(answer=b"\x89PNG\0\xff"),
        http_flow(answer=b"\xe4", answered=[(b"Content-Type", b"text/plain")]),
        http_flow(answer="\xe4".encode(), answered=[(b"Content-Type", b"text/plain")]),
        http_flow(method=b"POST", body=None, headers=[(b"Host", b"h"), (b"Content-Length", b"9")]),
        http_flow(answer=None, answered=[(b"Content-Length", b"9")]),
    ]
    first, *rest = entries(mitmproxy_har(*flows))
    assert isinstance(first, Recorded)
    assert first.request.target == "/\xff?a=\xe4"
    assert first.request.body == b"\xfe\xfd"
    assert first.request.headers[-1] == ("X", "\xff")
    assert [entry.response.body for entry in rest[:3]] == [b"\x89PNG\0\xff", b"\xe4", "\xe4".encode()]
    assert rest[3].what == "body that was not recorded"
    assert rest[4].response is None


def test_members_in_any_order(entries):
    document = {
        "log": {
            "pages": [{"id": "x" * 100_000, "entries": [1]}],
            "comment": '}]"',
            "entries": [simple()],
            "version": "1.2",
        }
    }
    assert [entry.where for entry in entries(json.dumps(document).encode())] == ["entry 1"]
    turned = {"log": dict(reversed(document["log"].items()))}
    assert [entry.where for entry in entries(json.dumps(turned).encode())] == ["entry 1"]


def test_what_is_broken_costs_no_other_entry(entries):
    data = har(simple(), "x", simple()).replace(b'"x"', WRONG)
    found = entries(data)
    assert [type(entry) for entry in found] == [Recorded, Broken, Recorded]
    assert found[1] == Broken(f"entry 2 (byte {data.index(WRONG)})", "it is no JSON")
    assert found[2].where == "entry 3"


def test_after_a_break_in_the_middle_nothing_can_be_told(recording):
    data = har(simple(), simple()).replace(b", {", b"; {", 2)
    cut = har(*[simple(response=answer("x" * 100))] * 20)[:-1000]
    for broken, where in ((data, "entry"), (cut, "entry 1")):
        made = recording(broken)
        found = list(made.entries())
        assert isinstance(found[-1], Broken)
        assert found[-1].where.startswith(where)
        assert not made.complete
    assert [type(entry) for entry in found[:-1]] == [Recorded] * (len(found) - 1)
    assert len(found) > 10


def test_without_entries_it_is_none(recording):
    made = recording(b'{"log": {"version": "1.2"}}')
    assert list(made.entries()) == [Broken("the end", "it has no log.entries, so it is no HAR file")]
    assert not made.complete
    made = recording(har())
    assert list(made.entries()) == []
    assert made.complete
