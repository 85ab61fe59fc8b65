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
        ("GET", {MIRROR_HEADER: "1"}, "never", "excluded"),
        ("POST", {MIRROR_HEADER.lower(): "1"}, "isolated", "excluded"),
    ],
)
def test_the_method_and_the_route_decide(method, headers, writes, expected):
    assert skip_reason(request(method, **headers), route(writes), SAFE, known=True) == expected


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_route_that_is_switched_off_is_excluded(method):
    assert skip_reason(request(method), route("isolated", mirror=False), SAFE, known=True) == "excluded"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_route_that_the_inventory_does_not_know_is_excluded(method):
    assert skip_reason(request(method), route("isolated"), SAFE, known=False) == "excluded"


def test_a_safe_method_that_the_settings_leave_out_is_excluded():
    assert skip_reason(request("HEAD"), route(), ["GET"], known=True) == "excluded"
    assert skip_reason(request("GET"), route(), ["GET"], known=True) == ""


@given(method=st.sampled_from(["POST", "PUT", "DELETE", "PURGE"]), override=st.text(max_size=8))
def test_no_override_makes_an_unsafe_request_safe(method, override):
    headers = {"X_HTTP_Method_Override": override}
    assert effective_method(request(method, **headers)) not in SAFE
    assert skip_reason(request(method, **headers), route("never"), SAFE, known=True) != ""


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
