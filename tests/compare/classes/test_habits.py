"""What Node 20, Java 17 and Python 2.7 and 3.11 were seen to print for the same thing: each as the class it is."""

from __future__ import annotations

import pytest

from shadow.compare import compare
from shadow.exchange import Response

NODE_AND_OTHERS = [
    ("number-lexical", "1", "1.0"),
    ("number-lexical", "10000000000000000", "1.0E16"),
    ("number-lexical", "10000000000000000", "1e+16"),
    ("number-lexical", "1.10", "1.1"),
    ("number-precision", "9007199254740992", "9007199254740993"),
    ("number-special", "null", "NaN"),
    ("rounding", "2.5", "3"),
    ("rounding", "2.5", "2"),
    ("rounding", "2.5", "3.0"),
    ("rounding", "3", "3.5"),
    ("number-as-string", '"9007199254740993"', "9007199254740993"),
    ("number-as-string", '"12.50"', "12.5"),
    ("date-format", '"2024-01-31T10:30:00.000Z"', '"2024-01-31T10:30:00+00:00"'),
    ("date-format", '"2024-01-31T10:30:00.000"', '"2024-01-31T10:30"'),
    ("date-format", '"2024-01-31T10:30:00.000Z"', "1706697000000"),
    ("null-vs-absent", "{}", '{"a": null}'),
    ("list-order", "[1, 10, 9]", "[10, 9, 1]"),
    ("unicode-normalisation", '"é"', '"e\u0301"'),
    ("bool-as-string", "true", '"true"'),
    ("case", '"ACTIVE"', '"active"'),
    ("enum", '"IN_PROGRESS"', '"inProgress"'),
    ("empty-vs-null", "[]", "null"),
]


@pytest.mark.parametrize(("class_", "node", "other"), NODE_AND_OTHERS)
def test_each_habit_is_the_class_that_it_was_measured_as(class_: str, node: str, other: str) -> None:
    assert {d.class_ for d in compare(json_response(node), json_response(other))} == {class_}


def test_the_order_of_members_and_escapes_in_the_encoding_are_no_difference() -> None:
    found = compare(json_response('{"1": 1, "b": 2}'), json_response('{"b": 2, "1": 1}'))
    assert [(d.class_, d.severity) for d in found] == [("key-order", "notice")]
    assert compare(json_response('"\\u00e9"'), json_response('"é"')) == []


def test_spring_s_charset_is_a_notice() -> None:
    with_charset = json_response("{}", "application/json;charset=UTF-8")
    assert [(d.class_, d.severity) for d in compare(with_charset, json_response("{}"))] == [("charset", "notice")]


@pytest.mark.parametrize(
    ("legacy", "candidate", "class_"), [(200, 201, "success-code"), (200, 204, "success-code"), (404, 200, "not-found")]
)
def test_another_status_has_a_class_of_its_own(legacy: int, candidate: int, class_: str) -> None:
    assert [d.class_ for d in compare(Response(legacy, []), Response(candidate, []))] == [class_]


def test_an_error_against_a_result_is_one_difference_of_shape() -> None:
    found = compare(json_response('{"id": 1}'), json_response('{"message": "no such user"}', status=404))
    assert [d.class_ for d in found] == ["not-found", "error-shape"]


def json_response(body: str, media_type: str = "application/json", status: int = 200) -> Response:
    return Response(status, [("Content-Type", media_type)], body.encode())
