"""What kind of request it was: everything that decides its way through the code, and nothing that it says."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.evidence.coverage import Feature
from shadow.exchange import Request, Response
from shadow.pipeline.features import Finder, Found
from shadow.redact import Redactor

packed = partial(gzip.compress, mtime=0)
REDACTOR = Redactor(b"k" * 32)
JSON = [("Content-Type", "application/json")]


def look(
    target: str = "/orders/17",
    *,
    template: str = "/orders/{orderId}",
    method: str = "GET",
    sent: bytes = b"",
    sent_as: str = "application/json",
    status: int = 200,
    headers: list[tuple[str, str]] = JSON,
    body: Any = b"{}",
) -> Found:
    answer = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = Request(method, f"/kong{target}", [("Content-Type", sent_as)] if sent else [], sent)
    return Finder(REDACTOR.digest).find(template, target, request, Response(status, headers, answer))


def told(found: Found, kind: str) -> dict[str, str]:
    return {feature.name: feature.value for feature in found.features if feature.kind == kind}


def shape(found: Found) -> str:
    assert found.features[-1].kind == "shape"
    return found.features[-1].value


def test_a_request_has_a_feature_for_each_of_its_parts() -> None:
    found = look("/orders/17?page=2&sort=price", status=404, body={"error": "gone"})
    assert found.features[:-1] == (
        Feature("parameter", "orderId", "integer"),
        Feature("query", "page", "integer"),
        Feature("query", "sort", "word"),
        Feature("status", "", "404"),
        Feature("request-body", "", "none"),
        Feature("response-body", "", found.features[5].value),
    )
    assert found.features[5].value.startswith("object of 1 (")


@pytest.mark.parametrize(
    ("target", "template", "expected"),
    [
        ("/orders/", "/orders", {}),
        ("/users/0f8fad5b-d9cb-469f-a165-70867728950e", "/users/{id}", {"id": "uuid"}),
        ("/a/b-c/d/1", "/a/{slug}/d/{n}", {"slug": "slug", "n": "integer"}),
        ("/f/a%2Fb", "/f/{name}", {"name": "text"}),
        ("/f/%E2%82%AC", "/f/{name}", {"name": "non-ascii"}),
        ("/f/x/y/3.json", "/f/{rest+}", {"rest+": "3 segments, slug"}),
        ("/elsewhere", "/f/{name}", {}),
    ],
)
def test_parameters_are_told_by_their_shape(target: str, template: str, expected: dict[str, str]) -> None:
    assert told(look(target, template=template), "parameter") == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"": "none"}),
        ("&&", {"": "none"}),
        ("page=", {"page": "empty"}),
        ("id=1&id=x", {"id": "several: integer and word"}),
        (
            "filter%5Bstate%5D=open&items[17]=a&ids[]=1",
            {"filter[state]": "word", "items[]": "word", "ids[]": "integer"},
        ),
        ("ada@example.com=1&%00=2&9f8e7d6c5b4a3210=3", {"(other)": "integer"}),
        ("alice", {"(bare)": "word"}),
        ("q=a+b", {"q": "text"}),
        ("q=1#top", {"q": "integer"}),
    ],
)
def test_queries_are_told_by_their_keys_and_shapes(query: str, expected: dict[str, str]) -> None:
    assert told(look(f"/orders/1?{query}"), "query") == expected


def test_the_order_of_a_query_does_not_matter() -> None:
    assert look("/orders/1?b=x&a=1&a=x") == look("/orders/2?a=x&b=y&a=2")


def test_a_query_without_end_is_cut() -> None:
    keys = [f"key{chr(97 + n % 26)}{chr(97 + n // 26)}=1" for n in range(500)]
    found = told(look(f"/orders/1?{'&'.join(keys)}"), "query")
    assert len(found) == 21
    assert "(more)" in found


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        (JSON, b"", "none"),
        (JSON, b"{", "broken json"),
        (JSON, b"[1, 2]", "list of numbers"),
        (JSON, json.dumps(["x" * 200_000]).encode(), "large json"),
        ([*JSON, ("Content-Encoding", "gzip")], packed(json.dumps(["x" * 200_000]).encode()), "large json"),
        ([*JSON, ("Content-Encoding", "gzip")], packed(b"[]"), "empty list"),
        ([*JSON, ("Content-Encoding", "gzip")], b"no gzip", "broken json"),
        ([("Content-Type", "text/html")], b"<!doctype html><p>Ada", "html"),
        ([("Content-Type", "text/plain")], b"Ada", "text/plain"),
        ([("Content-Type", "text/ada-lovelace")], b"Ada", "text"),
        ([("Content-Type", "ada/lovelace")], b"\xff", "untyped"),
        ([("Content-Type", "image/png")], b"\x89PNG\r\n\x1a\n\0", "PNG"),
        ([("Content-Type", "application/xml")], b"<a><b>1</b></a>", "xml: object of 1"),
        ([("Content-Type", "application/x-www-form-urlencoded")], b"a=1&b=2", "form: object of 2"),
        ([("Content-Type", "application/x-ndjson")], b'{"a":1}\n{"a":2}\n', "lines: list of objects"),
    ],
)
def test_bodies_are_told_by_what_they_are(headers: list[tuple[str, str]], body: bytes, expected: str) -> None:
    found = told(look(headers=headers, body=body), "response-body")[""]
    assert found.partition(" (")[0] == expected


def test_a_request_body_is_told_like_that_of_a_response() -> None:
    found = look(method="POST", sent=b'{"state":"open","secret":"s3cr3t"}')
    assert told(found, "request-body")[""].startswith("object of 2 (")
    assert found.fields == {("request-value", "$.state"): {"open"}}


@pytest.mark.parametrize(
    "change",
    [
        {"target": "/orders/x"},
        {"target": "/orders/17?a=1"},
        {"status": 404},
        {"body": {"a": 1}},
        {"sent": b"{}"},
    ],
    ids=str,
)
def test_whatever_is_of_another_shape_makes_another_shape_of_the_whole(change: dict[str, Any]) -> None:
    assert shape(look(**change)) != shape(look())


def test_what_is_of_the_same_shape_does_not() -> None:
    one = look("/orders/17?page=1", body={"id": 1, "state": "open"})
    other = look("/orders/18?page=2", body={"state": "shipped", "id": 2})
    assert one.features == other.features
    assert one.fields != other.fields


def test_shapes_can_not_be_guessed_without_the_key() -> None:
    request, answer = Request("GET", "/", []), Response(200, JSON, b'{"a":1}')
    one, other = (Finder(Redactor(key * 32).digest).find("/", "/", request, answer) for key in (b"a", b"b"))
    assert shape(one) != shape(other)
    assert told(one, "response-body") != told(other, "response-body")


hostile = st.text(st.characters(), max_size=60)
octets = st.binary(max_size=120)
types = st.sampled_from(
    ["application/json", "application/xml", "text/html", "multipart/form-data; boundary=x",
     "text/plain; charset=utf-16",      "application/x-www-form-urlencoded", "application/json-seq", "", "\xff/\xff"]
) | st.text(st.characters(max_codepoint=255), max_size=30)  # fmt: skip


@given(
    target=hostile.map("/f/{}".format),
    template=st.sampled_from(["/f/{name}", "/f/{rest+}", "/f/x", "$default", "/{a}/{b}"]),
    sent=octets,
    sent_as=types,
    answered_as=types,
    coding=st.sampled_from(["gzip", "br", "zstd", "deflate", "odd", ""]),
    body=octets,
    status=st.integers(100, 999),
)
def test_no_request_or_answer_is_too_odd_and_nothing_of_it_is_told(
    target: str, template: str, sent: bytes, sent_as: str, answered_as: str, coding: str, body: bytes, status: int
) -> None:
    request = Request("POST", target, [("Content-Type", sent_as)], sent)
    answer = Response(status, [("Content-Type", answered_as), ("Content-Encoding", coding)], body)
    found = Finder(REDACTOR.digest).find(template, target, request, answer)
    assert len(found.features) <= 30
    for feature in found.features:
        assert all(part.isascii() and part.isprintable() and len(part) <= 200 for part in feature)


@given(st.lists(st.tuples(st.sampled_from("abcde"), hostile), max_size=8), st.randoms())
def test_the_same_query_in_any_order_is_the_same(pairs: list[tuple[str, str]], order: random.Random) -> None:
    def written() -> str:
        return "&".join(f"{key}={value.replace('&', '').replace('#', '')}" for key, value in pairs)

    one = written()
    order.shuffle(pairs)
    assert look(f"/orders/1?{one}") == look(f"/orders/1?{written()}")


def test_bodies_that_are_known_give_what_unknown_ones_give() -> None:
    finder = Finder(REDACTOR.digest)
    request = Request("GET", "/", [])
    answers = [
        Response(200, JSON, b'{"state":"on"}'),
        Response(204, JSON, b'{"state":"on"}'),
        Response(200, [("Content-Type", "text/plain")], b'{"state":"on"}'),
        Response(200, [*JSON, ("Content-Encoding", "gzip")], b'{"state":"on"}'),
    ]
    find: Callable[[Response], Found] = lambda answer: finder.find("/", "/", request, answer)  # noqa: E731
    first = [find(answer) for answer in answers]
    assert [find(answer) for answer in answers] == first
    assert len({shape(found) for found in first}) == 4
