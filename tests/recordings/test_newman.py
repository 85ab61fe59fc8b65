from __future__ import annotations

import pytest

from shadow.exchange import Request, Response
from shadow.recordings import Broken, Recorded, Unusable
from shadow.recordings.error import EntryError
from shadow.recordings.newman import entry_of
from tests.recordings.samples import execution, newman


def test_a_report(entries):
    """The path and query as newman sends them, without what was switched off; the body as newman unpacked it."""
    (found,) = entries(newman(execution()))
    assert found == Recorded(
        where="entry 1",
        request=Request("GET", "/orders/7/a%20b?q=%C3%BC&bare", [("X-A", "1"), ("Host", "api.example.com:8443")]),
        scheme="https",
        host="api.example.com",
        port=8443,
        response=Response(200, [("Content-Type", "application/json")], b'{"ok":true}'),
        duration=0.024,
        client="newman",
    )


@pytest.mark.parametrize(
    ("body", "sent", "kind"),
    [
        ({"mode": "raw", "raw": '{"a": "\xfc"}'}, b'{"a": "\xc3\xbc"}', ""),
        ({"mode": "raw"}, b"", ""),
        (
            {
                "mode": "urlencoded",
                "urlencoded": [
                    {"key": "a", "value": "1 2"},
                    {"key": "\xfc", "value": "&="},
                    {"key": "o", "value": "x", "disabled": True},
                ],
            },
            b"a=1%202&%C3%BC=%26%3D",
            "application/x-www-form-urlencoded",
        ),
        (
            {"mode": "graphql", "graphql": {"query": "{a}", "variables": '{"x": 1}'}},
            b'{"query":"{a}","variables":{"x":1}}',
            "application/json",
        ),
        (
            {"mode": "graphql", "graphql": {"query": "{a}", "operationName": "n"}},
            b'{"query":"{a}","operationName":"n"}',
            "application/json",
        ),
    ],
)
def test_bodies(body, sent, kind):
    found = entry_of(execution(method="POST", body=body), "entry 1")
    assert isinstance(found, Recorded)
    assert found.request.body == sent
    assert [value for name, value in found.request.headers if name == "Content-Type"] == [kind] * bool(kind)


def test_bodies_that_newman_left_out():
    """Postman's `disableBodyPruning` is off by default, and the report has what the collection has."""
    found = entry_of(execution(method="GET", body={"mode": "raw", "raw": "a"}), "entry 1")
    assert isinstance(found, Recorded)
    assert found.request.body == b""
    sent = execution(method="GET", body={"mode": "raw", "raw": "a"}, header=[{"key": "Content-Length", "value": "1"}])
    assert entry_of(sent, "entry 1").request.body == b"a"


@pytest.mark.parametrize("length", ["34", "36"])
def test_graphql_that_can_not_be_made_again(length):
    body = {"mode": "graphql", "graphql": {"query": "{a}", "variables": '{"x": 1}'}}
    sent = execution(method="POST", body=body, header=[{"key": "Content-Length", "value": length}])
    assert entry_of(sent, "entry 1") == Unusable("entry 1", "body that was not recorded")


@pytest.mark.parametrize(
    "body",
    [
        {"mode": "formdata", "formdata": [{"key": "a", "value": "1", "type": "text"}]},
        {"mode": "file", "file": {"src": "/a"}},
        {"mode": "graphql", "graphql": {"query": "{a}", "variables": "{"}},
    ],
)
def test_bodies_that_the_report_does_not_have(body):
    assert entry_of(execution(method="POST", body=body), "entry 1") == Unusable("entry 1", "body that was not recorded")


@pytest.mark.parametrize(
    ("url", "target", "host"),
    [
        ("http://h.example/a b?c={{d}}", "/a%20b?c=%7B%7Bd%7D%7D", "h.example"),
        ({"host": "h.example", "path": "/a/b"}, "/a/b", "h.example"),
        ({"host": ["h", "example"], "path": []}, "/", "h.example"),
        ({"host": ["h", "example"], "path": ["", "a%20b", ":id"]}, "/" + "/a%20b/:id", "h.example"),
    ],
)
def test_urls_in_any_style(url, target, host):
    found = entry_of({"request": {"method": "GET", "url": url}}, "entry 1")
    assert isinstance(found, Recorded)
    assert (found.request.target, found.host, found.response) == (target, host, None)
    assert found.request.headers == [("Host", "h.example")]


@pytest.mark.parametrize("request_", [None, {}, {"url": {}}, {"url": "/a"}, {"url": {"host": ["a b"]}}])
def test_without_a_server_it_can_not_be_sent(request_):
    with pytest.raises(EntryError):
        entry_of({"request": request_}, "entry 1")


def test_a_collection_that_was_not_run(entries):
    (found,) = entries(b'{"collection": {"info": {}, "item": []}}')
    assert isinstance(found, Broken)
    assert "run it with newman" in found.problem


def test_what_is_broken_costs_no_other_execution(entries):
    found = entries(newman(execution(), 7, execution()))
    assert [type(entry) for entry in found] == [Recorded, Broken, Recorded]
    assert found[1].where.startswith("entry 2 (byte ")
