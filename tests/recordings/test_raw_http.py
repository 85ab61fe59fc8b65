from __future__ import annotations

import pytest

from shadow.recordings.error import EntryError
from shadow.recordings.raw_http import request_message, response_message
from tests.recordings.samples import GOR_REQUEST, GOR_RESPONSE


def test_a_request():
    message = request_message(GOR_REQUEST)
    assert (message.method, message.url, message.body, message.complete) == ("POST", "/a?b=1", b"abc", True)
    assert message.headers == [("Host", "h.example:8080"), ("Content-Length", "3")]


def test_chunks_are_put_together():
    message = request_message(
        b"PUT /\xe4 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\n\r\n"
    )
    assert (message.url, message.body, message.complete) == ("/\xe4", b"abc", True)


@pytest.mark.parametrize("data", [GOR_REQUEST[:-1], GOR_REQUEST[:30], b"GET /"])
def test_a_part_is_missing(data):
    assert not request_message(data).complete


@pytest.mark.parametrize("data", [b"", b"secret", GOR_REQUEST * 2, b"GET / HTTP/1.1\r\nsecret\r\n\r\n", GOR_RESPONSE])
def test_what_is_no_request(data):
    with pytest.raises(EntryError) as caught:
        request_message(data)
    assert "secret" not in str(caught.value)


def test_a_response():
    status, message = response_message(b"HTTP/1.1 100 Continue\r\n\r\n" + GOR_RESPONSE)
    assert (status, message.body, message.complete) == (201, b"ok", True)
    status, message = response_message(GOR_RESPONSE[:-1])
    assert (status, message.complete) == (201, False)
    status, message = response_message(b"HTTP/1.0 200 OK\r\n\r\nuntil the end")
    assert (status, message.body, message.complete) == (200, b"until the end", True)
    with pytest.raises(EntryError):
        response_message(b"")
    with pytest.raises(EntryError):
        response_message(GOR_REQUEST)
