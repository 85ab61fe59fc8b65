"""The attack: secrets planted in every kind of body and header, on both sides, and nothing of them is written down."""

from __future__ import annotations

import base64
import html
import json
import os
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any
from urllib.parse import quote_plus, unquote_plus

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadow import compare
from shadow.compare.difference import Difference
from shadow.exchange import Exchange, Headers, Request, Response, Side
from shadow.redact import Redactor
from shadow.redact.marks import MARK
from tests.redact.planted import PLANTED

REDACTOR = Redactor(b"a key", headers=("X-Tenant-Pass",), paths=("$..mothers_name", "$.user.email", "$.o[*].body.tax"))
SECRETS = st.text(alphabet="GHJKLMNPQRTVWXYZ_-", min_size=8, max_size=500).filter(
    lambda text: text[0].isalpha() and len(set(text)) > 3
)
"""Of letters that no digest has."""
AROUND = st.sampled_from(["", "x", "lorem ipsum", "dolor sit amet " * 5, "consetetur sadipscing " * 15])
KINDS = st.sampled_from(sorted(PLANTED))
EXAMPLES = int(os.environ.get("SHADOW_EXAMPLES", "200"))
STATUSES = st.sampled_from([(200, 200)] * 4 + [(200, 500), (404, 200), (502, 502), (403, 502)])


WORDS = st.tuples(
    st.text(alphabet="GHJKLMNPQRTVWXYZ", min_size=8, max_size=20), st.sampled_from("\"'<>&\\+%=:/;,{}[] é\u200b\t")
)
WILD = st.lists(WORDS, min_size=1, max_size=8).map(lambda words: "".join(map("".join, words)) + "Z")
"""With everything that formats escape."""
SPELLED = {
    "json": lambda text: json.dumps(text)[1:-1],
    "json-deep": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "json-wrong-type": lambda text: "".join(f"\\u{ord(c):04x}" for c in text),
    "json-repeated": lambda text: json.dumps(text)[1:-1],
    "json-configured": lambda text: json.dumps(text)[1:-1],
    "json-within": lambda text: json.dumps(json.dumps(text)[1:-1])[1:-1],
    "ndjson": lambda text: json.dumps(text)[1:-1],
    "form": quote_plus,
    "form-nested": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "form-data-html": html.escape,
    "xml": html.escape,
    "xml-attribute": lambda text: "".join(f"&#{ord(c)};" for c in text),
    "xml-below": html.escape,
    "xml-entity": lambda text: html.escape(text).replace("%", "&#37;"),
    "xml-named": html.escape,
    "xml-wrong-type": html.escape,
    "soap": html.escape,
    "soap-attribute": html.escape,
    "html-input": html.escape,
    "html-meta": html.escape,
    "html-data": html.escape,
    "html-textarea": html.escape,
    "html-select": html.escape,
}


def planted(kind: str, secret: str, before: str, after: str, *, spell: bool = False) -> tuple[Headers, bytes]:
    type_, template = PLANTED[kind]
    coded = base64.b64encode(json.dumps({"password": secret}).encode()).decode()
    spelled = SPELLED[kind](secret) if spell else secret
    text = template.format(secret=spelled, before=before, after=after, coded=coded)
    return [("Content-Type", type_)], text.encode()


def exchange(side: Side, response: Response, request: Request | None = None) -> Exchange:
    return Exchange(side, request or Request("GET", "/", []), response, 0.0, 0.0)


def written(
    legacy: Response, candidate: Response, request: Request | None = None
) -> tuple[list[Difference], list[str]]:
    """The differences as they are written, and every text in what is written of the pair."""
    originals = (exchange(Side.LEGACY, legacy, request), exchange(Side.CANDIDATE, candidate, request))
    found = compare(legacy, candidate)
    pair = REDACTOR.pair(*originals)
    differences = [pair.difference(difference) for difference in found]
    for before, after in zip(found, differences, strict=True):
        for kept in ("fingerprint", "kind", "class_", "severity", "where"):
            assert getattr(after, kept) == getattr(before, kept)
    assert pair.exchanges == tuple(map(REDACTOR.exchange, originals))
    texts = [msgspec.json.encode(differences).decode(), *strings(msgspec.to_builtins(differences))]
    for redacted in pair.exchanges:
        assert isinstance(redacted.response, Response)
        body = redacted.response.body.decode("utf-8", "backslashreplace")
        texts += [body, html.unescape(body), unquote_plus(body), repr(redacted.response.headers)]
        texts += [*strings(lines(body)), redacted.request.target, repr(redacted.request.headers)]
    return differences, texts


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield name
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def lines(body: str) -> list[Any]:
    """The JSON texts in a body."""
    found = []
    for text in (body, *body.splitlines()):
        try:
            found.append(json.loads(text))
        except ValueError:
            continue
    return found


