"""Templates: which paths have their form, what stands for the parameters, and the same on another template."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.routes.template import canonical_path, fill, parameters, shape, values

SEGMENT = st.text(
    alphabet=st.characters(codec="ascii", categories=["L", "N", "P"], exclude_characters="/?#"), min_size=1
)


@pytest.mark.parametrize(
    ("template", "names"),
    [
        ("/", []),
        ("/orders/{orderId}", ["orderId"]),
        ("/a/{x}/b/{y-z}", ["x", "y-z"]),
        ("/files/{name}.{ext}", ["name", "ext"]),
        ("/{proxy+}", ["proxy+"]),
    ],
)
def test_parameters_are_named_in_order(template: str, names: list[str]) -> None:
    assert parameters(template) == names


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("/orders/{id}", "/orders/{orderId}", True),
        ("/orders/{id}/", "/orders/{id}", True),
        ("/a%20b", "/a b", True),
        ("/%41", "/A", True),
        ("/a%2fb", "/a/b", False),
        ("/{id}", "/{proxy+}", False),
        ("/{id}", "/{id}.json", False),
        ("/{proxy+}", "/{default+}", False),
    ],
)
def test_templates_of_one_shape_take_the_same_paths(one: str, other: str, alike: bool) -> None:
    assert (shape(one) == shape(other)) is alike


@pytest.mark.parametrize(
    ("template", "path", "found"),
    [
        ("/orders/{id}", "/orders/17", ["17"]),
        ("/orders/{id}", "/orders/a%2Fb/", ["a%2Fb"]),
        ("/orders/{id}", "/orders/17/x", None),
        ("/files/{name}.json", "/files/a.b.json", ["a.b"]),
        ("/files/{proxy+}", "/files/a/b/c", ["a/b/c"]),
        ("/files/{proxy+}", "/files", None),
        ("/", "/", []),
    ],
)
def test_values_are_the_raw_text_for_each_parameter(template: str, path: str, found: list[str] | None) -> None:
    assert values(template, path) == found


@given(SEGMENT, SEGMENT)
def test_filling_a_template_and_reading_it_gives_the_same_values(one: str, other: str) -> None:
    path = fill("/a/{x}/b/{y}", {"x": one, "y": other})
    assert values("/a/{x}/b/{y}", path) == [one, other]


@given(st.text(alphabet=st.characters()))
def test_there_is_one_canonical_spelling(path: str) -> None:
    once = canonical_path(path)
    assert canonical_path(once) == once
    assert once.count("/") == path.count("/")
