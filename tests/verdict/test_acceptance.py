"""Which acceptance covers which differences, where and until when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from shadow.verdict.acceptance import Acceptances, can_be_accepted, unused

ROUTE = "GET /orders/{orderId}"
Build = Callable[..., Any]


def at(day: str) -> float:
    return dt.datetime.fromisoformat(f"{day}+00:00").timestamp()


PRICE: dict[str, Any] = {"where": "body", "path": "$.items[*].price"}
ETAG: dict[str, Any] = {"where": "header", "path": "etag", "kind": "header-changed"}
STATUS: dict[str, Any] = {"where": "status", "path": "status", "kind": "status-changed", "statuses": (200, 204)}


@pytest.mark.parametrize(
    ("accept", "found"),
    [
        ({"path": "$..price"}, PRICE),
        ({"header": "ETag"}, ETAG),
        ({"status": [200, 204]}, STATUS),
        ({"fingerprint": "f1"}, PRICE),
        ({"fingerprint": "f1"}, ETAG),
        ({"path": "$..price", "routes": ["POST *", "GET /orders*"]}, PRICE),
    ],
)
def test_it_covers_what_it_names(settings: Build, difference: Build, accept: Any, found: Any) -> None:
    acceptances = Acceptances.of(settings(accept=[accept | {"reason": "known"}]), ROUTE, at("2026-06-01"))
    accepted = acceptances.accepting(difference("f1", **found))
    assert accepted is not None
    assert accepted.reason == "known"


@pytest.mark.parametrize(
    ("accept", "found"),
    [
        ({"path": "$..price"}, ETAG),
        ({"path": "$.total"}, PRICE),
        ({"header": "etag"}, PRICE | {"path": "etag"}),
        ({"header": "x-other"}, ETAG),
        ({"status": [204, 200]}, STATUS),
        ({"status": [200, 204]}, PRICE),
        ({"fingerprint": "f2"}, PRICE),
        ({"path": "$..price", "routes": ["POST *"]}, PRICE),
        ({"fingerprint": "f1"}, {"where": "transport", "path": "transport", "kind": "timeout"}),
    ],
)
def test_it_covers_nothing_else(settings: Build, difference: Build, accept: Any, found: Any) -> None:
    acceptances = Acceptances.of(settings(accept=[accept | {"reason": "known"}]), ROUTE, at("2026-06-01"))
    assert acceptances.accepting(difference("f1", **found)) is None
    assert acceptances.expired_for(difference("f1", **found)) is None


def test_what_overflowed_a_signature_cannot_be_accepted(settings: Build, difference: Build) -> None:
    overflow = difference("overflow", path="$")
    broad = settings(
        accept=[{"path": "$", "broad": True, "reason": "all"}, {"fingerprint": "overflow", "reason": "all"}]
    )
    assert not can_be_accepted(overflow)
    assert Acceptances.of(broad, ROUTE, at("2026-06-01")).accepting(overflow) is None


def test_ignored_headers_are_accepted_on_every_route(settings: Build, difference: Build) -> None:
    acceptances = Acceptances.of(settings(compare={"ignore_headers": ["X-Request-Id"]}), "POST /a", at("2026-06-01"))
    accepted = acceptances.accepting(difference("f1", where="header", path="x-request-id"))
    assert accepted is not None
    assert "ignore_headers" in accepted.reason


def test_the_headers_that_name_the_builds_are_accepted(settings: Build, difference: Build) -> None:
    """A header that tells builds apart differs by its nature, and the settings have named it already."""
    named = settings(
        legacy={"url": "https://api.test/kong", "version_header": "X-App-Version"},
        candidate={"url": "https://api.test", "version_header": "x-build"},
    )
    acceptances = Acceptances.of(named, "POST /a", at("2026-06-01"))
    for header in ("x-app-version", "X-Build"):
        accepted = acceptances.accepting(difference("f1", where="header", path=header))
        assert accepted is not None
        assert "version_header" in accepted.reason


@pytest.mark.parametrize(
    ("moment", "accepted"),
    [("2027-03-01T23:59:59", True), ("2027-03-02T00:00:00", False), ("2026-01-01T00:00:00", True)],
)
def test_until_is_inclusive_and_in_utc(settings: Build, difference: Build, moment: str, accepted: bool) -> None:
    dated = settings(accept=[{"path": "$..price", "reason": "known", "until": dt.date(2027, 3, 1)}])
    acceptances = Acceptances.of(dated, ROUTE, at(moment))
    assert (acceptances.accepting(difference()) is not None) == accepted
    assert (acceptances.expired_for(difference()) is None) == accepted


def test_of_several_that_ran_out_the_last_one_is_told(settings: Build, difference: Build) -> None:
    dated = settings(
        accept=[
            {"path": "$..price", "reason": "first", "until": dt.date(2026, 1, 1)},
            {"fingerprint": "f1", "reason": "second", "until": dt.date(2026, 3, 1)},
        ]
    )
    assert Acceptances.of(dated, ROUTE, at("2026-06-01")).expired_for(difference("f1")).reason == "second"  # type: ignore[union-attr]


def test_acceptances_that_cover_nothing_seen_are_listed(settings: Build, difference: Build, evidence: Build) -> None:
    several = settings(
        accept=[
            {"path": "$..price", "reason": "used"},
            {"path": "$..total", "reason": "not seen"},
            {"path": "$..price", "routes": ["POST *"], "reason": "not on this route"},
        ]
    )
    seen = [evidence({("f1",): 1}, (difference("f1"),), route=ROUTE)]
    assert [accept.reason for accept in unused(several, seen)] == ["not seen", "not on this route"]
    assert len(unused(several, [])) == 3