def assert_nothing_of(secret: str, texts: list[str]) -> None:
    coded = base64.b64encode(json.dumps({"password": secret}).encode()).decode()
    text = "\0".join(texts)
    for spelled in (secret, coded):
        pieces = [spelled[start : start + 8] for start in range(len(spelled) - 7)]
        # What consists of commas and brackets may stand elsewhere.
        assert [piece for piece in pieces if sum(map(str.isupper, piece)) > 4 and piece in text] == []


@pytest.mark.parametrize("kind", sorted(PLANTED))
@pytest.mark.parametrize("around", ["", "lorem ipsum", "dolor sit amet " * 30])
@pytest.mark.parametrize("length", [8, 30, 700])
def test_a_planted_secret_is_never_written(kind: str, around: str, length: int) -> None:
    one, other = ("GHJKLMNPQRTVWXYZ" * 50)[:length], ("ZTHMVKWGXJRLYNQP" * 50)[:length]
    for left, right in ((one, other), (one, one), (one, one[: length // 2] + other[length // 2 :])):
        legacy = Response(200, *planted(kind, left, f"{around}1", f"x{around}"))
        candidate = Response(200, *planted(kind, right, f"{around}2", f"y{around}"))
        differences, texts = written(legacy, candidate)
        assert differences
        assert_nothing_of(left, texts)
        assert_nothing_of(right, texts)


@settings(max_examples=EXAMPLES, deadline=None)
@given(KINDS, KINDS | st.none(), SECRETS, SECRETS | st.none(), AROUND, AROUND, AROUND, STATUSES)
def test_nothing_of_a_secret_is_written_whatever_the_two_sides_are(
    kind: str,
    other: str | None,
    one: str,
    two: str | None,
    before: str,
    after: str,
    more: str,
    statuses: tuple[int, int],
) -> None:
    legacy = Response(statuses[0], *planted(kind, one, before, after))
    candidate = Response(statuses[1], *planted(other or kind, two or one, more, after))
    _, texts = written(legacy, candidate)
    for secret in (one, two or one):
        assert_nothing_of(secret, texts)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.sampled_from(sorted(SPELLED)), WILD, WILD | st.none(), AROUND, AROUND, STATUSES)
def test_nothing_of_a_secret_is_written_however_it_is_spelled(
    kind: str, one: str, two: str | None, before: str, after: str, statuses: tuple[int, int]
) -> None:
    legacy = Response(statuses[0], *planted(kind, one, before, "x", spell=True))
    candidate = Response(statuses[1], *planted(kind, two or one, after, "y", spell=True))
    _, texts = written(legacy, candidate)
    for secret in (one, two or one):
        assert_nothing_of(secret, texts)


SECRET = "GHJKLMNPQRTVWXYZ"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WWW-Authenticate", 'Bearer realm="x", error_description="eyJHJKLMNPQRTVWXYZ.a.{}"'),
        ("WWW-Authenticate", "Negotiate {}=="),
        ("Link", "<https://a.example/?page=2&access_token={}>; rel=next"),
        ("Link", "<https://a.example/?page=2>; rel=next, <https://a.example/?api_key={}>; rel=last"),
        ("Location", "https://a.example/cb?code={}&state=1"),
        ("Location", "/cb?session_state=1&code={}"),
        ("Location", "https://u:{}@a.example/"),
        ("Location", f"/{'x' * 400}?access_token={{}}&x={'y' * 400}"),
        ("Content-Location", "/cb#id_token={}"),
        ("Content-Disposition", 'attachment; filename="a?token={}"'),
        ("Refresh", "5; url=https://a.example/?access_token={}"),
        ("Refresh", "0; url=/cb?code={}"),
        ("Set-Cookie", "sid={}; Path=/a"),
        ("Set-Cookie", "sid=x; {}"),
        ("Set-Cookie", "{}"),
        ("Authorization", "Bearer {}"),
        ("X-Tenant-Pass", "{}"),
        ("Content-Type", "text/plain; token={}"),
        ("X-Echo", "Authorization: Basic {}"),
    ],
)
def test_no_header_tells_a_secret(name: str, value: str) -> None:
    request = Request("GET", f"/cb?code={SECRET}&state=1", [("Authorization", f"Bearer {SECRET}")])
    for other in (value.format("ZTHMVKWGXJRLYNQP"), value.format(SECRET) + "; a=b", None):
        headers = [] if other is None else [(name, other)]
        for pair in (([(name, value.format(SECRET))], headers), (headers, [(name, value.format(SECRET))])):
            differences, texts = written(Response(200, pair[0]), Response(200, pair[1]), request)
            assert differences or name == "Set-Cookie"
            assert_nothing_of(SECRET, texts)


