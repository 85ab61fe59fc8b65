"""An entry holds no credentials and no addresses, and says what a replay can't send."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.compare.bodies.codings import UndecodableError, decoded_body
from shadow.exchange import Exchange, Headers, Request, Response, Side, TransportFailure
from shadow.pipeline.recording_entry import entry_of, is_writable
from shadow.recordings.entry import Recorded
from shadow.recordings.jsonl import decode, encode
from shadow.redact import Redactor
from shadow.routes.sides import Origin
from tests.e2e.planted import calls
from tests.redact.planted import PLANTED

ORIGIN = Origin("https", "api.test", 443)
REDACTOR = Redactor(b"k" * 32, headers=("x-tenant-pass",), paths=("$..mothers_name",), emails=True)
SECRET = "hunter2-Tr0ub4dor"


def exchange(
    target: str = "/kong/a",
    *,
    method: str = "GET",
    headers: Headers | None = None,
    body: bytes = b"",
    status: int = 200,
    answered: Headers | None = None,
    answer: bytes = b"",
) -> Exchange:
    request, response = Request(method, target, headers or [], body), Response(status, answered or [], answer)
    return Exchange(Side.LEGACY, request, response, 5.0, 0.5)


def entry(of: Exchange | None = None, /, **given: Any) -> Recorded:
    return entry_of(REDACTOR.exchange(of or exchange(**given)), ORIGIN, "someone")


@pytest.mark.parametrize(
    "header",
    [
        ("Authorization", f"Bearer {SECRET}"), ("authorization", ""), ("AUTHORIZATION", "Bearer"),
        ("Cookie", f"theme=dark; sid={SECRET}"), ("cookie", "theme="), ("X-Api-Key", SECRET), ("X-Tenant-Pass", SECRET),
        ("Proxy-Authorization", f"Basic {SECRET}"), ("Referer", f"https://a.test/?access_token={SECRET}"),
        ("X-Forwarded-For", "192.0.2.1"), ("Forwarded", "for=192.0.2.1"), ("X-Real-IP", "192.0.2.1"),
        ("X-Shadow-Mirror", "1"), ("Transfer-Encoding", "chunked"), ("X-Configured", "a value of shadow.toml's"),
    ],
)  # fmt: skip
def test_credentials_and_addresses_are_left_out(header):
    plain = [("Host", "api.test"), ("Accept", "*/*"), ("X-Trace", "caf\xe9")]
    asked = REDACTOR.exchange(exchange(headers=[plain[0], header, *plain[1:]]))
    found = entry_of(asked, ORIGIN, "someone", frozenset({"x-configured"}))
    assert found.request.headers == plain
    assert not found.redacted


def test_an_entry_is_what_was_asked_and_answered():
    answered = [("Date", "Tue, 01 Dec 2026 10:00:00 GMT"), ("Set-Cookie", f"sid={SECRET}; Path=/"), ("X-A", "1")]
    found = entry(
        target="/kong/a?b=%20", method="PUT", headers=[("Host", "h")], body=b"\0", status=404, answered=answered
    )
    assert (found.origin, found.client, found.started, found.duration) == ("https://api.test", "someone", 5.0, 0.5)
    assert found.request == Request("PUT", "/kong/a?b=%20", [("Host", "h")], found.request.body)
    assert found.response is not None
    assert found.response.status == 404
    assert [name for name, _ in found.response.headers] == ["Date", "Set-Cookie", "X-A"]
    assert "[redacted string:" in found.response.headers[1][1]
    assert SECRET not in str(found)
    assert found.redacted == {"body"}, "of headers nothing is said"


def test_where_no_answer_came_there_is_none():
    failed = Exchange(Side.LEGACY, Request("GET", "/a", []), TransportFailure("timeout", "5 s"), 1.0, 5.0)
    assert entry(failed).response is None


@pytest.mark.parametrize(
    ("given", "redacted"),
    [
        ({"target": f"/kong/a?token={SECRET}"}, {"target"}),
        ({"target": f"/kong/a?next=%2Fcb%3Faccess_token%3D{SECRET}"}, {"target"}),
        ({"target": f"/kong/reset/{SECRET}9"}, {"target"}),
        ({"target": f"/kong/{SECRET}", "headers": [("Authorization", f"Bearer {SECRET}")]}, {"target"}),
        ({"body": b'{"password":"x"}'}, {"body"}),
        ({"body": gzip.compress(b'{"password":"x"}'), "headers": [("Content-Encoding", "gzip")]}, {"body"}),
        ({"body": gzip.compress(b'{"plain":"x"}'), "headers": [("Content-Encoding", "gzip")]}, set()),
        ({"body": b"\x89PNG\0"}, {"body"}),
        ({"body": '{"password":"x"}'.encode("utf-16"), "headers": [("Content-Type", "a/json; charset=utf-16")]},
         {"body"}),
        ({"body": b"password=x", "headers": [("Content-Type", "application/x-www-form-urlencoded")]}, {"body"}),
        ({"answer": b'{"token":"x"}'}, {"response"}),
        ({"answer": SECRET.encode(), "headers": [("X-Api-Key", SECRET)]}, {"response"}),
        ({"answered": [("X-Auth-Token", SECRET)]}, set()),
        ({"target": "/kong/redacted?a=%5Bredacted%5D", "body": b"[redacted]"}, set()),
    ],
)  # fmt: skip
def test_it_says_what_was_changed(given, redacted):
    assert entry(**given).redacted == redacted


def _plain(headers: Headers, body: bytes) -> bytes:
    try:
        return decoded_body(Response(0, headers, body))
    except UndecodableError:
        return body


def _changed(original: Exchange) -> set[str]:
    """By comparing with the original, as only those can who have it."""
    redacted = REDACTOR.exchange(original)
    request, response = original.request, original.response
    assert isinstance(response, Response)
    assert isinstance(redacted.response, Response)
    return {
        part
        for part, changed in {
            "target": redacted.request.target != request.target,
            "body": redacted.request.body != _plain(request.headers, request.body),
            "response": redacted.response.body != _plain(response.headers, response.body),
        }.items()
        if changed
    }


def _planted() -> list[Exchange]:
    found = [
        exchange(
            f"/kong{call.target}",
            method=call.method,
            headers=call.headers,
            body=call.body,
            answered=call.legacy.headers,
            answer=call.legacy.body,
        )
        for call in calls()
    ]
    for type_, template in PLANTED.values():
        body = template.format(secret=SECRET, before="b", after="a", coded="eyJwYXNzd29yZCI6ICJ4In0=").encode()
        found.append(exchange(headers=[("Content-Type", type_)], body=body))
    return found


@pytest.mark.parametrize("original", _planted(), ids=lambda one: one.request.target[:30])
def test_wherever_there_was_a_secret_its_mark_is_found(original):
    assert entry(original).redacted == _changed(original)


@given(
    target=st.text(st.characters(max_codepoint=255)).map(lambda text: f"/{text}"),
    headers=st.lists(
        st.tuples(
            st.from_regex(r"X-[!#$%&'*+.^_`|~0-9A-Za-z-]{0,9}", fullmatch=True),
            st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0")),
        )
    ),
    body=st.binary(),
    answer=st.binary(),
)
def test_what_is_written_is_read_again(target, headers, body, answer):
    original = exchange(target, headers=headers, body=body, answered=headers, answer=answer)
    if not is_writable(original.request) or "#" in target:
        return
    found = entry(original)
    again = decode(encode(found), "")
    assert again.request == found.request
    assert again.response == found.response
    assert again.redacted == found.redacted


@pytest.mark.parametrize(
    ("target", "expected"), [("/a?b=%20", True), ("/caf\xe9", True), ("/a b", False), ("/\x01", False)]
)
def test_a_target_with_control_characters_is_no_url(target, expected):
    assert is_writable(Request("GET", target, [])) is expected
