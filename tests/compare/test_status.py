"""The status: one difference, whose class says what kind of change it is."""

from __future__ import annotations

from itertools import product

import pytest

from shadow.compare.difference import Difference
from shadow.compare.status import status_differences
from shadow.exchange import Response


def status(legacy: int, candidate: int, legacy_body: bytes = b'{"id": 1}', body: bytes = b'{"id": 1}') -> Difference:
    (found,) = status_differences(Response(legacy, [], legacy_body), Response(candidate, [], body))
    assert (found.where, found.path, found.kind, found.severity) == ("status", "status", "status-changed", "difference")
    assert (found.legacy, found.candidate) == (legacy, candidate)
    return found


@pytest.mark.parametrize(
    ("legacy", "candidate", "class_"),
    [
        (200, 500, "server-error"),
        (404, 503, "server-error"),
        (200, 204, "success-code"),
        (201, 200, "success-code"),
        (200, 202, "success-code"),
        (200, 401, "auth"),
        (302, 401, "auth"),
        (403, 200, "auth"),
        (200, 404, "not-found"),
        (410, 200, "not-found"),
        (404, 302, "not-found"),
        (200, 302, "redirect"),
        (308, 200, "redirect"),
        (301, 308, "redirect"),
        (200, 304, "status"),
        (400, 422, "status"),
        (404, 401, "status"),
        (200, 400, "status"),
        (500, 200, "status"),
        (500, 501, "status"),
        (200, 999, "server-error"),
        (0, 1, "status"),
    ],
)
def test_the_class_says_what_kind_of_change_it_is(legacy: int, candidate: int, class_: str) -> None:
    assert status(legacy, candidate).class_ == class_


def test_every_pair_of_statuses_is_one_difference_and_each_has_its_own_fingerprint() -> None:
    codes = (200, 201, 204, 301, 302, 304, 400, 401, 403, 404, 410, 422, 429, 500, 501, 599)
    found = [status(legacy, candidate) for legacy, candidate in product(codes, codes) if legacy != candidate]
    assert len({d.fingerprint for d in found}) == len(codes) * (len(codes) - 1)


def test_the_same_status_is_no_difference() -> None:
    assert status_differences(Response(200, [], b"a"), Response(200, [], b"b")) == []


def test_a_gateways_error_is_told_with_what_it_says_and_where_to_look() -> None:
    found = status(200, 403, body=b'{"message":"Missing Authentication Token"}')
    assert found.class_ == "gateway-error"
    assert found.summary == (
        "status 200 OK became 403 Forbidden (API Gateway (REST): Missing Authentication Token; it knows no such path "
        "or method: look at deployment and routing, not at the code)"
    )


def test_a_gateways_error_on_legacys_side_is_told_as_such() -> None:
    found = status(504, 200, legacy_body=b'{"message":"The upstream server is timing out"}')
    assert found.class_ == "gateway-error"
    assert "(legacy's own gateway, Kong: The upstream server is timing out; " in found.summary


def test_an_unknown_status_is_told_by_its_number() -> None:
    assert status(200, 599).summary == "status 200 OK became 599"
