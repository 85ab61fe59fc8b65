"""Names are compared without case and separators; the fragments of the fast path miss none of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.redact import names
from shadow.redact.names import FRAGMENTS, is_secret_header, is_secret_name, normal


@pytest.mark.parametrize(
    "name",
    [
        "password", "Password", "userPassword", "new_password", "password_confirmation", "passwd", "pwd",
        "token", "access_token", "accessToken", "Refresh-Token", "id_token", "csrf_token", "X-Amz-Security-Token",
        "secret", "clientSecret", "client_secret", "authorization", "api_key", "apiKey", "privateKey",
        "X-Amz-Signature", "aws_secret_access_key", "cvv", "cardNumber", "otp", "jwt", "credentials",
    ],
)  # fmt: skip
def test_secret_names_are_known_in_every_spelling(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    ["id", "name", "nextToken", "nextPageToken", "tokenType", "token_type", "key", "code", "pin_code_area", "author",
     "authored", "expires_in", "status", "mapping", "compass", "company", "keys"],
)  # fmt: skip
def test_names_that_only_look_alike_are_not_secret(name: str) -> None:
    assert not is_secret_name(name)


@given(st.from_regex(names._SECRET_NAME))
def test_every_secret_name_holds_a_fragment_of_the_fast_path(name: str) -> None:
    assert not is_secret_name(name) or any(fragment in normal(name).encode() for fragment in FRAGMENTS)


@given(st.text())
def test_normalising_twice_changes_nothing_more(name: str) -> None:
    assert normal(normal(name)) == normal(name)


@pytest.mark.parametrize(
    "name", ["X-API-Key", "x-auth-token", "X-Custom-Token", "X-Shared-Secret", "X-Amz-Security-Token"]
)
def test_secret_headers_are_known(name: str) -> None:
    assert is_secret_header(name)


@pytest.mark.parametrize("name", ["Content-Type", "ETag", "X-Request-Id", "Location", "X-Token-Expires"])
def test_other_headers_are_not_secret(name: str) -> None:
    assert not is_secret_header(name)
