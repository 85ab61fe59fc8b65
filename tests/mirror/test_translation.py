"""A client's request as it is sent to a side."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.config import Settings, route_settings
from shadow.exchange import Request, Side
from shadow.mirror.policy import MIRROR_HEADER
from shadow.mirror.translation import AstrayError, is_conditional, side_settings, translate
from shadow.routes.sides import Sides

LEGACY, CANDIDATE = "https://legacy.example.com/kong", "https://candidate.example.com:8443/v2"
CLIENT = [("Host", "proxy.local:8080"), ("Accept", "*/*"), ("X-Dup", "1"), ("x-dup", "2"), ("Cookie", "a=1")]


def settings(**sections: Any) -> Settings:
    given: dict[str, Any] = {"legacy": {"url": LEGACY}, "candidate": {"url": CANDIDATE}, **sections}
    given["legacy"].setdefault("url", LEGACY)
    given["candidate"].setdefault("url", CANDIDATE)
    return Settings.model_validate(given)


def translated(
    request: Request,
    *,
    asked: Side = Side.LEGACY,
    to: Side = Side.CANDIDATE,
    path: str | None = None,
    **sections: Any,
) -> Request:
    effective = settings(**sections)
    route = route_settings(effective, f"{request.method} /orders")
    sides = Sides.from_urls(effective.legacy.url, effective.candidate.url)
    return translate(request, asked=asked, to=to, path=path, settings=effective, route=route, sides=sides)


def get(*headers: tuple[str, str], target: str = "/kong/orders") -> Request:
    return Request("GET", target, [*CLIENT, *headers])


def names(request: Request) -> set[str]:
    return {name.lower() for name, _ in request.headers}


def values(request: Request, name: str) -> list[str]:
    return [value for key, value in request.headers if key.lower() == name.lower()]


# -- the target -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "to", "target", "expected"),
    [
        (Side.LEGACY, Side.CANDIDATE, "/kong/orders", "/v2/orders"),
        (Side.LEGACY, Side.CANDIDATE, "/kong/a%2Fb/../c?x=%20&&", "/v2/a%2Fb/../c?x=%20&&"),
        (Side.LEGACY, Side.CANDIDATE, "/kong?x=/kong", "/v2?x=/kong"),
        (Side.LEGACY, Side.CANDIDATE, "/kong//x", "/v2//x"),
        (Side.CANDIDATE, Side.LEGACY, "/v2/orders?a=1", "/kong/orders?a=1"),
        (Side.LEGACY, Side.LEGACY, "/kong/a%2Fb?", "/kong/a%2Fb?"),
    ],
)
def test_the_target_changes_its_base_and_nothing_else(asked, to, target, expected):
    assert translated(get(target=target), asked=asked, to=to).target == expected


OPAQUE = st.characters(min_codepoint=33, max_codepoint=255, exclude_characters="?#")


@given(rest=st.text(OPAQUE), query=st.text("ab=&%?/"))
def test_there_and_back_is_the_same_target(rest, query):
    target = f"/kong/{rest}?{query}"
    there = translated(get(target=target))
    back = translated(there, asked=Side.CANDIDATE, to=Side.LEGACY)
    assert back.target == target


def test_a_path_of_its_own_is_put_under_the_sides_base():
    assert translated(get(), path="/purchases/7?x=1").target == "/v2/purchases/7?x=1"


# -- the headers ------------------------------------------------------------------------------------------------------


def test_a_request_that_would_reach_the_asked_side_again_is_not_translated():
    """On one host, `/kong/kong/a` without its base is legacy's again: asking legacy twice would prove nothing."""
    one_host = {"legacy": {"url": "https://one.example.com/kong"}, "candidate": {"url": "https://one.example.com"}}
    with pytest.raises(AstrayError):
        translated(get(target="/kong/kong/orders"), **one_host)
    assert translated(get(target="/kong/orders"), **one_host).target == "/orders"
    back = translated(get(target="/orders"), asked=Side.CANDIDATE, to=Side.LEGACY, **one_host)
    assert back.target == "/kong/orders"


def test_all_headers_stay_in_place_but_host_and_the_mark_of_a_mirrored_request():
    assert translated(get()).headers == [
        ("Host", "candidate.example.com:8443"),
        *CLIENT[1:],
        (MIRROR_HEADER, "1"),
    ]


def test_method_and_body_are_the_clients():
    request = Request("POST", "/kong/orders", CLIENT, b"\0\xff")
    sent = translated(request)
    assert (sent.method, sent.body) == ("POST", b"\0\xff")


def test_the_clients_host_is_kept_where_the_settings_say_so():
    assert values(translated(get(), proxy={"keep_host": True}), "host") == ["proxy.local:8080"]


@pytest.mark.parametrize("keep_host", [True, False])
def test_a_request_without_a_host_as_in_http_2_gets_the_sides(keep_host):
    request = Request("GET", "/kong/orders", [("accept", "*/*")])
    assert values(translated(request, proxy={"keep_host": keep_host}), "host") == ["candidate.example.com:8443"]


