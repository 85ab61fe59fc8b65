"""What may be mirrored."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.config import RouteSettings
from shadow.config.settings import VerdictSettings
from shadow.exchange import Request
from shadow.mirror.policy import (
    MIRROR_HEADER,
    RateLimit,
    effective_method,
    is_mirrored,
    overriding_methods,
    sampled,
    skip_reason,
)

SAFE = ["GET", "HEAD", "OPTIONS"]


def route(writes: str = "never", *, mirror: bool = True) -> RouteSettings:
    return RouteSettings(
        writes=writes,  # type: ignore[arg-type]
        mirror=mirror,
        candidate="",
        expect_status=(),
        sample=1.0,
        rate=0.0,
        verdict=VerdictSettings(),
    )


def request(method: str, **headers: str) -> Request:
    return Request(method, "/", [(name.replace("_", "-"), value) for name, value in headers.items()])


@pytest.mark.parametrize(
    ("method", "headers", "writes", "expected"),
    [
        ("GET", {}, "never", ""),
        ("HEAD", {}, "never", ""),
        ("OPTIONS", {}, "never", ""),
        ("get", {}, "never", ""),
        ("POST", {}, "never", "write"),
        ("PATCH", {}, "never", "write"),
        ("PURGE", {}, "never", "write"),
        ("POST", {}, "isolated", ""),
        ("DELETE", {}, "idempotent", ""),
        ("TRACE", {}, "isolated", "excluded"),
        ("CONNECT", {}, "isolated", "excluded"),
        # An override can make a request unsafe …
        ("GET", {"X_HTTP_Method_Override": "DELETE"}, "never", "write"),
        ("GET", {"x_http_method": " patch "}, "never", "write"),
        ("GET", {"X_Method_Override": "PUT"}, "never", "write"),
        ("GET", {"X_Method_Override": "PUT"}, "isolated", ""),
        ("GET", {"X_HTTP_Method": "GET", "X_Method_Override": "PUT"}, "never", "write"),
        ("GET", {"X_HTTP_Method_Override": "TRACE"}, "isolated", "excluded"),
        # … but never safe.
        ("POST", {"X_HTTP_Method_Override": "GET"}, "never", "write"),
        ("GET", {"X_HTTP_Method_Override": ""}, "never", ""),
        # What CGI and WSGI make of it is the same header; and a second line counts like the first.
        ("GET", {"X_HTTP_Method_Override": "GET", "x_http_METHOD_override": "DELETE"}, "never", "write"),
        ("GET", {MIRROR_HEADER: "1"}, "never", "excluded"),
        ("POST", {MIRROR_HEADER.lower(): "1"}, "isolated", "excluded"),
    ],
)
def test_the_method_and_the_route_decide(method, headers, writes, expected):
    assert skip_reason(request(method, **headers), route(writes), SAFE, known=True) == expected


MULTIPART = (
    b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    b'--b\r\nContent-Disposition: form-data; name="_method"\r\nContent-Type: text/plain\r\n\r\ndelete\r\n--b--\r\n'
)


@pytest.mark.parametrize(
    ("method", "target", "content_type", "body", "expected"),
    [
        ("GET", "/a?_method=DELETE", "", b"", "DELETE"),
        ("GET", "/a?x=1&_method=patch", "", b"", "PATCH"),
        ("GET", "/a?%5fmethod=put", "", b"", "PUT"),
        ("GET", "/a?_method=GET", "", b"", "GET"),
        ("GET", "/a?the_method=DELETE&method=DELETE", "", b"", "GET"),
        ("POST", "/a?_method=GET", "", b"", "POST"),
        ("POST", "/a?_method=delete", "", b"", "DELETE"),
        ("POST", "/a", "application/x-www-form-urlencoded", b"a=1&_method=put", "PUT"),
        ("post", "/a", "application/x-www-form-urlencoded; charset=utf-8", b"_method=put&a=1", "PUT"),
        ("POST", "/a", "application/x-www-form-urlencoded", b"the_method=put", "POST"),
        ("POST", "/a", "multipart/form-data; boundary=b", MULTIPART, "DELETE"),
        ("POST", "/a", "application/json", b'{"_method": "DELETE"}', "POST"),
        ("PUT", "/a", "application/x-www-form-urlencoded", b"_method=delete", "PUT"),
    ],
)
def test_a_method_in_the_query_or_in_the_form_of_a_post_counts_like_the_header(
    method, target, content_type, body, expected
):
    asked = Request(method, target, [("Content-Type", content_type)], body)
    assert effective_method(asked) == expected
    assert overriding_methods(asked) == ([] if expected == method.upper() else [expected])


def test_every_method_that_a_request_may_be_taken_for_is_named():
    asked = Request("POST", "/a?_method=PATCH", [("X-HTTP-Method", "DELETE"), ("X_Method_Override", "put")])
    assert overriding_methods(asked) == ["DELETE", "PUT", "PATCH"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_route_that_is_switched_off_is_excluded(method):
    assert skip_reason(request(method), route("isolated", mirror=False), SAFE, known=True) == "excluded"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_route_that_the_inventory_does_not_know_is_excluded(method):
    assert skip_reason(request(method), route("isolated"), SAFE, known=False) == "excluded"


def test_a_safe_method_that_the_settings_leave_out_is_excluded():
    assert skip_reason(request("HEAD"), route(), ["GET"], known=True) == "excluded"
    assert skip_reason(request("GET"), route(), ["GET"], known=True) == ""


@given(
    method=st.sampled_from(["POST", "PUT", "DELETE", "PURGE"]),
    override=st.text(max_size=8) | st.sampled_from(SAFE),
    where=st.sampled_from(["header", "query", "form"]),
)
def test_no_override_makes_an_unsafe_request_safe(method, override, where):
    form = [("Content-Type", "application/x-www-form-urlencoded")]
    asked = {
        "header": Request(method, "/", [("X-HTTP-Method-Override", override)]),
        "query": Request(method, f"/?_method={override}", []),
        "form": Request(method, "/", form, f"_method={override}".encode()),
    }[where]
    assert effective_method(asked) not in SAFE
    assert skip_reason(asked, route("never"), SAFE, known=True) != ""


def test_a_request_that_came_back_is_recognised_by_its_header():
    assert is_mirrored([("x-shadow-MIRROR", "1")])
    assert not is_mirrored([("X-Shadow", "1")])


@given(session=st.text(), share=st.floats(0, 1))
def test_a_session_is_in_the_sample_or_out_of_it_and_stays_so(session, share):
    assert sampled(session, share) == sampled(session, share)
    assert sampled(session, 1.0)
    assert not sampled(session, 0.0)


@given(session=st.text(), shares=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_a_larger_share_holds_every_session_of_a_smaller_one(session, shares):
    assert sampled(session, min(shares)) <= sampled(session, max(shares))


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 0.9])
def test_about_the_share_of_many_sessions_is_sampled(share):
    sessions = 20_000
    hits = sum(sampled(f"session {n}", share) for n in range(sessions))
    assert abs(hits / sessions - share) < 4 * (share * (1 - share) / sessions) ** 0.5


class Clock:
    """Seconds, as a test sets them."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_without_a_rate_there_is_no_limit():
    limit = RateLimit(0, Clock())
    assert all(limit.take() for _ in range(10_000))


def test_a_second_s_worth_may_come_at_once_and_then_it_comes_at_the_rate():
    clock = Clock()
    limit = RateLimit(4, clock)
    assert [limit.take() for _ in range(6)] == [True, True, True, True, False, False]
    clock.now += 0.25
    assert [limit.take(), limit.take()] == [True, False]
    clock.now += 3600
    assert [limit.take() for _ in range(6)] == [True, True, True, True, False, False]


def test_less_than_one_request_per_second_is_a_limit_too():
    clock = Clock()
    limit = RateLimit(0.1, clock)
    assert [limit.take(), limit.take()] == [True, False]
    clock.now += 9.9
    assert not limit.take()
    clock.now += 0.2
    assert limit.take()


@given(rate=st.floats(0.01, 1000), steps=st.lists(st.floats(0, 5), max_size=200))
def test_never_more_than_the_burst_and_the_rate_together(rate, steps):
    clock = Clock()
    limit = RateLimit(rate, clock)
    taken = 0
    for step in steps:
        clock.now += step
        taken += limit.take()
    assert taken <= max(1.0, rate) + rate * sum(steps) + 1e-6
