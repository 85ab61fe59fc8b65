from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.exchange import Request, Response
from shadow.recordings import Recorded
from shadow.recordings.error import EntryError
from shadow.recordings.sendable import latin, request_of, response_of
from tests.recordings.samples import assert_sendable

NAME = st.sampled_from(["Host", "host", "Content-Length", "Transfer-Encoding", "X", ":path", "a b", ""])
VALUE = st.sampled_from(["3", "03", "chunked", "gzip, chunked", "a\r\nb", "\0", "h.example"]) | st.text(max_size=5)


@given(st.text(max_size=5), st.text(max_size=8), st.lists(st.tuples(NAME, VALUE), max_size=6), st.binary(max_size=4))
def test_every_request_can_be_sent(method, target, headers, body):
    try:
        request = request_of(method, target, headers, body, authority="h")
    except EntryError:
        request = request_of("GET", "/", headers, body)
    assert_sendable(Recorded(where="", request=request))


def test_a_right_request_stays_as_it_is():
    headers = [("accept", "*/*"), ("HOST", "h"), ("X-E", "\xe4"), ("Content-Length", "3"), ("X-E", "")]
    assert request_of("PATCH", "/\xe4?a=%2F//", headers, b"abc", authority="other") == Request(
        "PATCH", "/\xe4?a=%2F//", headers, b"abc"
    )


@pytest.mark.parametrize(
    ("given_headers", "body", "kept"),
    [
        ([("Host", "a"), ("host", "b")], b"", [("Host", "a")]),
        ([("X", "1")], b"", [("Host", "from.url"), ("X", "1")]),
        ([("Host", "a"), (":method", "GET"), ("X Y", "1"), ("X", "a\nb"), ("X", "\u0100")], b"", [("Host", "a")]),
        ([("Host", "a"), ("Content-Length", "2")], b"abc", [("Host", "a")]),
        ([("Host", "a"), ("Content-Length", "3"), ("Content-Length", "4")], b"abc", [("Host", "a")]),
        ([("Host", "a"), ("Transfer-Encoding", "chunked"), ("Content-Length", "3")], b"abc", [("Host", "a")]),
        ([("Host", "a"), ("Transfer-Encoding", "gzip, chunked")], b"abc", [("Host", "a")]),
        ([("Host", "a"), ("Transfer-Encoding", "Chunked")], b"", [("Host", "a"), ("Transfer-Encoding", "Chunked")]),
    ],
)
def test_what_can_not_be_sent_is_left_out(given_headers, body, kept):
    assert request_of("GET", "/", given_headers, body, authority="from.url").headers == kept


@pytest.mark.parametrize(
    ("method", "target"),
    [("", "/"), ("G T", "/"), ("GET", ""), ("GET", "*"), ("GET", "a"), ("GET", "/ "), ("GET", "/\u0100")],
)
def test_no_request_at_all(method, target):
    with pytest.raises(EntryError):
        request_of(method, target, [])


@pytest.mark.parametrize(
    ("method", "status", "body", "kept"),
    [
        ("GET", 200, b"abc", b"abc"),
        ("HEAD", 200, b"", b""),
        ("GET", 304, b"abc", b""),
        ("GET", 204, b"abc", b""),
    ],
)
def test_responses_without_a_body_keep_its_length(method, status, body, kept):
    assert response_of(status, [("Content-Length", "3")], body, method=method) == Response(
        status, [("Content-Length", "3")], kept
    )


def test_a_length_that_is_not_the_body_s_is_left_out():
    assert response_of(200, [("Content-Length", "9"), ("A", "b")], b"abc", method="GET").headers == [("A", "b")]
    with pytest.raises(EntryError):
        response_of(99, [], b"", method="GET")


@pytest.mark.parametrize(
    ("text", "octets"),
    [
        ("a", b"a"),
        ("\xe4", b"\xe4"),
        ("\u20ac", b"\xe2\x82\xac"),
        ("\u20ac\udcff", b"\xe2\x82\xac\xff"),
        ("\ud800", b"?"),
    ],
)
def test_bytes_of_headers(text, octets):
    assert latin(text).encode("latin-1") == octets
