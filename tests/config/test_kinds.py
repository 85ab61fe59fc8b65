from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from shadow.config import kinds


def refusal(kind: Any, value: object) -> str:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    return str(caught.value.errors()[0]["msg"])


def accepts(kind: Any) -> Callable[[object], object]:
    return TypeAdapter(kind).validate_python


@pytest.mark.parametrize(
    "glob",
    ["GET /orders/{orderId}", "* /orders", "GET /orders*", "GET *", "GET*", "*", "*/orders", "GET /", "M-SEARCH /x",
     "GET /files/{proxy+}", "ANY /a/{b}/c/{d}", "GET /a.{format}"],
)  # fmt: skip
def test_a_route_is_a_method_and_a_path_or_a_glob(glob: str) -> None:
    assert accepts(kinds.RouteGlob)(glob) == glob


@pytest.mark.parametrize(
    ("glob", "reason"),
    [
        ("get /orders", 'must have its method in capitals: "GET /orders", not "get /orders"'),
        ("", "must be a method and a path"),
        ("/orders", "must be a method and a path"),
        ("GET", "must be a method and a path"),
        ("GET orders", "must be a method and a path"),
        ("GET  /orders", "must be a method and a path"),
        ("GET /a b", "must be a method and a path"),
        ("GET /orders?page=1", "must not have a query"),
        ("GET /orders/{id", "must have each parameter in its own braces"),
        ("GET /orders/id}", "must have each parameter in its own braces"),
        ("GET /orders/{}", "must have each parameter in its own braces"),
        ("GET /{a/b}", "must have each parameter in its own braces"),
    ],
)
def test_what_is_no_route_is_refused_with_the_reason(glob: str, reason: str) -> None:
    assert reason in refusal(kinds.RouteGlob, glob)


def test_header_names_are_tokens_and_values_have_no_line_breaks() -> None:
    table = {"x-api-key": "a\tb", "X_Y": ""}
    assert accepts(kinds.HeaderTable)(table) == table
    assert "header name" in refusal(kinds.HeaderTable, {"x y": ""})
    assert "header name" in refusal(kinds.HeaderTable, {"": ""})
    assert "line breaks" in refusal(kinds.HeaderTable, {"x": "a\r\nevil: 1"})


def test_one_header_in_two_spellings_is_refused() -> None:
    assert refusal(kinds.HeaderTable, {"X-Key": "1", "x-key": "2"}).endswith('"X-Key" and "x-key" are the same')


@pytest.mark.parametrize("name", ["", "auth:make", "our.package.auth:Factories.candidate"])
def test_an_auth_factory_is_a_module_and_a_name(name: str) -> None:
    assert accepts(kinds.AuthFactory)(name) == name


@pytest.mark.parametrize("name", ["auth", "auth.make", "auth:", ":make", "a b:c", "auth:make()", "1a:b"])
def test_what_is_no_auth_factory_is_refused(name: str) -> None:
    assert "package.module:factory" in refusal(kinds.AuthFactory, name)


@pytest.mark.parametrize("value", ["2027-13-01", "tomorrow", "", 20270301, None])
def test_a_day_is_a_date(value: object) -> None:
    assert "a date such as 2027-03-01" in refusal(kinds.Day, value)


@pytest.mark.parametrize("value", ["", " ", "a\0b", "a\nb", 3, None])
def test_a_path_is_text_without_control_characters(value: object) -> None:
    assert "must be the path of a file" in refusal(kinds.FilePath, value)
    assert "must be true, false or the path of a CA bundle" in refusal(kinds.Verify, value)


def test_every_public_kind_is_exported() -> None:
    assert all(hasattr(kinds, name) for name in kinds.__all__)
