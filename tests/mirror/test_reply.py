"""Every response that a server may send, cut anywhere."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.mirror.reply import MAX_HEAD, BodyTooLargeError, RawResponse, Reply

LENGTH_5 = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nX-Trailer: t\r\n\r\n"
UNTIL_END = b"HTTP/1.1 200 OK\r\nX-A: b\r\n\r\nhello"


def read(*pieces: bytes, head: bool = False, max_body: int = 1000, end: bool = False) -> Reply:
    reply = Reply(head=head, max_body=max_body)
    for piece in pieces:
        reply.feed(piece)
    if end:
        reply.end(None)
    return reply


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
EMPTY = (b"Content-Length", b"0")
COMPLETE = {
    "a length": (LENGTH_5, 200, [(b"Content-Length", b"5")], b"hello", True),
    "chunks": (CHUNKED, 200, [(b"Transfer-Encoding", b"chunked")], b"hello", True),
    "204": (b"HTTP/1.1 204 No Content\r\n\r\n", 204, [], b"", True),
    "304": (b"HTTP/1.1 304 No\r\nContent-Length: 5\r\n\r\n", 304, [(b"Content-Length", b"5")], b"", True),
    "close": (OK + b"Connection: close\r\n\r\n", 200, [EMPTY, (b"Connection", b"close")], b"", False),
    "1.0": (b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", 200, [EMPTY], b"", False),
    "no reason": (b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200, [EMPTY], b"", True),
    "a reason": (b"HTTP/1.1 299 Caf\xe9\r\nContent-Length:0\r\n\r\n", 299, [EMPTY], b"", True),
    "spelling": (OK + b"x-CASE: \xe9 \t\r\nX-E:\r\n\r\n", 200, [EMPTY, (b"x-CASE", b"\xe9"), (b"X-E", b"")], b"", True),
    "twice": (OK + b"X-Dup: 1\r\nx-dup: 2\r\n\r\n", 200, [EMPTY, (b"X-Dup", b"1"), (b"x-dup", b"2")], b"", True),
    "controls": (OK + b"X: a\x07b\r\n\r\n", 200, [EMPTY, (b"X", b"a\x07b")], b"", True),
    "LF alone": (b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok", 200, [(b"Content-Length", b"2")], b"ok", True),
    "upgrade": (b"HTTP/1.1 101 S\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nnoise",
                101, [(b"Upgrade", b"x"), (b"Connection", b"Upgrade")], b"", False),
}  # fmt: skip
INTERIM = [b"", b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"]


@pytest.mark.parametrize(("data", "status", "headers", "body", "reusable"), COMPLETE.values(), ids=COMPLETE)
@pytest.mark.parametrize("interim", INTERIM, ids=["", "100", "103"])
@pytest.mark.parametrize("bytewise", [False, True])
def test_complete_responses(data, status, headers, body, reusable, interim, bytewise):
    whole = interim + data
    reply = read(*(whole[i : i + 1] for i in range(len(whole)))) if bytewise else read(whole)
    assert (reply.error, reply.response, reply.reusable) == (None, RawResponse(status, headers, body), reusable)


@given(st.sampled_from([LENGTH_5, CHUNKED]), st.data())
def test_a_response_is_the_same_however_it_is_cut_and_never_there_before_its_last_byte(data, draws):
    cuts = sorted(draws.draw(st.lists(st.integers(0, len(data)))))
    pieces = [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    assert read(*pieces).response == read(data).response
    shorter = read(data[: draws.draw(st.integers(0, len(data) - 1))])
    assert not shorter.done
    shorter.end(None)
    assert isinstance(shorter.error, httpx.RemoteProtocolError)


def test_without_a_length_the_end_of_the_connection_is_the_end_of_the_body():
    reply = read(UNTIL_END, b" world")
    assert not reply.done
    reply.end(None)
    assert reply.response == RawResponse(200, [(b"X-A", b"b")], b"hello world")
    assert not reply.reusable


def test_a_connection_that_breaks_is_not_the_end_of_such_a_body():
    reply = read(UNTIL_END)
    reply.end(ConnectionResetError("reset"))
    assert reply.response is None
    assert isinstance(reply.error, httpx.ReadError)


@pytest.mark.parametrize("length", [b"Content-Length: 5", b"Transfer-Encoding: chunked", b"X-None: 1"])
def test_the_answer_to_head_ends_with_its_headers(length):
    reply = read(b"HTTP/1.1 200 OK\r\n%b\r\n\r\n" % length, head=True)
    assert reply.response is not None
    assert (reply.response.status, reply.response.body) == (200, b"")


def test_a_body_after_head_spoils_the_connection_and_not_the_answer():
    reply = read(LENGTH_5, head=True)
    assert reply.response is not None
    assert reply.response.body == b""
    assert not reply.reusable


@pytest.mark.parametrize("more", [LENGTH_5, b"HTTP/1.1 200 OK\r\n", b"garbage", b"\r\n"])
def test_what_comes_after_the_end_spoils_the_connection_and_not_the_answer(more):
    reply = read(LENGTH_5 + more)
    assert reply.response == RawResponse(200, [(b"Content-Length", b"5")], b"hello")
    assert not reply.reusable or more == b"\r\n"


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 20x OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    ],
)
def test_what_is_not_http_is_an_error(data):
    reply = read(data, end=True)
    assert reply.response is None
    assert isinstance(reply.error, httpx.RemoteProtocolError)
    assert not reply.reusable


@pytest.mark.parametrize("interim", [b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"])
def test_headers_without_an_end_are_an_error_in_time(interim):
    reply = Reply(head=False, max_body=10)
    reply.feed(interim + b"HTTP/1.1 200 OK\r\n")
    line = b"X-Long: " + b"x" * 10_000 + b"\r\n"
    for _ in range(MAX_HEAD // len(line) + 1):
        reply.feed(line)
    assert isinstance(reply.error, httpx.RemoteProtocolError)


def test_more_headers_than_anybody_sends_are_an_error_though_they_end():
    assert isinstance(read(OK + b"X: " + b"x" * MAX_HEAD + b"\r\n\r\n").error, httpx.RemoteProtocolError)
    assert read(OK + b"X: " + b"x" * (MAX_HEAD - 100) + b"\r\n\r\n").response is not None


@pytest.mark.parametrize("data", [LENGTH_5, CHUNKED, UNTIL_END])
def test_a_body_beyond_the_limit_is_too_large(data):
    assert isinstance(read(data, max_body=4, end=True).error, BodyTooLargeError)
    assert read(data, max_body=5, end=True).response is not None


def test_a_body_that_is_declared_too_large_is_not_waited_for():
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n"
    assert isinstance(read(head).error, BodyTooLargeError)
    assert read(head, head=True).response is not None
    assert read(head.replace(b"200", b"304")).response is not None
    assert not read(head, max_body=1001).done


@pytest.mark.parametrize("length", [b"", b" ", b"1 1", b"0x10", b"99999999999999999999999", "１".encode()])
def test_a_length_that_is_no_number_is_an_error(length):
    reply = read(b"HTTP/1.1 200 OK\r\nContent-Length: " + length + b"\r\n\r\n", end=True)
    assert isinstance(reply.error, httpx.RemoteProtocolError)


@given(st.binary(max_size=300), st.booleans())
def test_no_bytes_make_it_raise(data, head):
    reply = read(b"HTTP/1.1 200 OK\r\n", data, head=head, end=True)
    assert reply.done
