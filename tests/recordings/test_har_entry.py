from __future__ import annotations

import base64
import gzip

import pytest

from shadow.exchange import Request, Response
from shadow.recordings import Broken, Recorded, Unusable
from shadow.recordings.har_entry import entry_of
from tests.recordings.samples import answer, chrome, pairs, simple


def recorded(entry: object) -> Recorded:
    found = entry_of(entry, "entry 7")
    assert isinstance(found, Recorded), found
    return found


def posted(text: str | None = None, *, kind: str = "", headers: object = (), **post: object) -> dict[str, object]:
    data = {"mimeType": kind, **({} if text is None else {"text": text}), **post}
    return {"method": "POST", "headers": pairs(*headers), "postData": data}  # type: ignore[misc]


def test_an_entry_of_chrome():
    assert recorded(chrome()) == Recorded(
        where="entry 7",
        request=Request(
            "POST",
            "/orders?page=2",
            [("Host", "api.example.com"), ("content-type", "application/json"), ("content-length", "10")],
            '{"a":"\xfc"}'.encode(),
        ),
        scheme="https",
        host="api.example.com",
        port=443,
        response=Response(
            200, [("content-type", "application/json"), ("set-cookie", "a=1"), ("set-cookie", "b=2")], b'{"ok":true}'
        ),
        started=1772359200.25,
        duration=0.0415,
        client="har",
    )


def test_the_least_that_an_entry_can_have():
    found = recorded(simple("https://[::1]:8443/a b?c#d"))
    assert found.request == Request("GET", "/a%20b?c", [("Host", "[::1]:8443")])
    assert (found.scheme, found.host, found.port) == ("https", "::1", 8443)
    assert (found.response, found.started, found.duration) == (None, None, 0.0)


@pytest.mark.parametrize(
    "headers",
    [
        [["Host", "a"], ["X", "\u20ac"]],  # Slack
        {"Host": "a", "X": "\u20ac"},
        [{"name": "Host", "value": "a"}, {"name": "host", "value": "b"}, {"name": "X", "value": "\u20ac"}, 7],
        [{"name": ":authority", "value": "a"}, {"name": ":path", "value": "/"}, {"name": "X", "value": "\u20ac"}],
    ],
)
def test_headers_in_any_style(headers):
    assert recorded(simple(request={"headers": headers})).request.headers == [("Host", "a"), ("X", "\xe2\x82\xac")]


@pytest.mark.parametrize(
    ("entry", "what"),
    [
        (simple("ws://h.example/a"), "WebSocket"),
        (simple(_webSocketMessages=[]), "WebSocket"),
        (simple(_resourceType="websocket"), "WebSocket"),
        (simple(response={"status": 101}), "WebSocket"),
        (simple("data:text/plain,secret"), "data: URL"),
        (simple("blob:https://h.example/1"), "blob: URL"),
        (simple("about:blank"), "about: URL"),
        (simple("chrome-extension://id/x.js"), "chrome-extension: URL"),
        (simple("https://https://h.example/", request={"method": "CONNECT"}), "CONNECT"),
        (
            simple(request=posted(kind="multipart/form-data; boundary=x", params=pairs(("a", "1")))),
            "body that was not recorded",
        ),
        # A file was left out of it.
        (
            simple(
                request=posted(
                    "--x\r\n\r\n--x--", kind="multipart/form-data; boundary=x", headers=[("Content-Length", "99")]
                )
            ),
            "body that was not recorded",
        ),
        (simple(request={"method": "POST", "bodySize": 5}), "body that was not recorded"),
        (simple(request={"method": "DELETE", "headers": pairs(("content-length", "5"))}), "body that was not recorded"),
        (simple(request=posted("no base64!", encoding="base64")), "body that was not recorded"),
    ],
)
def test_what_is_no_request_that_could_be_sent(entry, what):
    assert entry_of(entry, "entry 7") == Unusable("entry 7", what)


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (None, "it has no request"),
        ({"request": []}, "it has no request"),
        ({"request": {"method": "GET"}}, "its request has no url"),
        ({"request": {"url": "http://h.example/"}}, "its method is none"),
        (simple("/orders"), "its URL has no host"),
        (simple("http:///orders"), "its URL has no host"),
        (simple("ftp://h.example/"), "its URL is none of http or https, and no path (it begins with 'ftp')"),
        (simple("http://h.example/\x01"), "its URL holds blanks or control characters"),
        (simple("http://h.example:99999/"), "its URL has no host and port that can be understood"),
        (simple("http://secret word.example/"), "its URL has no host"),
    ],
)
def test_what_is_wrong(entry, problem):
    assert entry_of(entry, "entry 7") == Broken("entry 7", problem)


