"""Responses of other libraries as comparing takes them. That real ones of a real server are taken is in
test_comparing.py; here are those that no well-behaved server sends."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from shadow.errors import UsageError
from shadow.exchange import Response
from shadow.pytest_plugin.responses import as_response


class Headers(dict[str, str]):
    """urllib3's HTTPHeaderDict, as much of it as is asked for: `iteritems` gives what came more than once."""

    lines: tuple[tuple[str, str], ...] = ()

    def iteritems(self) -> Iterator[tuple[str, str]]:
        return iter(self.lines)


class Raw:
    """urllib3's HTTPResponse."""

    CONTENT_DECODERS = ("gzip", "x-gzip", "deflate")

    def __init__(self, *lines: tuple[str, str]) -> None:
        self.headers = Headers()
        self.headers.lines = lines


class Requests:
    """requests.Response, attribute by attribute: requests need not be installed where these tests run."""

    def __init__(self, raw: Any, content: Any = b"", headers: dict[str, str] | None = None) -> None:
        self.status_code = 200
        self.raw = raw
        self.headers = headers or {}
        self._content = content

    @property
    def content(self) -> bytes | None:
        if isinstance(self._content, Exception):
            raise self._content
        return self._content

    def iter_content(self) -> None: ...


def test_our_own_is_taken_as_it_is() -> None:
    response = Response(200, [("A", "1")], b"x")
    assert as_response(response, "legacy") is response


def test_httpx_bytes_beyond_ascii_and_repeated_headers_come_through() -> None:
    raw = [(b"X-Name", b"\xe9t\xe9"), (b"Set-Cookie", b"a=1"), (b"set-cookie", b"b=2")]
    found = as_response(httpx.Response(204, headers=raw), "legacy")
    assert found == Response(204, [("X-Name", "\xe9t\xe9"), ("Set-Cookie", "a=1"), ("set-cookie", "b=2")])


@pytest.mark.parametrize(
    ("codings", "left"), [("gzip", []), ("GZIP", []), ("x-odd, gzip", ["x-odd"]), ("aws-chunked", ["aws-chunked"])]
)
def test_codings_that_httpx_has_taken_off_are_gone_from_the_header(codings: str, left: list[str]) -> None:
    body = gzip.compress(b"hello") if "gzip" in codings.lower() else b"hello"
    response = httpx.Response(200, headers={"Content-Encoding": codings, "Content-Type": "text/plain"}, content=body)
    found = as_response(response, "legacy")
    assert found.body == b"hello"
    assert [value for name, value in found.headers if name.lower() == "content-encoding"] == left


def test_requests_headers_are_those_of_the_wire() -> None:
    raw = Raw(("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))
    joined = {"Set-Cookie": "a=1, b=2"}
    assert as_response(Requests(raw, b"x", joined), "legacy").headers == [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]


def test_where_requests_has_no_wire_below_it_its_own_headers_do() -> None:
    """As with libraries that answer in requests' place."""
    found = as_response(Requests(None, None, {"A": "1", "Content-Encoding": "br"}), "legacy")
    assert found == Response(200, [("A", "1")], b"")


def test_a_coding_that_urllib3_can_not_take_off_stays() -> None:
    found = as_response(Requests(Raw(("Content-Encoding", "zstd")), b"\x28\xb5"), "legacy")
    assert found == Response(200, [("Content-Encoding", "zstd")], b"\x28\xb5")


@pytest.mark.parametrize("error", [RuntimeError("consumed"), OSError("broken")])
def test_a_body_that_can_not_be_read_is_told(error: Exception) -> None:
    with pytest.raises(UsageError, match=r"the body of the candidate response can't be read \((Runtime|OS)Error\)"):
        as_response(Requests(Raw(), error), "candidate")


@pytest.mark.parametrize("other", [None, {}, "200 OK", b"", (200, [], b""), object(), httpx.Request("GET", "http://x")])
def test_anything_else_is_refused(other: object) -> None:
    with pytest.raises(UsageError, match=r"takes responses of httpx or requests, .*; legacy is an? "):
        as_response(other, "legacy")


class Foreign:
    """A framework's own, which nobody knows whether its content is decoded."""

    status_code = 200
    content = b""
    headers: tuple[()] = ()


def test_a_frameworks_own_is_refused() -> None:
    with pytest.raises(UsageError, match=r"legacy is a .*Foreign"):
        as_response(Foreign(), "legacy")