def test_a_key_of_a_map_that_is_a_secret_or_an_address_is_in_neither_path_nor_pattern_nor_sentence() -> None:
    body = {"token": SECRET + "1", "by": {SECRET + "1": {"n": 1}, "ann@a.example": {"n": 1}, "address": {"n": 1}}}
    other = {"token": SECRET + "1", "by": {SECRET + "1": {"n": 2}, "ann@a.example": {"n": 2}, "address": {"n": 2}}}
    differences, _ = written(*(Response(200, [], json.dumps(each).encode()) for each in (body, other)))
    assert [d.path for d in differences][2] == "$.by.address.n"
    assert all(d.path.startswith("$.by['[redacted string:") for d in differences[:2])
    assert all(d.summary == "number 1 became 2" for d in differences)
    assert not any(secret in repr(differences) for secret in (SECRET, "ann"))


def test_a_repeated_member_is_named_without_the_secret_that_its_name_is() -> None:
    one, other = (f'{{"token": "{SECRET}1", "{SECRET}1": 1, {more} "x": 1}}' for more in (f'"{SECRET}1": 1,', ""))
    differences, _ = written(*(Response(200, [], each.encode()) for each in (one, other)))
    assert [d.class_ for d in differences] == ["repeated-member"]
    assert "with 2 values" in differences[0].summary
    assert SECRET not in repr(differences)


@pytest.mark.parametrize(
    ("one", "other", "summary"),
    [
        ({"token": "a"}, {"token": "b"}, "{} became {}"),
        ({"pin": 1234}, {"pin": "1234"}, "{} became {}"),
        ({"pin": 1234}, {"pin": -1234}, "{} became {} (the sign changed)"),
        ({"password": "hunter2"}, {"password": "HUNTER2"}, "{} became {} (only the case differs)"),
        ({"password": "hunter2"}, {}, "{} is missing"),
        ({}, {"password": "hunter2"}, "{} was added"),
        ({"tokens": [1, 2, 3]}, {"tokens": [3, 2, 1]}, "list of 3 items in another order"),
        ({"n": "see /?token=hunter2"}, {"n": "see /?token=hunter3"}, 'string "see /?token={}" became "see /?token={}"'),
    ],
)  # fmt: skip
def test_the_sentence_keeps_what_is_harmless_of_it(one: Any, other: Any, summary: str) -> None:
    differences, _ = written(*(Response(200, [], json.dumps(each).encode()) for each in (one, other)))
    marks = [MARK.findall(str(value)) for value in (differences[0].legacy, differences[0].candidate)]
    assert differences[0].summary == summary.format(*(mark for found in marks for mark in found))


def test_the_sentence_keeps_the_count_of_lines() -> None:
    one, other = (f"a\nb\npassword: {secret}\n{more}\nc" for secret, more in (("hunter2", 1), ("hunter3", 2)))
    differences, _ = written(*(Response(200, [("Content-Type", "text/plain")], each.encode()) for each in (one, other)))
    assert differences[0].summary.startswith('2 lines changed; line 3: string "password: [redacted string:')
    assert differences[0].legacy.endswith("]\n1")