def test_a_sides_headers_replace_are_added_and_remove():
    sent = translated(
        get(("Authorization", "of the client")),
        candidate={"headers": {"X-DUP": "3", "x-api-key": "k", "cookie": "", "Host": "other", "absent": ""}},
    )
    assert sent.headers == [
        ("Host", "other"),
        ("Accept", "*/*"),
        ("X-Dup", "3"),
        ("Authorization", "of the client"),
        ("x-api-key", "k"),
        (MIRROR_HEADER, "1"),
    ]


def test_the_other_sides_headers_are_not_sent():
    sent = translated(get(), legacy={"headers": {"x-api-key": "legacy's"}})
    assert "x-api-key" not in names(sent)


def test_what_a_client_said_to_the_proxy_is_not_passed_on():
    sent = translated(get(("Proxy-Authorization", "Basic secret"), ("proxy-connection", "keep-alive")))
    assert not names(sent) & {"proxy-authorization", "proxy-connection"}


CONDITIONS = ["If-None-Match", "if-modified-since", "If-Match", "If-Unmodified-Since", "If-Range", "Range"]


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_safe_request_is_mirrored_without_its_condition(name):
    request = get((name, "x"))
    assert is_conditional(request)
    sent = translated(request)
    assert name.lower() not in names(sent)
    assert not is_conditional(sent)


@pytest.mark.parametrize("name", ["If-Match", "If-None-Match"])
def test_a_write_keeps_its_condition_for_it_guards_against_lost_updates(name):
    sent = translated(Request("PUT", "/kong/orders", [*CLIENT, (name, '"1"')]))
    assert values(sent, name) == ['"1"']


def test_a_write_with_an_override_to_a_safe_method_is_still_a_write():
    request = Request("POST", "/kong/orders", [*CLIENT, ("X-HTTP-Method-Override", "GET"), ("If-Match", '"1"')])
    assert values(translated(request), "if-match") == ['"1"']


def test_an_ordinary_request_has_no_condition():
    assert not is_conditional(get())


# -- writes -----------------------------------------------------------------------------------------------------------

IDEMPOTENT = {"route": [{"match": "POST *", "writes": "idempotent"}]}


def key_of(given: str | None, to: Side = Side.CANDIDATE) -> str:
    own = [] if given is None else [("Idempotency-Key", given)]
    [key] = values(translated(Request("POST", "/kong/orders", [*CLIENT, *own]), to=to, **IDEMPOTENT), "idempotency-key")
    return key


def test_each_side_gets_a_key_of_its_own_made_from_the_clients():
    keys = {"k1", key_of("k1"), key_of("k1", Side.LEGACY), key_of("k2")}
    assert len(keys) == 4


def test_what_a_client_sends_again_is_the_same_write_for_the_other_side():
    assert key_of("k1") == key_of("k1")


def test_without_a_clients_key_every_request_gets_a_new_one():
    assert key_of(None) != key_of(None)


@pytest.mark.parametrize("given", [None, "", "k1", '"k1"', "caf\xe9", "x" * 5000])
def test_every_key_is_a_uuid_quoted_as_the_clients(given):
    key = key_of(given)
    bare = key.strip('"')
    assert str(uuid.UUID(bare)) == bare
    assert (key == f'"{bare}"') == (given == '"k1"')


@pytest.mark.parametrize(
    ("method", "writes"), [("POST", "isolated"), ("GET", "idempotent")], ids=["isolated", "a safe method"]
)
def test_where_no_key_was_asked_for_none_is_sent(method, writes):
    request = Request(method, "/kong/orders", CLIENT)
    sent = translated(request, route=[{"match": f"{method} *", "writes": writes}])
    assert "idempotency-key" not in names(sent)


# -- always -----------------------------------------------------------------------------------------------------------


@given(
    headers=st.lists(st.tuples(st.sampled_from(["A", "a", "B", "Host", "X-Shadow-Mirror"]), st.text("xyz"))),
    asked=st.sampled_from(Side),
    to=st.sampled_from(Side),
)
def test_every_mirrored_request_has_one_host_and_one_mark_and_all_else_in_order(headers, asked, to):
    base = {Side.LEGACY: "/kong", Side.CANDIDATE: "/v2"}
    sent = translated(Request("GET", f"{base[asked]}/x", headers), asked=asked, to=to)
    assert len(values(sent, "host")) == 1
    assert values(sent, MIRROR_HEADER) == ["1"]
    special = {"host", MIRROR_HEADER.lower()}
    assert [h for h in sent.headers if h[0].lower() not in special] == [
        h for h in headers if h[0].lower() not in special
    ]


def test_the_settings_of_a_side():
    assert side_settings(settings(), Side.LEGACY).url == LEGACY
    assert side_settings(settings(), Side.CANDIDATE).url == CANDIDATE
