"""Set-Cookie: names and attributes count, values don't, and never appear."""

from __future__ import annotations

import pytest

from shadow.compare import Difference, compare
from shadow.compare.rules import Rules
from shadow.exchange import Response

RULES = Rules(legacy_url="https://old.example/kong", candidate_url="https://new.example")
DATE = ("Date", "Mon, 01 Jan 2024 00:00:00 GMT")


def differences(legacy: list[str], candidate: list[str], rules: Rules = RULES) -> list[Difference]:
    one, other = ([DATE, *(("Set-Cookie", cookie) for cookie in cookies)] for cookies in (legacy, candidate))
    return compare(Response(200, one), Response(200, other), rules)


@pytest.mark.parametrize(
    ("legacy", "candidate"),
    [
        (["sid=1; Path=/; HttpOnly"], ["sid=2; httponly; path=/"]),
        (["a=1", "b=2"], ["b=3", "a=4"]),
        (["sid=1; Path=/kong"], ["sid=1; Path=/"]),
        (["sid=1; Path=/kong/orders"], ["sid=1; Path=/orders"]),
        (["sid=1; Domain=.Example.com"], ["sid=1; Domain=example.com"]),
        (["sid=1; Expires=Mon, 01 Jan 2024 01:00:01 GMT"], ["sid=1; Expires=Monday, 01-Jan-24 01:00:00 GMT"]),
        (["sid=1; Max-Age=3600"], ["sid=1; Expires=Mon, 01 Jan 2024 01:00:00 GMT"]),
        (["sid=1; Max-Age=60; Expires=Wed, 01 Jan 2031 00:00:00 GMT"], ["sid=1; Max-Age=60"]),
        (["sid=1; Max-Age=soon"], ["sid=1"]),
        (["sid=; Max-Age=0"], ["sid=gone; Expires=Thu, 01 Jan 1970 00:00:00 GMT"]),
        (["sid=1; Expires=Sun, 31 Dec 2023 23:59:59 GMT"], ["sid=1; Max-Age=-5"]),
        (["sid=1; Domain=old.example"], ["sid=1; Domain=.New.Example"]),
        (["sid=1; Path=relative"], ["sid=1"]),
        (["sid=1; Secure=yes; Priority=High"], ["sid=1; priority=High; Secure"]),
        (["sid=1; Path=/a", "sid=2; Path=/b"], ["sid=3; Path=/b", "sid=4; Path=/a"]),
        (["sid=1; Secure", "sid=2"], ["sid=1"]),
        (["no-name"], ["also-none"]),
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
        (["sid=1"], ["sid=1; Max-Age=60"]),
        (["sid=1"], ["sid=1; Expires=Wed, 01 Jan 2031 00:00:00 GMT"]),
        (["sid=1; Max-Age=60"], ["sid=1; Max-Age=61"]),
        (["sid=1; Max-Age=60"], ["sid=1; Max-Age=0"]),
        (["sid=1; Expires=Wed, 01 Jan 2031 00:00:00 GMT"], ["sid=1; Expires=Thu, 02 Jan 2031 00:00:00 GMT"]),
        (["sid=1; Expires=next year"], ["sid=1; Expires=next month"]),
        (["sid=1; Max-Age=" + "9" * 5000], ["sid=1; Max-Age=" + "9" * 5001]),
        (["sid=1; Priority=High"], ["sid=1; Priority=Low"]),
        (["sid=1; Partitioned; Secure"], ["sid=1; Secure"]),
        (["sid=1; Domain=old.example"], ["sid=1"]),
        (["sid=1; Path=/a", "sid=1; Path=/b"], ["sid=1; Path=/a"]),
        (["sid=1; Path=/a", "sid=1; Path=/b"], ["sid=1; Path=/a", "sid=1; Path=/c"]),
    ],
)
def test_other_attributes_a_missing_cookie_and_a_deleted_one_differ(legacy: list[str], candidate: list[str]) -> None:
    (found,) = differences(legacy, candidate)
    assert (found.path, found.class_, found.severity) == ("set-cookie", "cookie", "difference")
    assert "'sid'" in found.summary
    assert len(differences(candidate, legacy)) == 1


