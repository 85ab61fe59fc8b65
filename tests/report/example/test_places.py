"""The rows of a difference are found in both bodies: what comparing and laying out say of places agrees."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.compare import Difference, compare
from shadow.exchange import Response
from shadow.report.example.body_lines import bodies
from shadow.report.example.places import rows_of


def answer(body: Any, type_: str = "application/json") -> Response:
    return Response(200, [("content-type", type_)], body.encode() if isinstance(body, str) else body)


def marked(legacy: Response, candidate: Response, differences: list[Difference]) -> list[tuple[str, str, bool]]:
    """Both sides' lines of the rows that are marked, and whether a place begins there."""
    layout = bodies(legacy, candidate).layout
    found = rows_of(differences, layout)
    rows = sorted(found.items())
    return [
        (
            "" if (i := layout.pairs[row][0]) is None else layout.legacy[i].text.strip(),
            "" if (j := layout.pairs[row][1]) is None else layout.candidate[j].text.strip(),
            begins,
        )
        for row, begins in rows
    ]


def of_class(class_: str, legacy: Any, candidate: Any, type_: str = "application/json") -> list[tuple[str, str, bool]]:
    one, other = answer(legacy, type_), answer(candidate, type_)
    chosen = [difference for difference in compare(one, other) if difference.class_ == class_]
    assert chosen
    return marked(one, other, chosen)


ITEMS = [{"id": n, "price": n} for n in range(1, 6)]


@pytest.mark.parametrize(
    ("class_", "legacy", "candidate", "rows"),
    [
        ("number-as-string", {"a": 1, "b": 1}, {"a": "1", "b": 2}, [('"a": 1', '"a": "1"', True)]),
        (
            "number-as-string",
            ITEMS,
            [{"id": 0, "price": 0}, *ITEMS[:4], {"id": 5, "price": "5"}],
            [('"price": 5', '"price": "5"', True)],
        ),
        ("null-vs-absent", {"a": None, "b": 1}, {"b": 1}, [('"a": null', "", True)]),
        ("null-vs-absent", {"b": 1}, {"b": 1, "a": None}, [("", '"a": null', True)]),
        (
            "list-length",
            ITEMS,
            [{"id": 0, "price": 0}, *ITEMS],
            [("", "{", True), ("", '"id": 0', False), ("", '"price": 0', False), ("", "}", False)],
        ),
        (
            "wrapped", {"a": 5, "b": 1}, {"a": [5], "b": 1},
            [('"a": 5', '"a": [', True), ("", "5", False), ("", "]", False)],
        ),
        (
            "list-order", {"x": [1, 2]}, {"x": [2, 1]},
            [('"x": [', '"x": [', True), ("1", "2", False), ("2", "1", False)],
        ),
    ],
)  # fmt: skip
def test_json_is_marked_at_the_place(class_: str, legacy: Any, candidate: Any, rows: list[Any]) -> None:
    assert of_class(class_, json.dumps(legacy), json.dumps(candidate)) == rows


def test_xml_forms_and_pages_are_marked_too() -> None:
    page = "<r><b><c>1</c></b><b><c>2</c><c k='v'>{}</c></b></r>"
    assert of_class("value", page.format(3), page.format(4), "application/xml") == [
        ("<c k='v'>3</c>", "<c k='v'>4</c>", True)
    ]
    assert of_class("value", "a=1&t=x&t=y", "a=1&t=x&t=z", "application/x-www-form-urlencoded") == [
        ("t=y", "t=z", True)
    ]
    html = "<html><head><title>x</title></head><body><ul><li>a</li><li>{}</li></ul></body></html>"
    assert of_class("value", html.format("one"), html.format("two"), "text/html") == [
        ("<li>one</li>", "<li>two</li>", True)
    ]


def test_of_text_and_bytes_all_that_differs_is_the_place() -> None:
    assert of_class("value", "a\nb 1\nc\nd 1", "a\nb 2\nc\nd 2", "text/plain") == [
        ("b 1", "b 2", True), ("d 1", "d 2", False),
    ]  # fmt: skip
    assert [begins for *_, begins in of_class("bytes", b"\0\1" * 20, b"\0\2" * 20, "application/x")] == [
        True,
        False,
        False,
    ]


def test_a_missing_body_is_marked_from_its_first_line() -> None:
    assert of_class("empty-body", '{"a": 1}', b"") == [("{", "", True), ('"a": 1', "", False), ("}", "", False)]


def test_differences_of_headers_and_the_status_have_no_place_in_bodies() -> None:
    one, other = Response(200, [("etag", "a")], b'{"a": 1}'), Response(201, [("etag", "b")], b'{"a": 2}')
    differences = [difference for difference in compare(one, other) if difference.where != "body"]
    assert len(differences) == 2
    assert marked(one, other, differences) == []


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["id", "a", "b c"]), inner, max_size=3),
    max_leaves=20,
)


@given(json_values, json_values)
def test_whatever_differs_in_json_has_a_row_that_shows_it(legacy: Any, candidate: Any) -> None:
    """Each difference alone marks a row, and one that differs, but for those of the whole that are notices."""
    one, other = answer(json.dumps([legacy])), answer(json.dumps([candidate]))
    layout = bodies(one, other).layout
    for difference in compare(one, other):
        if difference.severity == "difference":
            rows = rows_of([difference], layout)
            assert sum(rows.values()) == 1, difference
            assert any(
                i is None or j is None or layout.legacy[i].text != layout.candidate[j].text
                for i, j in (layout.pairs[row] for row in rows)
            ), difference
