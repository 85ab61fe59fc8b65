from __future__ import annotations

import pytest

from shadow.config.addresses import check_base_url, check_listen, check_store_url


@pytest.mark.parametrize(
    ("url", "normalised"),
    [
        ("https://api.example.com", "https://api.example.com"),
        ("https://api.example.com/", "https://api.example.com"),
        ("http://h/kong//", "http://h/kong"),
        ("HTTPS://API.Example.com:443/Kong", "https://api.example.com/Kong"),
        ("http://h:80", "http://h"),
        ("http://h:8080/a", "http://h:8080/a"),
        ("http://[::1]:9000/a", "http://[::1]:9000/a"),
        ("http://[::1]/a", "http://[::1]/a"),
        ('http://h_1/it\'s%20"q"', 'http://h_1/it\'s%20"q"'),
        ("http://h/a@b", "http://h/a@b"),
    ],
)
def test_a_base_url_is_normalised(url: str, normalised: str) -> None:
    assert check_base_url(url) == normalised
    assert check_base_url(normalised) == normalised


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "must start with http:// or https://"),
        ("api.example.com", "must start with http:// or https://"),
        ("localhost:80", "must start with http:// or https://"),
        ("ftp://h", "must start with http:// or https://"),
        ("http://", "must have a host"),
        ("http:///a", "must have a host"),
        ("http://:80", "must have a host"),
        ("http://h:0", "a port from 1 to 65535"),
        ("http://h:99999", "is not a URL: Port out of range"),
        ("http://h:x", "is not a URL: Port could not be cast"),
        ("http://[::1", "is not a URL"),
        ("http://a,b/", "must have a host"),
        ("http://h?a=1", "must not have a query"),
        ("http://h/#", "must not have a query"),
        ("http://h/?", "must not have a query"),
        ("http://me@h", "must not contain a user or password; send credentials with `headers` or `auth`"),
        ("http://me:pw@h", "must not contain a user or password; send credentials with `headers` or `auth`"),
        ("http://h/a b", "must be ASCII without spaces"),
        ("http://h/a\n", "must be ASCII without spaces"),
        ("http://h/ä", "must be ASCII without spaces"),
    ],
)
def test_what_cannot_be_a_base_url_is_refused_with_the_reason(url: str, reason: str) -> None:
    with pytest.raises(ValueError, match=r".+") as caught:
        check_base_url(url)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    "address", ["127.0.0.1:8080", "localhost:0", "[::1]:8080", "[fe80::1%eth0]:65535", "0.0.0.0:1"]
)
def test_a_listen_address_is_host_and_port(address: str) -> None:
    assert check_listen(address) == address


@pytest.mark.parametrize(
    "address", ["", "8080", ":8080", "host", "host:", "::1:8080", "h:65536", "http://h:1", "h:1/a", "h:٣"]
)
def test_what_is_no_listen_address_is_refused_with_both_forms(address: str) -> None:
    with pytest.raises(ValueError, match=r'"127\.0\.0\.1:8080" or "\[::1\]:8080"'):
        check_listen(address)


@pytest.mark.parametrize(
    "url",
    ["sqlite:///shadow.db", "sqlite:////var/lib/shadow.db", "sqlite:///a.db?timeout=5",
     "postgresql+psycopg://u:p@h:5432/db", "postgresql+psycopg:///db?host=/run/postgresql"],
)  # fmt: skip
def test_a_store_is_a_file_or_a_postgresql_database(url: str) -> None:
    assert check_store_url(url) == url


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("shadow.db", "must start with sqlite:///FILE"),
        ("mysql://h/db", "must start with sqlite:///FILE"),
        ("sqlite+aiosqlite:///x", "must start with sqlite:///FILE"),
        ("postgres://h/db", "must start with postgresql+psycopg://"),
        ("postgresql://h/db", "must start with postgresql+psycopg://"),
        ("sqlite:///a\nb", "control characters"),
        ("sqlite://", "must name a file"),
        ("sqlite:///", "must name a file"),
        ("sqlite:///:memory:", "must name a file"),
        ("sqlite://shadow.db", "must name a file"),
        ("sqlite:///file:x?uri=true", "must name a file"),
        ("postgresql+psycopg://u:p/q@h/db", "percent-encode"),
    ],
)
def test_what_cannot_be_a_store_is_refused_with_the_reason(url: str, reason: str) -> None:
    with pytest.raises(ValueError, match=r".+") as caught:
        check_store_url(url)
    assert reason in str(caught.value)
