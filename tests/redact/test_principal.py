"""Who is asking is told from the token's subject, the credentials or the session cookie, and never written down."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.exchange import Headers
from shadow.redact import Redactor

REDACTOR = Redactor(b"key")
A, B = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIiwiaWF0IjoxfQ.x", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIiwiaWF0IjoyfQ.y"
"""Two tokens of one subject, issued at different times."""
OTHER = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJiIiwiaWF0IjoxfQ.x"


def bearer(token: str) -> str:
    return REDACTOR.principal([("Authorization", f"Bearer {token}")])


def test_a_renewed_token_is_the_same_person() -> None:
    assert bearer(A) == bearer(B)
    assert bearer(A).startswith("sub:")


def test_another_subject_is_another_person() -> None:
    assert bearer(A) != bearer(OTHER)


@pytest.mark.parametrize(
    "headers", [[], [("Accept", "*/*")], [("Cookie", "theme=dark; _ga=1")], [("Authorization", "")]]
)
def test_a_request_without_credentials_is_anonymous(headers: Headers) -> None:
    assert REDACTOR.principal(headers) == ""


@pytest.mark.parametrize(
    "token", ["opaque", "a.b", "a.b.c", "eyJ.eyJ.eyJ", "eyJhbGciOiJub25lIn0.W10.x", "....", "ü.ü.ü"]
)
def test_a_token_that_is_no_jwt_counts_as_a_whole(token: str) -> None:
    assert bearer(token).startswith("auth:")
    assert bearer(token) != bearer(token + "2")


def test_basic_credentials_count_as_a_whole() -> None:
    assert REDACTOR.principal([("authorization", "Basic dTpw")]).startswith("auth:")


def test_the_session_cookie_counts_and_other_cookies_dont() -> None:
    one = REDACTOR.principal([("Cookie", "theme=dark; sid=1; _ga=5")])
    assert one.startswith("cookie:")
    assert one == REDACTOR.principal([("Cookie", "sid=1")])
    assert one != REDACTOR.principal([("Cookie", "sid=2")])


def test_authorization_goes_before_the_cookie() -> None:
    assert REDACTOR.principal([("Cookie", "sid=1"), ("Authorization", f"Bearer {A}")]) == bearer(A)


def test_the_subject_itself_is_not_shown() -> None:
    assert bearer(A) != Redactor(b"another key").principal([("Authorization", f"Bearer {A}")])


@given(st.lists(st.tuples(st.sampled_from(["Authorization", "cookie", "x"]), st.text(alphabet=st.characters()))))
def test_no_header_makes_it_fail(headers: Headers) -> None:
    assert isinstance(REDACTOR.principal(headers), str)


@given(st.text(alphabet=st.characters()))
def test_no_bearer_token_makes_it_fail(token: str) -> None:
    assert isinstance(bearer(token), str)