def test_an_unnamed_field_keeps_what_is_no_secret_of_the_pair() -> None:
    page = '<html><form><input name="q" value="{}"><input name="pin" value="{}"></form></html>'
    both = (
        Response(200, [("Content-Type", "text/html")], page.format(*each).encode()) for each in (("a", 12), ("b", 34))
    )
    differences, _ = written(*both)
    assert [d.path for d in differences] == [f"$.html.body[0].form[0].input[{n}]['@value']" for n in (0, 1)]
    assert (differences[0].legacy, differences[0].candidate) == ("a", "b")
    assert all(MARK.fullmatch(value) for value in (differences[1].legacy, differences[1].candidate))


def test_without_a_pair_every_value_of_an_unnamed_field_is_a_secret() -> None:
    one, other = (
        Response(200, [("Content-Type", "text/html")], f'<html><input name="q" value="{value}"></html>'.encode())
        for value in ("a", "b")
    )
    redacted = REDACTOR.difference(compare(one, other)[0])
    assert MARK.fullmatch(redacted.legacy)
    assert redacted.summary == f"{redacted.legacy} became {redacted.candidate}"


def test_equal_pieces_stay_equal_and_different_ones_different() -> None:
    one, other = (f'<html><input name="token" value="{secret}"></html>' for secret in (SECRET + "1", SECRET + "2"))
    both = [Response(200, [("Content-Type", "text/html")], each.encode()) for each in (one, other)]
    differences, texts = written(*both)
    assert differences[0].legacy != differences[0].candidate
    assert all(f'value="{mark}"' in "".join(texts) for mark in (differences[0].legacy, differences[0].candidate))


def test_what_the_request_says_in_secret_the_answer_does_not_tell() -> None:
    request = Request("GET", "/", [("Authorization", f"Bearer {SECRET}")])
    both = (
        Response(401, [], json.dumps({"message": f"{SECRET} {more}"}).encode()) for more in ("expired", "is unknown")
    )
    differences, _ = written(*both, request)
    assert SECRET not in repr(differences)
    assert "expired" in differences[0].summary


def test_where_there_are_too_many_secrets_to_look_for_nothing_that_is_shown_is_trusted() -> None:
    body = {"credentials": [f"{SECRET}{number}" for number in range(20_000)], "x": "harmless"}
    one, other = (Response(200, [], json.dumps({**body, "x": x}).encode()) for x in ("harmless text", "another text"))
    differences, _ = written(one, other)
    assert (differences[0].path, differences[0].class_) == ("$.x", "value")
    assert MARK.fullmatch(differences[0].legacy)


def test_bytes_are_told_apart_by_a_keyed_digest() -> None:
    """With a plain one anybody could try out all PINs."""
    binary = [("Content-Type", "application/octet-stream")]
    pins = b"\x00\xff1234", b"\x00\xff5678"
    for bodies in (pins, (b"", pins[0])):
        differences, texts = written(*(Response(200, binary, body) for body in bodies))
        for pin in pins:
            digest = blake2b(pin, digest_size=8).hexdigest()
            assert not [text for text in texts if digest[:6] in text]
        assert "digest " in str(differences[0].candidate)
    one, other = (REDACTOR.pair().difference(compare(*(Response(200, binary, body) for body in bodies))[0])
                  for bodies in (pins, pins[::-1]))  # fmt: skip
    assert (one.legacy, one.candidate) == (other.candidate, other.legacy)
    assert one.legacy != one.candidate


def test_what_stands_for_a_secret_parameter_of_the_route_is_hidden_in_both_paths() -> None:
    exchanges = [
        Exchange(side, Request("GET", f"{path}/2?page=2", []), Response(200, []), 0.0, 0.0)
        for side, path in ((Side.LEGACY, "/kong/v1/s/abcde"), (Side.CANDIDATE, "/s/abcde;v=1"))
    ]
    hidden = REDACTOR.pair(*exchanges, route="GET /s/{shareToken}/{page}").exchanges
    shown = [MARK.sub("…", unquote_plus(each.request.target)) for each in hidden]
    assert shown == ["/kong/v1/s/…/2?page=2", "/s/…;v=1/2?page=2"]
    assert REDACTOR.pair(*exchanges, route="GET /s/{id}/{page}").exchanges == tuple(exchanges)
