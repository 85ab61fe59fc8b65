"""Whose request it is, told from the token's subject, the credentials or the session cookies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.exchange import Headers
from shadow.redact import Redactor
from shadow.session import TELLING, identity, is_session_cookie

RENEWED = ("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIiwiaWF0IjoxfQ.x", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIiwiaWF0IjoyfQ.y")
"""Two tokens of one subject, issued at different times."""
TEXTS = st.text(alphabet=st.characters(max_codepoint=255), max_size=30)
VALUES = st.sampled_from(["Basic dTpw", *(f"Bearer {token}" for token in RENEWED), "sid=1; _ga=2", "_ga=3", ""]) | TEXTS
HEADERS = st.lists(st.tuples(st.sampled_from(["Authorization", "cookie", "Cookie", "Host"]), VALUES), max_size=4)


def test_a_renewed_token_is_the_same_subject():
    assert [identity([("authorization", f"Bearer {token}")]) for token in RENEWED] == ["sub:a", "sub:a"]


def test_other_credentials_count_as_they_are():
    assert identity([("Authorization", "Basic dTpw"), ("Cookie", "sid=1")]) == "auth:Basic dTpw"


def test_of_cookies_only_those_of_a_session_count_in_whatever_order():
    assert identity([("Cookie", "_ga=1; sid=2; auth=3")]) == identity([("Cookie", "auth=3; sid=2; _ga=4")])
    assert identity([("Cookie", "_ga=1; theme=dark")]) == ""


@given(one=HEADERS, other=HEADERS)
def test_who_is_one_for_the_proxy_is_one_for_the_worker(one: Headers, other: Headers):
    """The proxy looks at the telling headers alone, and the worker digests what it finds."""

    def seen_by_the_proxy(headers: Headers) -> str:
        return identity([(name, value) for name, value in headers if name.lower() in TELLING])

    principal = Redactor(b"key").principal
    assert (principal(one) == principal(other)) == (seen_by_the_proxy(one) == seen_by_the_proxy(other))


@pytest.mark.parametrize(
    "name", ["sid", "connect.sid", "JSESSIONID", "PHPSESSID", "session", "__Host-session-token", "auth"]
)
def test_session_cookies_are_known(name: str) -> None:
    assert is_session_cookie(name)


@pytest.mark.parametrize("name", ["_ga", "theme", "XSRF-TOKEN", "csrftoken", "lang", "AWSALB"])
def test_cookies_that_tell_nobody_are_not_a_session(name: str) -> None:
    assert not is_session_cookie(name)


@pytest.mark.parametrize(("name", "tells"), [("x" * 5000 + "sid", True), ("x" * 5000, False)])
def test_the_length_of_a_cookie_s_name_does_not_matter(name: str, tells: bool) -> None:
    assert is_session_cookie(name) is tells
