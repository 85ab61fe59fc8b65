"""JSON texts one a line, or in a sequence, are a list of documents."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadow.compare import compare
from shadow.exchange import Response

LINES = "application/x-ndjson"


def told(legacy: str, candidate: str, type_: str = LINES, other: str | None = None) -> list[tuple[str, str]]:
    """Path and class of each difference of the bodies."""
    one, two = [[("Content-Type", name)] if name else [] for name in (type_, type_ if other is None else other)]
    found = compare(Response(200, one, legacy.encode()), Response(200, two, candidate.encode()))
    return [(d.path, d.class_) for d in found if d.where == "body" and d.severity == "difference"]


documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(st.lists(documents, min_size=1, max_size=5), st.data())
@settings(max_examples=150, deadline=None)
def test_spacing_and_blank_lines_never_matter_and_a_changed_document_is_told_by_its_number(
    values: list[Any], data: st.DataObject
) -> None:
    plain = "\n".join(json.dumps(value) for value in values)
    spaced = (
        "\n \r\n".join(json.dumps(value, ensure_ascii=False, separators=(" , ", " : ")) for value in values) + "\n\n"
    )
    assert told(plain, spaced) == []
    number = data.draw(st.integers(0, len(values) - 1))
    changed = [{"changed": value} if i == number else value for i, value in enumerate(values)]
    paths = [path for path, _ in told(plain, "\n".join(map(json.dumps, changed)))]
    assert paths
    assert all(path.startswith(f"$[{number}]") for path in paths)


@pytest.mark.parametrize(
    "type_",
    [
        "application/x-ndjson",
        "application/ndjson; charset=utf-8",
        "application/jsonl",
        "application/x-jsonlines",
        "application/json-lines",
        "application/jsonlines",
    ],
)
def test_every_name_of_the_type_is_known(type_: str) -> None:
    assert told('{"price": 1}\n{"price": 2}', '{"price":1}\n{"price":"2"}', type_) == [
        ("$[1].price", "number-as-string")
    ]


def test_a_sequence_has_record_separators() -> None:
    """RFC 7464."""
    sequence = "application/json-seq"
    assert told('\x1e{"a":\n1}\n\x1e2\n', '\x1e{"a": 1}\n\x1e 2\n', sequence) == []
    assert told("\x1e1\n\x1e2\n", "\x1e1\n\x1e3\n", sequence) == [("$[1]", "value")]
    assert told("\x1e1\n\x1e2\n", "1\n\x1e2\n", sequence) == [("$", "malformed")]


@pytest.mark.parametrize("text", ["1", "true", "null", "1e5"])
def test_a_record_that_may_be_cut_off_is_malformed(text: str) -> None:
    sequence = "application/json-seq"
    assert told(f"\x1e{text}\n\x1e{text}\n", f"\x1e{text}\n\x1e{text}", sequence) == [("$", "malformed")]
    assert told('\x1e[1]\n\x1e"a"\n', '\x1e[1]\x1e"a"', sequence) == []


def test_a_broken_line_is_malformed_and_named() -> None:
    headers = [("Content-Type", LINES)]
    (found,) = compare(Response(200, headers, b'{}\n\n{"a": 1}'), Response(200, headers, b'{}\n\n{"a": }'))
    assert found.kind == "malformed"
    assert found.summary == "candidate: line 3 is not JSON: Expecting value at column 7"


@pytest.mark.parametrize(("type_", "other"), [("", ""), ("application/json", "application/json"), ("text/plain", "")])
def test_several_lines_of_json_on_both_sides_are_recognised_whatever_they_declare(type_: str, other: str) -> None:
    assert told('{"a": 1}\n{"a": 2}', '{"a":1}\n{"a":3}\n', type_, other) == [("$[1].a", "value")]


def test_lines_against_one_document_have_nothing_to_be_compared_by() -> None:
    assert told('{"a": 1}\n{"a": 2}', '[{"a": 1}, {"a": 2}]', LINES, "application/json") == [("$", "format")]


def test_a_single_line_is_compared_as_what_both_sides_say() -> None:
    assert told('{"a": 1}', '{"a": 2}\n') == [("$[0].a", "value")]
    assert told('{"a": 1}', '{"a": 2}', LINES, "application/json") == [("$.a", "value")]


def test_numbers_one_a_line_are_text_unless_said_otherwise() -> None:
    assert told("1\n2", "1.0\n2", "text/plain") == [("$", "value")]
    assert told("1\n2", "1.0\n2") == []


@pytest.mark.parametrize(
    ("legacy", "candidate", "class_"),
    [
        ('1\n{"a": 1, "a": 2}', '1\n{"a": 2}', "repeated-member"),
        ("1\n[NaN]", "1\n[null]", "number-special"),
        ("1\n9007199254740993", "1\n9007199254740992", "number-precision"),
        ("\ufeff1\n2", "1\n2", "byte-order-mark"),
        ("1\n\ufeff2", "1\n2", "malformed"),
        ("1,2\n3", "1\n2\n3", "malformed"),
        ("1],[2\n3", "1\n2\n3", "malformed"),
        ("1\n2", "1", "list-length"),
    ],
)
def test_nothing_of_a_line_is_lost(legacy: str, candidate: str, class_: str) -> None:
    assert [found for _, found in told(legacy, candidate)] == [class_]


def test_more_lines_than_are_read_are_truncated() -> None:
    assert told("1\n" * 100_001, "1\n" * 100_001 + "\n") == [("$", "truncated")]