def test_a_cookies_value_never_appears() -> None:
    (found,) = differences(["sid=secret; HttpOnly"], ["sid=hidden"])
    assert "secret" not in repr(found)
    assert "hidden" not in repr(found)


@pytest.mark.parametrize(
    "cookie", ["no-name-but-secret", "=secret", "sid=a; secret", "sid=a; b=secret", 'sid="a; secret"']
)
def test_what_may_be_part_of_a_value_is_compared_and_never_appears(cookie: str) -> None:
    for other in ("sid=1; Secure", "=1; Secure"):
        found = [*differences([cookie], [other]), *differences([other], [cookie])]
        assert len(found) >= 2
        assert "secret" not in repr(found)
    assert differences(["sid=a; b=secret"], ["sid=a; b=other"])[0].summary == (
        "cookie 'sid' has other attributes: an unknown attribute … became …"
    )


def test_what_became_of_a_cookie_is_told() -> None:
    (found,) = differences(["sid=1; Max-Age=3600; HttpOnly; SameSite=Lax"], ["sid=; Path=/a; SameSite=None"])
    assert found.kind == "header-changed"
    assert found.summary == (
        "cookie 'sid' has other attributes: lifetime 3,600 s became session; an empty value absent became present; "
        "httponly present became absent; path absent became '/a'; refused by browsers absent became "
        "(SameSite=None needs Secure); samesite 'lax' became 'none'"
    )
    assert found.legacy == "sid; lifetime=3,600 s; httponly; samesite='lax'"


def test_a_deleted_cookie_against_one_that_is_set_is_told() -> None:
    (found,) = differences(["sid=1; Max-Age=60"], ["sid=; Max-Age=0"])
    assert found.summary == "cookie 'sid' has other attributes: lifetime 60 s became deleted"


@pytest.mark.parametrize(
    ("legacy", "candidate"),
    [
        ("__Host-sid=1; Secure; Path=/kong", "__Host-sid=1; Secure; Path=/"),
        ("__Host-sid=1; Secure; Path=/; Domain=old.example", "__Host-sid=1; Secure; Path=/"),
        ("__Secure-sid=1", "__Secure-sid=1; Secure"),
        ("sid=1; SameSite=None", "sid=1; SameSite=None; Secure"),
        ("sid=1; Partitioned", "sid=1; Partitioned; Secure"),
    ],
)
def test_a_cookie_that_browsers_refuse_is_not_the_one_that_they_take(legacy: str, candidate: str) -> None:
    (found,) = differences([legacy], [candidate])
    assert "refused by browsers" in found.summary


def test_an_expiry_without_a_date_is_of_unknown_length() -> None:
    def cookies(legacy: str, candidate: str) -> list[Difference]:
        one, other = ([("Set-Cookie", cookie)] for cookie in (legacy, candidate))
        return compare(Response(200, one), Response(200, other))

    until_2031, until_2032 = (f"sid=1; Expires=Wed, 01 Jan {year} 00:00:00 GMT" for year in (2031, 2032))
    assert cookies(until_2031, until_2032) == []
    assert len(cookies(until_2031, "sid=1; Max-Age=60")) == 1
    assert len(cookies(until_2031, "sid=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT")) == 1


def test_two_cookies_are_two_faults() -> None:
    one, other = differences(["a=1", "b=1"], [])
    assert one.fingerprint != other.fingerprint


def test_strict_compares_the_cookies_of_load_balancers_too() -> None:
    assert len(differences([], ["AWSALB=x"], Rules(profile="strict"))) == 1


def test_each_attribute_that_is_lost_is_a_fault_of_its_own() -> None:
    legacy = ["sid=1; Secure; HttpOnly; Max-Age=60; Path=/"]
    candidates = ["sid=1; HttpOnly; Max-Age=60; Path=/", "sid=1; Secure; Max-Age=60; Path=/",
                  "sid=1; Secure; HttpOnly; Max-Age=90; Path=/", "sid=1; Max-Age=60; Path=/"]  # fmt: skip
    found = [differences(legacy, [candidate]) for candidate in candidates]
    assert len({d.fingerprint for (d,) in found}) == len(candidates)
    (again,) = differences(legacy, ["sid=1; Secure; HttpOnly; Max-Age=999; Path=/"])
    assert again.fingerprint == found[2][0].fingerprint
