"""Who gets an answer, decided from the request alone."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from shadow.serve.guard import LOOPBACK, host_name, refusal

NAMES = LOOPBACK | {"shadow.example.com"}


def status(method: str = "GET", *lines: tuple[str, str], host: str = "127.0.0.1:8100") -> int:
    raw = [(name.encode(), value.encode()) for name, value in (("host", host), *lines)]
    refused = refusal(method, Headers(raw=raw), NAMES)
    return 200 if refused is None else refused.status


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:8100", "127.0.0.1", "localhost:9000", "LocalHost", "localhost.", "[::1]:8100", "shadow.example.com"],
)
def test_its_own_names_are_answered_at_whatever_port_a_tunnel_has(host: str) -> None:
    assert status(host=host) == 200


@pytest.mark.parametrize(
    "host",
    ["evil.test", "evil.test:8100", "127.0.0.1.evil.test", "localhost.evil.test", "evil-localhost", "0.0.0.0:8100"],
)
def test_a_name_that_only_leads_here_is_not(host: str) -> None:
    assert status(host=host) == 421


@pytest.mark.parametrize("host", ["", " ", "localhost:x", "user@localhost", "localhost/", "[::1", "localhost:123456"])
def test_what_is_no_name_is_a_bad_request(host: str) -> None:
    assert status(host=host) == 400


def test_a_request_must_say_just_once_whom_it_is_for() -> None:
    assert refusal("GET", Headers(raw=[]), NAMES).status == 400  # type: ignore[union-attr]
    assert status("GET", ("host", "127.0.0.1:8100")) == 400


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get"])
def test_nothing_but_reading_is_allowed(method: str) -> None:
    assert status(method) == 405
    assert status("HEAD") == 200


@pytest.mark.parametrize(
    ("site", "mode", "destination", "expected"),
    [
        ("same-origin", "cors", "empty", 200),
        ("none", "navigate", "document", 200),
        ("cross-site", "navigate", "document", 200),  # a link that somebody has followed
        ("same-site", "navigate", "document", 200),
        ("cross-site", "navigate", "iframe", 403),
        ("cross-site", "no-cors", "script", 403),
        ("cross-site", "no-cors", "image", 403),
        ("cross-site", "cors", "empty", 403),
        ("same-site", "cors", "empty", 403),  # another port of this machine
        ("same-site", "no-cors", "script", 403),
    ],
)
def test_other_sites_may_link_here_and_nothing_else(site: str, mode: str, destination: str, expected: int) -> None:
    said = [("sec-fetch-site", site), ("sec-fetch-mode", mode), ("sec-fetch-dest", destination)]
    assert status("GET", *said) == expected


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("http://127.0.0.1:8100", 200),
        ("http://127.0.0.1:3000", 403),
        ("https://evil.test", 403),
        ("null", 403),
        ("", 403),
        ("http://[", 403),
        ("http://[x]", 403),
    ],
)
def test_an_origin_that_is_said_must_be_this_one(origin: str, expected: int) -> None:
    assert status("GET", ("origin", origin)) == expected


def test_names_are_compared_in_one_spelling() -> None:
    assert host_name("Shadow.Example.COM.:443") == "shadow.example.com"
    assert host_name("[::1]:80") == "[::1]"
    assert host_name("http://x") == ""
