"""What an entry shows: everything that decides its way through the code, found again in what was written of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.config import Settings
from shadow.exchange import Exchange, Headers, Request, Response, Side
from shadow.pipeline.diversity import MOST_PARTS, Sample
from shadow.pipeline.recording_entry import entry_of
from shadow.pipeline.recording_shape import Shaper, paths_of
from shadow.recordings.jsonl import decode, encode
from shadow.redact import Redactor
from shadow.routes import RouteTable
from shadow.routes.sides import Sides
from tests.e2e.planted import calls

SETTINGS = Settings.model_validate(
    {
        "legacy": {"url": "https://api.test/kong"},
        "candidate": {"url": "https://api.test"},
        "route": [{"match": "GET /orders/{orderId}", "candidate": "/v2/orders/{orderId}"}],
    }
)
SIDES = Sides.from_urls(SETTINGS.legacy.url, SETTINGS.candidate.url)
TABLE = RouteTable.from_settings(SETTINGS)
REDACTOR = Redactor(b"k" * 32)
JSON = [("Content-Type", "application/json")]


def look(
    target: str = "/kong/orders/17",
    *,
    method: str = "GET",
    headers: Headers | None = None,
    sent: Any = None,
    status: int = 200,
    answer: Any = None,
    client: str = "connection:1",
    again: bool = False,
) -> Sample:
    body, answered = (b"" if one is None else json.dumps(one).encode() for one in (sent, answer))
    request = Request(method, target, [*(headers or []), *(JSON if body else [])], body)
    response = Response(status, JSON if answered else [], answered)
    side = SIDES.by_path(target)
    assert side is not None
    exchange = REDACTOR.exchange(Exchange(side, request, response, 1.0, 0.1))
    entry = entry_of(exchange, SIDES.of(side).origin, client)
    return Shaper(SIDES, TABLE, REDACTOR).sample(decode(encode(entry), "") if again else entry)


def test_a_request_shows_all_its_parts():
    found = look("/kong/orders/17?page=2&sort=price", sent={"a": 1}, answer={"n": None, "items": [{"id": 1}, {}]})
    assert found.route == "GET /orders/{orderId}"
    assert found.parts == {
        "parameter orderId integer", "query page integer", "query sort word", "status  200", "method GET",
        "asked json", "asked $.a number",
        "answered json", "answered $.n null", "answered $.items[*].id number", "answered $.items[*] {}",
    }  # fmt: skip
    assert found.sendable


@pytest.mark.parametrize(
    "other",
    [
        {"target": "/kong/orders/abc"}, {"target": "/kong/orders/17?x=1"}, {"status": 404}, {"sent": {"a": 1}},
        {"answer": {"a": None}}, {"answer": {"a": []}}, {"answer": {}},
        {"headers": [("X-HTTP-Method-Override", "DELETE")]},
    ],
)  # fmt: skip
def test_what_goes_another_way_has_another_shape(other):
    plain = look(answer={"a": [1]})
    assert look(**({"answer": {"a": [1]}} | other)).shape != plain.shape


@pytest.mark.parametrize(
    "same", [{"target": "/kong/orders/18"}, {"answer": {"a": [2, 3]}}, {"client": "connection:2"}, {"client": "sub:1"}]
)
def test_what_only_says_something_else_has_the_same(same):
    plain = look(answer={"a": [1]})
    other = look(**({"answer": {"a": [1]}} | same))
    assert (other.route, other.shape, other.parts) == (plain.route, plain.shape, plain.parts)


def test_the_same_request_is_known_again_whoever_has_no_name():
    assert look().request == look(client="connection:2", answer={"a": 1}).request
    others = [look(client="sub:1"), look("/kong/orders/18"), look(method="PUT"), look(sent=1)]
    assert len({one.request for one in (look(), *others)}) == 5


def test_both_sides_have_one_route():
    one, other = look("/kong/orders/17"), look("/v2/orders/17")
    assert (one.route, one.parts) == (other.route, other.parts)


def test_what_cant_be_sent_shows_nothing():
    found = look("/kong/orders/17?token=abc", answer={"a": 1})
    assert not found.sendable
    assert found.parts == frozenset()


@pytest.mark.parametrize("call", list(calls()), ids=lambda call: call.target[:30])
def test_an_entry_that_is_read_again_shows_the_same_of_the_same_route(call):
    """Also of a target with secrets in it, as far as that goes: the route is told by the original while it is there."""
    target = f"/kong{call.target}"
    entry = entry_of(
        REDACTOR.exchange(
            Exchange(
                Side.LEGACY,
                Request(call.method, target, call.headers, call.body),
                Response(call.legacy.status, call.legacy.headers, call.legacy.body),
                1.0,
                0.1,
            )
        ),
        SIDES.legacy.origin,
        "",
    )
    shaper = Shaper(SIDES, TABLE, REDACTOR)
    found = shaper.sample(entry)
    assert shaper.sample(decode(encode(entry), "")) == found
    expected = TABLE.name_for(Side.LEGACY, call.method, call.target)
    if "target" in entry.redacted:
        assert "redacted" not in found.route
        assert found.route.count("/") == expected.count("/")
    else:
        assert found.route == expected


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (1, {"$ number"}),
        ([], {"$ []"}),
        ({"a": {}, "b": [None, "x"]}, {"$.a {}", "$.b[*] null", "$.b[*] string"}),
        ({"0f8fad5b-d9cb-469f-a165-70867728950e": {"n": True}}, {"$.*.n boolean"}),
        ({f"m{number}": 1 for number in range(300)}, {"$.* number"}),
    ],
)
def test_the_paths_of_a_document(document, expected):
    assert paths_of(document) == expected


def test_looking_is_bounded():
    deep: Any = 1
    for _ in range(200):
        deep = {"a": [deep]}
    wide = {f"a{number}": {f"b{other}": 1 for other in range(100)} for number in range(100)}
    long = [{f"k{number}": number} for number in range(20_000)]
    for document in (deep, wide, long, [[[]] * 20_000] * 3):
        assert 0 < len(paths_of(document)) <= 200
    query = "&".join(f"k{number}={number}" for number in range(5000))
    assert len(look(f"/kong/orders/17?{query}", sent=wide, answer=wide).parts) <= MOST_PARTS


BODIES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(
    target=st.text(st.characters(min_codepoint=0x21, max_codepoint=255, exclude_characters="#\x7f")),
    type_=st.sampled_from(["application/json", "text/html", "application/xml", "multipart/form-data; boundary=a", ""]),
    body=st.binary(max_size=60) | BODIES.map(lambda value: json.dumps(value).encode()),
)
def test_anything_shows_something_and_the_same_again(target, type_, body):
    message = [("Content-Type", type_)], body
    exchange = Exchange(Side.LEGACY, Request("POST", f"/kong/{target}", *message), Response(200, *message), 1.0, 0.1)
    entry = entry_of(REDACTOR.exchange(exchange), SIDES.legacy.origin, "")
    shaper = Shaper(SIDES, TABLE, REDACTOR)
    assert shaper.sample(entry) == shaper.sample(decode(encode(entry), ""))
