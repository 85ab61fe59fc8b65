"""Identifiers in a path become parameters; words stay; the result is always a template that shadow.toml takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.config.settings import Route
from shadow.routes.guess import guess_template


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/", "/"),
        ("", "/"),
        ("/orders", "/orders"),
        ("/orders/", "/orders"),
        ("/orders/17", "/orders/{id}"),
        ("/orders/17/items/4", "/orders/{id}/items/{id2}"),
        ("/users/550e8400-e29b-41d4-a716-446655440000", "/users/{id}"),
        ("/users/507f1f77bcf86cd799439011", "/users/{id}"),
        ("/users/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/users/{id}"),
        ("/customers/cus_9s6XKzkNRiz8i3", "/customers/{id}"),
        ("/orders/ORD-2024-0017", "/orders/{id}"),
        ("/links/V1StGXR8_Z5jdHi6B-myT", "/links/{id}"),
        ("/days/2024-02-29", "/days/{date}"),
        ("/since/2024-02-29T10:00:00Z", "/since/{date}"),
        ("/since/2024-02-29T10%3A00%3A00Z", "/since/{date}"),
        ("/users/ada@example.org/mail", "/users/{email}/mail"),
        ("/users/ada%40example.org", "/users/{email}"),
        ("/phones/+436601234567", "/phones/{phone}"),
        ("/reset/eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.x", "/reset/{id}"),
        ("/x/" + "long-" * 30, "/x/{id}"),
        ("/reset/CfDJ8%2Fk3%2Bx", "/reset/{id}"),
        ("/orders;jsessionid=0A1B2C/17;PHPSESSID=x", "/orders/{id}"),
        ("/;jsessionid=0A1B2C", "/"),
    ],
)
def test_what_looks_like_an_identifier_is_a_parameter(path: str, template: str) -> None:
    assert guess_template(path) == template


@pytest.mark.parametrize(
    "path",
    ["/user/profile", "/api/v2/oauth2/token", "/how-to-train-your-dragon-2", "/en-US/about", "/a/.well-known/x.json",
     "/facade/decade", "/web3", "/ORDERS", "/getUserById", "/a//b", "/x;y=1"],
)  # fmt: skip
def test_words_stay(path: str) -> None:
    assert guess_template(path) == path


@pytest.mark.parametrize(
    ("path", "template"), [("/a b", "/a%20b"), ("/a*", "/a%2A"), ("/{x}", "/%7Bx%7D"), ("/%c3%bc", "/%C3%BC")]
)
def test_what_a_route_name_cant_hold_is_percent_encoded(path: str, template: str) -> None:
    assert guess_template(path) == template


@given(st.text(alphabet=st.characters(exclude_characters="?#")))
def test_every_path_gives_a_name_that_the_configuration_takes(path: str) -> None:
    template = guess_template("/" + path)
    assert Route.model_validate({"match": f"GET {template}"}).match == f"GET {template}"
    assert "*" not in template


@given(st.integers(min_value=0), st.uuids())
def test_all_ids_of_a_kind_give_one_template(number: int, uuid: object) -> None:
    assert guess_template(f"/orders/{number}") == guess_template(f"/orders/{uuid}") == "/orders/{id}"
