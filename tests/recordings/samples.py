"""Recordings in the style of those who write them, and the rules that every entry must keep."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterable
from io import BytesIO
from typing import Any

from mitmproxy import flow, http
from mitmproxy.addons.savehar import SaveHar
from mitmproxy.io import FlowWriter
from mitmproxy.test import tflow

from shadow.exchange import Request, Response, header
from shadow.mirror.wire import request_bytes
from shadow.recordings import Broken, Recorded, Unusable
from shadow.recordings.goreplay import SEPARATOR
from shadow.recordings.jsonl import Header, encode


def assert_sendable(entry: object) -> None:
    """The request goes out through the mirror's own writer once it has a Host and, with a body, a length; and nothing
    is of another kind than it says."""
    assert isinstance(entry, Recorded | Broken | Unusable)
    assert isinstance(entry.where, str)
    if not isinstance(entry, Recorded):
        return
    request, response = entry.request, entry.response
    assert request.target.startswith("/")
    assert isinstance(request.body, bytes)
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in request.headers]
    names = {name.lower() for name, _ in headers}
    if b"host" not in names:
        headers.append((b"Host", b"h"))
    if request.body and not names & {b"content-length", b"transfer-encoding"}:
        headers.append((b"Content-Length", b"%d" % len(request.body)))
    request_bytes(request.method.encode("latin-1"), request.target.encode("latin-1"), headers, request.body)
    assert entry.started is None or math.isfinite(entry.started)
    assert math.isfinite(entry.duration)
    assert entry.duration >= 0
    assert all(isinstance(text, str) for text in (entry.scheme, entry.host, entry.client, entry.address, entry.key))
    assert (entry.scheme in {"http", "https"}) == bool(entry.host)
    assert isinstance(entry.port, int)
    if response is not None:
        assert 100 <= response.status <= 999
        assert isinstance(response.body, bytes)
        for name, value in response.headers:
            assert not name.startswith(":")
            assert not {*"\r\n\0"} & {*name.encode("latin-1").decode("latin-1"), *value}
            value.encode("latin-1")


# -- HAR ----------------------------------------------------------------------------------------------------------


def pairs(*given: tuple[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in given]


def har(*entries: object) -> bytes:
    return json.dumps({"log": {"version": "1.2", "creator": {"name": "t"}, "pages": [], "entries": entries}}).encode()


def chrome(**changes: Any) -> dict[str, Any]:
    """As Chrome and Edge export it: HTTP/2, pseudo-headers and members that begin with an underscore."""
    return {
        "_connectionId": "3129",
        "_initiator": {"type": "script", "stack": {"callFrames": [{"functionName": "f", "lineNumber": 3}]}},
        "_priority": "High",
        "_resourceType": "fetch",
        "cache": {},
        "pageref": "page_2",
        "request": {
            "method": "POST",
            "url": "https://api.example.com/orders?page=2#part",
            "httpVersion": "http/2.0",
            "headers": pairs(
                (":authority", "api.example.com"),
                (":method", "POST"),
                (":path", "/orders?page=2"),
                (":scheme", "https"),
                ("content-type", "application/json"),
                ("content-length", "10"),
            ),
            "queryString": pairs(("page", "2")),
            "cookies": [],
            "headersSize": -1,
            "bodySize": 10,
            "postData": {"mimeType": "application/json", "text": '{"a":"\u00fc"}'},
        },
        "response": {
            "status": 200,
            "statusText": "",
            "httpVersion": "http/2.0",
            "headers": pairs(
                ("content-encoding", "br"),
                ("content-type", "application/json"),
                ("content-length", "9"),
                ("set-cookie", "a=1\nb=2"),
            ),
            "cookies": [],
            "content": {"size": 11, "mimeType": "application/json", "text": '{"ok":true}'},
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": -1,
            "_transferSize": 120,
            "_error": None,
        },
        "serverIPAddress": "192.0.2.1",
        "startedDateTime": "2026-03-01T10:00:00.250Z",
        "time": 41.5,
        "timings": {"blocked": 1, "dns": -1, "send": 0.1, "wait": 30, "receive": 1},
        **changes,
    }


def simple(
    url: str = "http://h.example/a", *, request: Any = None, response: Any = None, **more: Any
) -> dict[str, Any]:
    """As little as an entry can have, and what is given."""
    entry: dict[str, Any] = {"request": {"method": "GET", "url": url, **(request or {})}, **more}
    return entry if response is None else {**entry, "response": response}


def answer(
    text: str | None = "ok", status: int = 200, headers: Iterable[tuple[str, str]] = (), **content: Any
) -> dict[str, Any]:
    given = {} if text is None else {"text": text}
    return {"status": status, "headers": pairs(*headers), "content": {**given, **content}}


def mitmproxy_har(*flows: http.HTTPFlow) -> bytes:
    return json.dumps(SaveHar().make_har(flows), indent=4).encode()


# -- mitmproxy ----------------------------------------------------------------------------------------------------


def http_flow(
    path: bytes = b"/a?b=1",
    *,
    method: bytes = b"GET",
    headers: Iterable[tuple[bytes, bytes]] = ((b"Host", b"api.example.com"),),
    body: bytes | None = b"",
    status: int = 200,
    answered: Iterable[tuple[bytes, bytes]] = ((b"Content-Type", b"text/plain"),),
    answer: bytes | None = b"ok",
) -> http.HTTPFlow:
    made = tflow.tflow(resp=True)
    assert made.response is not None
    request, response = made.request, made.response
    request.host, request.port, request.scheme = "api.example.com", 443, "https"
    request.data.path, request.data.method = path, method
    request.headers, request.raw_content = http.Headers(headers), body
    response.status_code, response.headers, response.raw_content = status, http.Headers(answered), answer
    request.timestamp_start, response.timestamp_end = 1_700_000_000.0, 1_700_000_000.5
    return made


def flow_file(*flows: flow.Flow) -> bytes:
    file = BytesIO()
    writer = FlowWriter(file)
    for one in flows:
        writer.add(one)
    return file.getvalue()


# -- the others ---------------------------------------------------------------------------------------------------


def payload(
    kind: int, name: str, message: bytes, *, at: int = 1_700_000_000_000_000_000, latency: int | None = None
) -> bytes:
    meta = f"{kind} {name} {at}" + ("" if latency is None else f" {latency}")
    return meta.encode() + b"\n" + message + SEPARATOR


GOR_REQUEST = b"POST /a?b=1 HTTP/1.1\r\nHost: h.example:8080\r\nContent-Length: 3\r\n\r\nabc"
GOR_RESPONSE = b"HTTP/1.1 201 Created\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"


def newman(*executions: object) -> bytes:
    """As newman 6 writes it: the collection first, then what was sent."""
    return json.dumps(
        {
            "collection": {"item": [{"request": {"method": "GET"}}], "info": {"name": "orders"}},
            "environment": {},
            "globals": {},
            "run": {"stats": {}, "timings": {"started": 1}, "executions": executions, "failures": [], "error": None},
        },
        indent=2,
    ).encode()


def execution(**changes: Any) -> dict[str, Any]:
    request = {
        "url": {
            "protocol": "https",
            "port": "8443",
            "path": ["orders", ":id", "a b"],
            "host": ["api", "example", "com"],
            "query": [
                {"key": "q", "value": "\u00fc"},
                {"key": "bare", "value": None},
                {"key": "x", "value": "1", "disabled": True},
            ],
            "variable": [{"type": "any", "key": "id", "value": "7"}],
        },
        "header": [
            {"key": "X-A", "value": "1"},
            {"key": "X-Off", "value": "1", "disabled": True},
            {"key": "Host", "value": "api.example.com:8443", "system": True},
        ],
        "method": "GET",
    }
    body = b'{"ok":true}'
    response = {
        "id": "x",
        "status": "OK",
        "code": 200,
        "header": [
            {"key": "Content-Encoding", "value": "gzip"},
            {"key": "Content-Length", "value": "31"},
            {"key": "Content-Type", "value": "application/json"},
        ],
        "stream": {"type": "Buffer", "data": [*body]},
        "cookie": [],
        "responseTime": 24,
        "responseSize": 11,
    }
    return {"cursor": {"position": 0}, "item": {}, "request": {**request, **changes}, "response": response, "id": "x"}


RECORDED = Recorded(
    where="line 2",
    request=Request("POST", "/a?b=\u00e4", [("Host", "h.example"), ("X", "1")], b"\xff\x00"),
    scheme="https",
    host="h.example",
    port=8443,
    response=Response(404, [("Content-Type", "text/plain")], b"gone"),
    started=1_700_000_000.25,
    duration=0.5,
    client="c",
    redacted=frozenset({"body"}),
    key="k",
)
URLS = b"# health\r\nGET http://h.example/a\r\n\r\n/orders/1\r\nDELETE https://h.example:8443/x?y=1\r\n"


def one_of_each() -> dict[str, bytes]:
    """A right file of each form, as bytes."""
    return {
        "mitmproxy flows": flow_file(
            http_flow(), http_flow(b"/b", method=b"POST", body=b"abc"), tflow.ttcpflow(), http_flow(b"/c")
        ),
        "HAR": har(
            chrome(),
            simple(response=answer()),
            simple("http://h.example/b", response=answer(base64.b64encode(b"\xff").decode(), encoding="base64")),
        ),
        "JSON lines": Header(key="k").line() + encode(RECORDED) * 2 + b'{"url":"/x"}\n',
        "list of URLs": URLS,
        "GoReplay": payload(1, "a1", GOR_REQUEST)
        + payload(2, "a1", GOR_RESPONSE, latency=5_000_000)
        + payload(1, "b2", GOR_REQUEST),
        "newman report": newman(execution(), execution()),
    }


def host_of(entry: Recorded) -> str:
    return header(entry.request.headers, "host")
