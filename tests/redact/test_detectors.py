"""Secrets are found by their looks wherever they stand in a text; what merely resembles one is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.redact.detectors import DETECTORS, EMAILS, Detector, is_card_number
from shadow.redact.marks import Marker
from shadow.redact.text import redact_values

MARKER = Marker(b"key")
SECRETS = [
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2lnbmF0dXJl",
    "eyJhbGciOiJIUzI1NiJ9",
    "AKIAIOSFODNN7EXAMPLE",
    "ASIAIOSFODNN7EXAMPLE",
    "4111111111111111",
    "4111 1111 1111 1111",
    "4111-1111-1111-1111",
    "378282246310005",
    "3782 822463 10005",
    "5555555555554444",
    "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
    "xoxb-123456789012-abcdefGHIJ",
    "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----\nMIIEpAIBAAKCAQEA, cut off",
]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("around", ["{}", "see {}", "<b>{}</b>", "2024-{} 17", '"{}"', "1 {}, 2"])
def test_a_secret_never_survives_in_any_surroundings(secret: str, around: str) -> None:
    redacted = redact_values(around.format(secret), MARKER)
    assert secret not in redacted
    assert MARKER.mark("string", secret) in redacted or "PRIVATE KEY" in secret
    assert redacted.startswith(around.partition("{")[0])


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Authorization was Bearer abcdef123456", "abcdef123456"),
        ("basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA=="),
        ('{"a": "Bearer dXNlcjpwYXNzd29yZA=="}', "dXNlcjpwYXNzd29yZA=="),
        ("https://user:hunter2@host.example/x", "hunter2"),
        ("see https://app.example/account/reset/9fKq3xZ7/now", "9fKq3xZ7"),
        ("/verify/email/482913?x=1", "482913"),
    ],
)
def test_only_the_secret_part_is_replaced(text: str, secret: str) -> None:
    assert redact_values(text, MARKER) == text.replace(secret, MARKER.mark("string", secret))


@pytest.mark.parametrize(
    "text",
    [
        "1700000000000",
        "4111111111111112",
        "41111111111111111111111",
        "0.4111111111111111",
        "9111111111111111",
        "AKIA is a prefix",
        "XAKIAIOSFODNN7EXAMPLE",
        "basic need",
        'Bearer authorization_uri="https://login.example/x"',
        "https://host.example/a:b/c@d",
        "eyJ",
        "2024-01-01 10:00:00",
        "/reset/password",
        "/orders/17/tokens",
        "ada@example.org",
        "550e8400-e29b-41d4-a716-446655440000",
    ],
)
def test_what_only_resembles_a_secret_stays(text: str) -> None:
    assert redact_values(text, MARKER) == text


@given(st.text(alphabet=st.characters()))
def test_text_is_redacted_once_and_for_all(text: str) -> None:
    once = redact_values(text, MARKER)
    assert redact_values(once, MARKER) == once


@given(st.sampled_from([d for d in DETECTORS if d.fragment and "\\Z" not in d.pattern.pattern]).flatmap(
    lambda d: st.tuples(st.just(d), st.from_regex(d.pattern))
))  # fmt: skip
def test_every_match_of_a_detector_holds_its_fragment(case: tuple[Detector, str]) -> None:
    detector, match = case
    assert detector.fragment in match.lower()
    assert not detector.beside or any(beside in match.lower() for beside in detector.beside)


@pytest.mark.parametrize(
    "address", ["ada@example.org", "a.b+c@mail.example.co.uk", "zoë@bücher.example", "a%40b.example"]
)
@pytest.mark.parametrize("around", ["{}", "to {}.", "<{}>", "mailto:{}?x=1", '{{"a": "{}"}}', "a={}&b=1"])
def test_addresses_are_secrets_where_that_is_asked_for(address: str, around: str) -> None:
    text = around.format(address)
    assert redact_values(text, MARKER) == text
    hidden = redact_values(text, MARKER, EMAILS)
    assert hidden == around.format(MARKER.mark("string", address))
    assert redact_values(hidden, MARKER, EMAILS) == hidden


@pytest.mark.parametrize("text", ["@example.org", "a@b", "a @ b.example", "pkg@1.2.3", "x@", "a" * 10_000 + "@"])
def test_what_only_has_an_at_sign_is_no_address(text: str) -> None:
    assert redact_values(text, MARKER, EMAILS) == text


@given(st.integers(min_value=0, max_value=10**14 - 1), st.integers(min_value=0, max_value=9))
def test_a_wrong_check_digit_is_no_card(body: int, wrong_by: int) -> None:
    fits = [digit for digit in range(10) if is_card_number(f"4{body:014d}{digit}")]
    assert len(fits) == 1
