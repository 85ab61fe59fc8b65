"""Base URLs are taken out whole, or not at all."""

from __future__ import annotations

import pytest

from shadow.compare.base_urls import BaseUrls
from shadow.exchange import Side

SHARED = BaseUrls("https://h.example/kong", "https://h.example/")


@pytest.mark.parametrize(
    ("legacy", "candidate"),
    [
        ("https://h.example/kong", "https://h.example"),
        ("https://h.example/kong/", "https://h.example/"),
        ("see https://h.example/kong/a and https://h.example/kong.", "see https://h.example/a and https://h.example."),
        ("https://h.example/kong?x=1#y", "https://h.example?x=1#y"),
        ("no link", "no link"),
        ("https://h.example/static/x.png", "https://h.example/static/x.png"),
    ],
)
def test_what_follows_the_base_is_compared(legacy: str, candidate: str) -> None:
    assert SHARED.same(legacy, candidate)


@pytest.mark.parametrize(
    ("legacy", "candidate"),
    [
        ("https://h.example/kongfoo", "https://h.examplefoo"),
        ("https://h.example/kong-2", "https://h.example-2"),
        ("https://h.example/kong.json", "https://h.example.json"),
        ("https://h.example/kong/a", "https://h.example.evil/a"),
        ("https://h.example/kong/a", "https://h.example:8443/a"),
        ("https://h.example/kong/a", "https://h.example@evil/a"),
        ("https://h.example/kong/a", "https://h.example/kong/a/"),
        ("http://h.example/kong/a", "https://h.example/a"),
    ],
)
def test_a_base_is_never_taken_out_in_part(legacy: str, candidate: str) -> None:
    assert not SHARED.same(legacy, candidate)


@pytest.mark.parametrize(
    ("reference", "relative"),
    [
        ("https://h.example/kong/a?b", "/a?b"),
        ("https://h.example/kong", "/"),
        ("/kong/a", "/a"),
        ("/kong", "/"),
        ("/kongfoo", "/kongfoo"),
        ("a/b", "a/b"),
        ("https://other.example/kong/a", "https://other.example/kong/a"),
    ],
)
def test_a_reference_is_relative_to_the_sides_own_base(reference: str, relative: str) -> None:
    assert SHARED.relative(Side.LEGACY, reference) == relative


def test_without_base_urls_texts_are_compared_as_they_are() -> None:
    nothing = BaseUrls("", "")
    assert nothing.same("https://a/b", "https://a/b")
    assert not nothing.same("https://a/b", "https://b/b")