@pytest.mark.parametrize(
    ("request_", "body", "headers"),
    [
        (posted("a\xe4", kind="text/plain; charset=latin1"), b"a\xe4", []),
        (posted("/wA=", encoding="base64", headers=[("Content-Length", "2")]), b"\xff\0", [("Content-Length", "2")]),
        (posted("/wA=", _encoding="base64"), b"\xff\0", []),
        (posted(params=pairs(("a", "1 2"), ("b", "3"))), b"a=1+2&b=3", []),
        (posted("", kind="application/x-www-form-urlencoded", params=pairs(("a", "1"))), b"a=1", []),
        (
            posted("--x--", kind="multipart/form-data; boundary=x", headers=[("Content-Length", "5")]),
            b"--x--",
            [("Content-Length", "5")],
        ),
        # mitmproxy writes what was unpacked, but leaves the header.
        (posted('{"a":1}', headers=[("Content-Encoding", "gzip"), ("Content-Length", "27")]), b'{"a":1}', []),
        (
            posted(
                base64.b64encode(gzip.compress(b"a", mtime=0)).decode(),
                encoding="base64",
                headers=[("Content-Encoding", "gzip")],
            ),
            gzip.compress(b"a", mtime=0),
            [("Content-Encoding", "gzip")],
        ),
        ({"method": "POST", "bodySize": 0, "headers": pairs(("Content-Length", "0"))}, b"", [("Content-Length", "0")]),
        ({"method": "GET", "bodySize": 300}, b"", []),  # with its headers, as some count
        ({"method": "GET", "bodySize": -1}, b"", []),
    ],
)
def test_request_bodies(request_, body, headers):
    found = recorded(simple(request=request_)).request
    assert found.body == body
    assert found.headers == [("Host", "h.example"), *headers]


@pytest.mark.parametrize(
    ("response", "wanted"),
    [
        (answer("\xe4", mimeType="text/plain; charset=latin1"), Response(200, [], b"\xe4")),
        (
            answer("\xe4", headers=[("Content-Type", "text/plain;charset=latin1")]),
            Response(200, [("Content-Type", "text/plain;charset=latin1")], b"\xe4"),
        ),
        (answer("/wA=", encoding="base64"), Response(200, [], b"\xff\0")),
        (
            answer(
                base64.b64encode(gzip.compress(b"a", mtime=0)).decode(),
                encoding="base64",
                headers=[("Content-Encoding", "gzip")],
            ),
            Response(200, [("Content-Encoding", "gzip")], gzip.compress(b"a", mtime=0)),
        ),
        (
            answer(
                "a",
                headers=[
                    ("Content-Encoding", "gzip"),
                    ("Transfer-Encoding", "chunked"),
                    ("Content-Length", "21"),
                    ("A", "b"),
                ],
            ),
            Response(200, [("A", "b")], b"a"),
        ),
        (answer("", size=0), Response(200, [], b"")),
        (answer(None), Response(200, [], b"")),
        (
            answer(None, 304, [("Content-Length", "9"), ("ETag", "x")], size=9),
            Response(304, [("Content-Length", "9"), ("ETag", "x")], b""),
        ),
        (answer(None, 204), Response(204, [], b"")),
        ({"status": "404", "content": {"text": "x"}}, Response(404, [], b"x")),
        # mitmproxy's size is the packed one.
        (
            answer("\xe4" * 9, size=5, compression=4, headers=[("Content-Encoding", "gzip"), ("Content-Length", "5")]),
            Response(200, [], b"\xe4" * 9),
        ),
    ],
)
def test_responses(response, wanted):
    assert recorded(simple(response=response)).response == wanted


def test_a_response_to_head_has_no_body():
    entry = simple(request={"method": "HEAD"}, response=answer(None, headers=[("Content-Length", "9")], size=9))
    assert recorded(entry).response == Response(200, [("Content-Length", "9")], b"")


@pytest.mark.parametrize(
    "entry",
    [
        simple(),
        simple(response={}),
        simple(response=answer("", 0)),
        simple(response=answer("x", -1)),
        simple(response=answer("x", 200.5)),
        simple(response=answer(None, size=7)),
        simple(response={**answer(None), "bodySize": 7}),
        simple(response=answer("", headers=[("Content-Length", "7")])),  # it was streamed through mitmproxy
        simple(response=answer("abc", headers=[("Content-Length", "7")])),  # Firefox cuts large ones off
        simple(response=answer("no base64!", encoding="base64")),
        simple(response=answer("a\ufffd", size=2)),
        simple(response=answer("\ud800")),
        simple(response=answer(), _fromCache="disk"),
        simple(response=answer(), _servedFromCache=True),
        simple(response={**answer(), "_fromDiskCache": True}),
        simple(response=answer("", size=0), fromCache=True),
        simple(response={**answer("", 307), "statusText": "Internal Redirect"}),
    ],
)
def test_what_the_server_did_not_answer_or_nobody_recorded(entry):
    assert recorded(entry).response is None
