"""Headers: what each profile compares, and what each header's value means."""

from __future__ import annotations

import pytest

from shadow.compare import compare
from shadow.compare.rules import Rules
from shadow.exchange import Response

Headers = list[tuple[str, str]]
SHARED_HOST = Rules(legacy_url="https://api.example.com/kong", candidate_url="https://api.example.com")


def told(legacy: Headers, candidate: Headers, rules: Rules | None = None) -> list[tuple[str, str, str, str]]:
    found = compare(Response(200, legacy), Response(200, candidate), rules)
    return [(d.path, d.kind, d.class_, d.severity) for d in found]


@pytest.mark.parametrize(
    "name",
    [
        "Date",
        "Content-Length",
        "Connection",
        "Transfer-Encoding",
        "Proxy-Authenticate",
        "X-Kong-Request-Id",
        "x-amzn-RequestId",
        "x-amz-apigw-id",
        "X-Amzn-Trace-Id",
        "Apigw-Requestid",
        "X-Amz-Cf-Id",
    ],
)
def test_transport_and_request_ids_are_never_looked_at(name: str) -> None:
    assert told([(name, "1")], []) == told([], [(name, "1")]) == told([(name, "1")], [(name, "2")]) == []


@pytest.mark.parametrize(
    "name",
    [
        "X-Kong-Upstream-Latency",
        "Kong-Route-Name",
        "Via",
        "Server",
        "X-RateLimit-Remaining-Minute",
        "RateLimit-Reset",
        "Retry-After",
        "X-Cache-Status",
        "Age",
        "x-amzn-Remapped-Date",
        "x-amzn-ErrorType",
        "X-Cache",
        "X-Powered-By",
    ],
)
def test_a_gateway_header_is_a_notice_where_one_side_sends_it_and_nothing_where_both_do(name: str) -> None:
    lower = name.lower()
    assert told([(name, "1")], []) == [(lower, "header-missing", "gateway", "notice")]
    assert told([], [(name, "1")]) == [(lower, "header-added", "gateway", "notice")]
    assert told([(name, "1")], [(name, "2")]) == []
    assert [severity for *_, severity in told([(name, "1")], [], Rules(profile="strict"))] == ["difference"]


def test_any_other_header_is_compared() -> None:
    assert told([("X-Total-Count", "7")], []) == [("x-total-count", "header-missing", "header", "difference")]
    assert told([], [("X-Total-Count", "7")]) == [("x-total-count", "header-added", "header", "difference")]
    assert told([("X-Total-Count", "7")], [("x-total-count", "8")]) == [
        ("x-total-count", "header-changed", "header", "difference")
    ]


def test_the_profile_none_compares_no_header() -> None:
    assert told([("X-A", "1"), ("Content-Type", "a/b")], [("Set-Cookie", "a=1")], Rules(profile="none")) == []


@pytest.mark.parametrize(
    ("legacy", "candidate"),
    [
        ([("Vary", "Origin, Accept")], [("vary", "accept"), ("VARY", "origin")]),
        ([("Vary", "Accept-Encoding")], []),
        ([("Vary", "Origin")], [("Vary", "Origin, accept-encoding")]),
        ([("Cache-Control", "no-store, max-age=0")], [("Cache-Control", 'max-age="0",No-Store')]),
        ([("Access-Control-Allow-Methods", "GET,PUT")], [("Access-Control-Allow-Methods", "PUT, GET")]),
        ([("X-List", "a, b")], [("X-List", "a"), ("X-List", "b")]),
        ([("Content-Type", "text/html;charset=UTF-8")], [("Content-Type", "Text/HTML; charset=utf8")]),
        ([("Content-Type", "multipart/mixed; boundary=a")], [("Content-Type", "multipart/mixed; boundary=b")]),
        ([("WWW-Authenticate", "Bearer")], [("x-amzn-Remapped-WWW-Authenticate", "Bearer")]),
        ([("Expires", "0")], [("Expires", "-1")]),
        (
            [("Expires", "Mon, 01 Jan 2024 01:00:00 GMT"), ("Date", "Mon, 01 Jan 2024 00:00:00 GMT")],
            [("Expires", "Mon, 01 Jan 2024 01:00:05 GMT"), ("Date", "Mon, 01 Jan 2024 00:00:04 GMT")],
        ),
        ([("Location", "https://api.example.com/kong/orders/1")], [("Location", "https://api.example.com/orders/1")]),
        ([("Location", "/kong/orders/1")], [("Location", "/orders/1")]),
        ([("Location", "https://api.example.com/kong/orders/1")], [("Location", "/orders/1")]),
        (
            [("Link", '<https://api.example.com/kong/o?p=2>; rel="next"')],
            [("Link", '<https://api.example.com/o?p=2>; rel="next"')],
        ),
    ],
)
def test_two_spellings_of_one_meaning_are_the_same(legacy: Headers, candidate: Headers) -> None:
    assert told(legacy, candidate, SHARED_HOST) == []


