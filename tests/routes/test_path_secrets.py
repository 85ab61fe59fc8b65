"""Secrets in a path are told from words, numbers and ids."""

from __future__ import annotations

import secrets
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.routes.guess import guess_template
from shadow.routes.path_secrets import secret_segments


def hidden(path: str) -> list[str]:
    segments = [segment.replace("|", "/") for segment in path.split("/")]
    return [segment for segment, secret in zip(segments, secret_segments(segments), strict=True) if secret]


@pytest.mark.parametrize(
    "path",
    [
        "/reset/[abc123]", "/password/reset/[f3Gh9K]/confirm", "/auth/verify/[482913]", "/otp/[4829]",
        "/account/activate/MQ/[bz1abc-0123456789abcdef]", "/reset-password/[AbCdEfGhIjKl]",
        "/invitations/[550e8400-e29b-41d4-a716-446655440000]/accept", "/magic-link/[gkwqzvnbtrplmdhsjxcfy]",
        "/opaque/[V1StGXR8_Z5jdHi6B-myTq]", "/s/[zhphh97rk4h4rs4zn6jy6kqwtm]", "/k/[ZHPHH97RK4H4RS4ZN6JYUQWTM8]",
        "/x/[0123456789abcdef0123456789abcdef0123456789abcdef]", "/sessions/[9f8e7d6c5b4a]/messages/12",
        "/reset/[CfDJ8|k3+x z]", "/x/[V1StGXR8|Z5jdHi6B+myT0q==]", "/reset/[abc123def;v=1]/done", "/reset;v=1/[abc123]",
        "/hooks/[T024BE7LD]/[B0123ABCD]", "/Unsubscribe/[k3j2h4]", "/share/[sk_8f7d6e5c4b3a2f1e0d9c8b7a]",
    ],
)  # fmt: skip
def test_what_gives_access_is_a_secret(path: str) -> None:
    secret = [each.partition("]")[0].replace("|", "/") for each in path.split("[")[1:]]
    assert hidden(path.replace("[", "").replace("]", "")) == secret


@pytest.mark.parametrize(
    "path",
    [
        "/orders/17", "/orders/550e8400-e29b-41d4-a716-446655440000", "/users/507f1f77bcf86cd799439011",
        "/users/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/prices/price_1MoBy5LkdIwHu7ixZhnattbh", "/oauth2/token/refresh",
        "/auth/reset-password", "/password/forgotPassword/v2", "/how-to-reset-your-password-in-3-steps",
        "/confirm/email",
        "/api/v1/sessions/17/messages", "/token/oauth2/userID", "/static/app.4kD9xQ81aZ03pLmN45vB.js",
        "/commits/da39a3ee5e6b4b0d3255bfef95601890afd80709", "/verify/2024-02-29", "/getUserByIdAndOrganisationName",
        "/%5Bredacted", "/orders;jsessionid=0A1B2C3D/v2beta1", "/confirm/my e-mail",
        "/sharing/is/caring", "/internationalization/unsubscribe/confirmation",
    ],
)  # fmt: skip
def test_words_numbers_and_ids_are_none(path: str) -> None:
    assert hidden(path) == []


@given(st.sampled_from([secrets.token_urlsafe, secrets.token_hex, lambda size: str(uuid.uuid4())]), st.integers(16, 64))
def test_whatever_a_reset_link_is_made_with_its_route_has_it_not(made, size: int) -> None:
    token = made(size)
    assert hidden(f"/account/reset/{token}/done") == [token]
    assert guess_template(f"/account/reset/{token}/done") == "/account/reset/{id}/done"


@given(st.lists(st.text()))
def test_no_path_makes_it_fail(segments: list[str]) -> None:
    assert len(list(secret_segments(segments))) == len(segments)
