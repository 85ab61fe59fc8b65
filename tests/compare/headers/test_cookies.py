"""Set-Cookie: names and attributes count, values don't, and never appear."""

from __future__ import annotations

import pytest

from shadow.compare import Difference, compare
from shadow.compare.rules import Rules
from shadow.exchange import Response

RULES = Rules(legacy_url="https://h/kong", candidate_url="https://h")


def differences(legacy: list[str], candidate: list[str], rules: Rules = RULES) -> list[Difference]:
    one, other = ([("Set-Cookie", cookie) for cookie in cookies] for cookies in (legacy, candidate))
    return compare(Response(200, one), Response(200, other), rules)


@pytest.mark.parametrize(
    ("legacy", "candidate"),
    [
        (["sid=1; Path=/; HttpOnly"], ["sid=2; httponly; path=/"]),
        (["a=1", "b=2"], ["b=3", "a=4"]),
        (["sid=1; Path=/kong"], ["sid=1; Path=/"]),
        (["sid=1; Path=/kong/orders"], ["sid=1; Path=/orders"]),
        (["sid=1; Domain=.Example.com"], ["sid=1; Domain=example.com"]),
        (["sid=1; Expires=Wed, 01 Jan 2031 00:00:00 GMT"], ["sid=1; Expires=Thu, 02 Jan 2031 00:00:00 GMT"]),
        (["sid=1; Max-Age=0"], ["sid=1; Max-Age=0"]),
        (["sid=1"], ["AWSALB=x", "sid=1"]),
    ],
)
def test_the_same_cookies_are_the_same(legacy: list[str], candidate: list[str]) -> None:
    assert differences(legacy, candidate) == []


@pytest.mark.parametrize(
    ("legacy", "candidate"),
    [
        (["sid=1; HttpOnly"], ["sid=1"]),
        (["sid=1; Secure"], ["sid=1"]),
        (["sid=1; SameSite=Lax"], ["sid=1; SameSite=None"]),
        (["sid=1; Max-Age=60"], ["sid=1; Max-Age=600"]),
        (["sid=1; Path=/"], ["sid=1; Path=/orders"]),
        (["sid=1"], ["sid="]),
        (["sid=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], ["sid=1; Expires=Wed, 01 Jan 2031 00:00:00 GMT"]),
        (["sid=1"], []),
        ([], ["sid=1"]),
    ],
)
def test_other_attributes_a_missing_cookie_and_a_deleted_one_differ(legacy: list[str], candidate: list[str]) -> None:
    (found,) = differences(legacy, candidate)
    assert (found.path, found.class_, found.severity) == ("set-cookie", "cookie", "difference")
    assert "'sid'" in found.summary


def test_a_cookies_value_never_appears() -> None:
    (found,) = differences(["sid=secret; HttpOnly"], ["sid=hidden"])
    assert "secret" not in repr(found)
    assert "hidden" not in repr(found)


def test_two_cookies_are_two_faults() -> None:
    one, other = differences(["a=1", "b=1"], [])
    assert one.fingerprint != other.fingerprint


def test_strict_compares_the_cookies_of_load_balancers_too() -> None:
    assert len(differences([], ["AWSALB=x"], Rules(profile="strict"))) == 1