@pytest.mark.parametrize(
    ("legacy", "candidate", "class_"),
    [
        ([("Vary", "Origin")], [("Vary", "Accept")], "header"),
        ([("Cache-Control", "max-age=60")], [("Cache-Control", "max-age=600")], "caching"),
        ([("Access-Control-Allow-Origin", "*")], [("Access-Control-Allow-Origin", "https://a.example")], "cors"),
        ([("Expires", "0")], [("Expires", "Mon, 01 Jan 2024 01:00:00 GMT")], "caching"),
        ([("ETag", '"a"')], [("ETag", '"b"')], "caching"),
        ([("Location", "/kong/orders/1")], [("Location", "/kong/orders/1/")], "location"),
        ([("Location", "https://api.example.com/kong/a")], [("Location", "https://api.example.com/kong/a")], None),
        ([("Location", "https://api.example.com/kongfoo")], [("Location", "https://api.example.com/foo")], "location"),
    ],
)
def test_another_meaning_is_a_difference(legacy: Headers, candidate: Headers, class_: str | None) -> None:
    assert [c for _, _, c, _ in told(legacy, candidate, SHARED_HOST)] == ([class_] if class_ else [])


def test_weak_etags_are_a_notice_and_strict_compares_them() -> None:
    legacy, candidate = [("ETag", 'W/"a"')], [("ETag", 'W/"b"')]
    assert told(legacy, candidate) == [("etag", "header-changed", "caching", "notice")]
    assert [s for *_, s in told(legacy, candidate, Rules(profile="strict"))] == ["difference"]
    assert [s for *_, s in told([("ETag", '"a"')], [])] == ["difference"]


def test_a_charset_is_a_notice_on_json_and_a_difference_elsewhere() -> None:
    assert told([("Content-Type", "application/json;charset=UTF-8")], [("Content-Type", "application/json")]) == [
        ("content-type", "header-changed", "charset", "notice")
    ]
    assert told([("Content-Type", "text/html; charset=utf-8")], [("Content-Type", "text/html")]) == [
        ("content-type", "header-changed", "charset", "difference")
    ]


@pytest.mark.parametrize(
    ("legacy", "candidate"),
    [
        ('application/json; profile="a;b"', 'application/json;profile="a;b"'),
        ("text/plain; format=flowed; delsp=yes", "text/plain;DelSp=YES;Format=Flowed"),
        ("text/html; charset=x-unknown", "text/html;Charset=X-UNKNOWN"),
        ("", ""),
    ],
)
def test_a_content_type_spelled_otherwise_is_the_same(legacy: str, candidate: str) -> None:
    assert told([("Content-Type", legacy)], [("Content-Type", candidate)]) == []


@pytest.mark.parametrize(
    ("legacy", "candidate", "class_"),
    [
        (["application/json;profile=a"], ["application/json;profile=A"], "media-type"),
        (["multipart/mixed;boundary=a"], ["multipart/mixed"], "media-type"),
        (["text/html", "text/plain"], ["text/html"], "media-type"),
        (["text/html;charset=utf-8", "text/html"], ["text/html;charset=utf-8"], "media-type"),
        (["text/html;charset=utf-8"], ["text/html;charset=latin1"], "charset"),
        ([";charset=utf-8"], [";charset=ascii"], "charset"),
        (["application/json"], [""], "media-type"),
    ],
)
def test_a_content_type_that_says_something_else_differs(legacy: list[str], candidate: list[str], class_: str) -> None:
    one, other = ([("Content-Type", value) for value in values] for values in (legacy, candidate))
    for there, back in ((one, other), (other, one)):
        assert [(c, severity) for _, _, c, severity in told(there, back)] == [(class_, "difference")]


@pytest.mark.parametrize("name", ["Content-Digest", "Repr-Digest", "Digest", "Content-MD5"])
def test_digests_of_the_bytes_are_a_notice_and_strict_compares_them(name: str) -> None:
    legacy, candidate = [(name, "sha-256=:a=:")], [(name, "sha-256=:b=:")]
    for other in (candidate, []):
        ((path, _, class_, severity),) = told(legacy, other)
        assert (path, class_, severity) == (name.lower(), "digest", "notice")
        assert [s for *_, s in told(legacy, other, Rules(profile="strict"))] == ["difference"]


def test_a_security_header_that_the_candidate_lacks_is_a_difference() -> None:
    spring = [("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"), ("Pragma", "no-cache")]
    assert [(path, severity) for path, _, _, severity in told(spring, [])] == [
        ("pragma", "difference"),
        ("x-content-type-options", "difference"),
        ("x-frame-options", "difference"),
    ]


def test_a_value_too_long_to_be_read_is_text() -> None:
    names = ", ".join(f"x-{number}" for number in range(20_000))
    assert told([("Vary", names)], [("Vary", names)]) == []
    assert told([("Vary", names)], [("Vary", names.upper())]) == [("vary", "header-changed", "header", "difference")]


def test_headers_in_another_order_are_equal_without_being_read() -> None:
    legacy = [("Link", "<"), ("A", "1"), ("Expires", "never"), ("A", "2")]
    assert told(legacy, [("a", "1 "), ("expires", "never"), ("A", "2"), ("link", "<")]) == []
    assert told(legacy, [*legacy[:1], ("A", "2"), ("A", "1"), legacy[2]]) == [
        ("a", "header-changed", "header", "difference")
    ]


def test_another_media_type_is_its_own_kind() -> None:
    assert told([("Content-Type", "application/json")], [("Content-Type", "text/plain")]) == [
        ("content-type", "content-type-changed", "media-type", "difference")
    ]
    assert [kind for _, kind, _, _ in told([("Content-Type", "application/json")], [])] == ["header-missing"]


def test_a_media_type_on_an_answer_without_content_is_a_notice() -> None:
    found = compare(Response(204, []), Response(204, [("Content-Type", "application/json")]))
    assert [d.severity for d in found] == ["notice"]
