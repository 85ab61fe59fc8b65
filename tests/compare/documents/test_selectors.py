"""Paths matched during a walk find what RFC 9535 evaluation finds."""

from __future__ import annotations

from typing import Any

import jsonpath_rfc9535
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadow.compare.documents.selectors import Matcher, Place, located
from shadow.config.jsonpath import parse_path

documents = st.recursive(
    st.none() | st.integers(0, 3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=12,
)
selectors = st.sampled_from([".a", ".b", "[*]", ".*", "[0]", "[1]", "..a", "..*", "..[0]", "['a','b',1]", "..['c',*]"])
unfollowable = st.sampled_from(["[?@.a]", "[0:2]", "[-1]", "..[?@ == 1]"])


def places(document: Any, at: Place[str], location: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    """All places of a document that some path names."""
    found = {location} if at.payloads else set()
    members = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, value in members:
        found |= places(value, at.step(key), (*location, key))
    return found


@given(st.lists(selectors, max_size=3).map("".join), documents)
@settings(max_examples=300, deadline=None)
def test_a_walk_finds_what_evaluation_finds(steps: str, document: Any) -> None:
    path = parse_path(f"${steps}")
    assert path.steps is not None
    expected = {node.location for node in jsonpath_rfc9535.find(f"${steps}", document)}
    assert places(document, Matcher([(path.steps, "x")]).root) == expected


@given(unfollowable, selectors, documents)
def test_a_path_that_can_not_be_followed_is_evaluated(odd: str, more: str, document: Any) -> None:
    path = parse_path(f"${odd}{more}")
    assert path.steps is None
    expected = {node.location for node in jsonpath_rfc9535.find(path.text, document)}
    found = [(each.steps, "x") for each in located(path, document) if each.steps is not None]
    assert places(document, Matcher(found).root) == expected


@given(st.text(st.characters(codec="utf-8"), max_size=6))
def test_every_name_survives_the_canonical_form(name: str) -> None:
    quoted = name.translate({i: f"\\u{i:04x}" for i in (*range(32), ord("'"), ord("\\"))})
    path = parse_path(f"$['{quoted}']")
    assert path.steps is not None
    assert path.steps[0].selectors == (name,)


def test_all_payloads_of_a_place_are_given() -> None:
    rules = [(parse_path(text).steps or (), text) for text in ("$.a", "$.*", "$..a", "$.b")]
    assert Matcher(rules).root.step("a").payloads == ("$.a", "$.*", "$..a")


def test_names_that_no_path_spells_out_share_one_place() -> None:
    root = Matcher([(parse_path("$.*.a").steps or (), "x")]).root
    assert root.step("one") is root.step("other")


@pytest.mark.parametrize("depth", [5_000])
def test_a_document_too_deep_to_evaluate_a_path_on_finds_nothing(depth: int) -> None:
    document: Any = 1
    for _ in range(depth):
        document = [document]
    assert located(parse_path("$..[?@ == 1]"), document) == []
