"""A secret planted anywhere in an exchange is never written; what differs still differs, what is equal stays equal."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from typing import Any
from urllib.parse import quote, quote_plus

import brotli
import pytest
import zstandard
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shadow.compare.difference import Difference
from shadow.exchange import Exchange, Headers, Request, Response, Side, TransportFailure
from shadow.redact import Redactor
from shadow.redact.marks import MARK

SECRET = "hunter2-Tr0ub4dor"
REDACTOR = Redactor(b"a key", headers=("X-Tenant-Pass",), paths=("$..mothers_name", "$.user.email"))
FORM = "application/x-www-form-urlencoded"
ANY_TEXT = st.text(alphabet=st.characters()) | st.text(alphabet="/?&=%#;:\"'<>{}[]\\ apssword-token0\ud800\udcff")
"""Surrogates included, which a recording may hold."""
TYPES = ["application/json", FORM, "text/html", "multipart/form-data; boundary=a", "", "x/y"]


def redact(
    *, target: str = "/", headers: Headers | None = None, body: bytes = b"", side: str = "request"
) -> Request | Response:
    message: dict[str, Any] = {"headers": headers or [], "body": body}
    exchange = Exchange(
        Side.LEGACY,
        Request("POST", target, **(message if side == "request" else {"headers": []})),
        Response(200, **(message if side == "response" else {"headers": []})),
        1.0,
        0.5,
    )
    redacted = REDACTOR.exchange(exchange)
    assert (redacted.side, redacted.started, redacted.duration) == (Side.LEGACY, 1.0, 0.5)
    return redacted.request if side == "request" else redacted.response  # type: ignore[return-value]


def body(content: bytes, content_type: str = "application/json") -> bytes:
    return redact(headers=[("Content-Type", content_type)], body=content, side="response").body


def header(name: str, value: str) -> str:
    return redact(headers=[(name, value)]).headers[0][1]


def target(text: str) -> str:
    request = redact(target=text)
    assert isinstance(request, Request)
    return request.target


def difference(where: str, path: str, legacy: Any, candidate: Any, **more: Any) -> Difference:
    given = {"kind": "value-changed", "summary": f"{legacy!r} became {candidate!r}", **more}
    return REDACTOR.difference(
        Difference(
            where=where, path=path, pattern=path, class_="x", severity="difference", legacy=legacy, candidate=candidate,
            fingerprint="0123456789ab", **given,
        )  # type: ignore[arg-type]
    )  # fmt: skip


class TestHeaders:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("Authorization", f"Bearer {SECRET}"),
            ("authorization", SECRET),
            ("Proxy-Authorization", f"Basic {SECRET}"),
            ("Authorization", f"AWS4-HMAC-SHA256 Credential=x, Signature={SECRET}"),
            ("Cookie", f"theme=dark; sid={SECRET}"),
            ("Cookie", SECRET),
            ("Set-Cookie", f"sid={SECRET}; Path=/; HttpOnly"),
            ("X-API-Key", SECRET),
            ("x-amz-security-token", SECRET),
            ("X-Custom-Token", SECRET),
            ("X-Tenant-Pass", SECRET),
            ("Location", f"https://app.example/cb#access_token={SECRET}&state=1"),
            ("Referer", f"https://app.example/?api_key={SECRET}"),
            ("Link", f"<https://u:{SECRET}@app.example/>; rel=next"),
            ("X-Debug", '{"password": "' + SECRET + '"}'),
        ],
    )
    def test_a_secret_never_survives(self, name: str, value: str) -> None:
        assert SECRET not in header(name, value)

    def test_what_is_not_secret_in_them_stays(self) -> None:
        assert header("Authorization", f"Bearer {SECRET}").startswith("Bearer [redacted string:")
        assert header("Set-Cookie", f"sid={SECRET}; Path=/; HttpOnly").endswith("]; Path=/; HttpOnly")
        assert header("Cookie", "a=1; b=2").startswith("a=[redacted string:")
        assert "; b=[redacted string:" in header("Cookie", "a=1; b=2")
        assert header("Set-Cookie", "sid=; Max-Age=0") == "sid=; Max-Age=0"

    @pytest.mark.parametrize("name", ["Content-Type", "ETag", "X-Request-Id", "User-Agent", "Host"])
    def test_other_headers_stay(self, name: str) -> None:
        assert header(name, "4711; a=b") == "4711; a=b"

    def test_a_value_with_control_characters_is_replaced_as_a_whole(self) -> None:
        assert MARK.fullmatch(header("X-Thing", f"\0{SECRET}"))
        assert header("X-Thing", "a\tb") == "a\tb"
        shown = difference("header", "x-thing", None, f"\0{SECRET}")
        assert SECRET not in f"{shown.candidate} {shown.summary}"

    def test_one_secret_is_the_same_wherever_it_stands(self) -> None:
        mark = header("X-Api-Key", SECRET)
        assert header("Authorization", f"Bearer {SECRET}") == f"Bearer {mark}"
        assert header("Cookie", f"x={SECRET}") == f"x={mark}"
        assert json.loads(body(json.dumps({"token": SECRET}).encode()))["token"] == mark
        assert target(f"/?token={SECRET}") == f"/?token={quote(mark, safe='')}"


class TestTarget:
    @pytest.mark.parametrize(
        "text",
        [
            f"/?token={SECRET}",
            f"/a?x=1&Access-Token={SECRET}&y",
            f"/a?user[password]={SECRET}",
            f"/a?user%5Bpassword%5D={SECRET}",
            f"/a?%70assword={SECRET}",
            f"/a?mothers_name={SECRET}",
            f"/a?back={quote_plus(f'https://x.example/?token={SECRET}')}",
            f"/a?filter={quote_plus(json.dumps({'password': SECRET}))}",
            f"/a?x=1#id_token={SECRET}",
            f"/a#id_token={SECRET}",
            f"/a?a=1;token={SECRET}",
            f"//?token={SECRET}",
            f"/orders;jsessionid={SECRET}",
            f"/orders;v=1;jsessionid={SECRET};w=2/17",
            f"/orders;%6Asessionid={SECRET}",
        ],
    )
    def test_a_secret_never_survives(self, text: str) -> None:
        assert SECRET not in target(text)

    @pytest.mark.parametrize(
        "secret", ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2ln", "AKIAIOSFODNN7EXAMPLE", "4111111111111111"]
    )
    @pytest.mark.parametrize("text", ["/reset/{}", "/x?q={}", "/x?{}", "/x?a=see+{}", "/x?{}=1"])
    def test_a_secret_is_known_by_its_looks(self, text: str, secret: str) -> None:
        assert secret not in target(text.format(secret))

    @pytest.mark.parametrize(
        "text",
        ["*", "/a%2Fb/%7Ec?q=a+b&q=%20&empty=&flag#top", "/?", "//x", "/ü?ü=ü", "/%ff?%zz", "/a;b;c=%64+e;=;/f;"],
    )
    def test_a_target_without_a_secret_keeps_its_bytes(self, text: str) -> None:
        assert target(text) == text


class TestBodies:
    @pytest.mark.parametrize(
        ("content", "content_type"),
        [
            (json.dumps({"a": [{"password": SECRET}]}), "application/json"),
            (json.dumps({"a": [{"password": SECRET}]}), "application/problem+json; charset=utf-8"),
            (json.dumps({"a": [{"password": SECRET}]}), ""),
            (json.dumps({"a": [{"password": SECRET}]}), "application/octet-stream"),
            (json.dumps({"user": {"email": SECRET}}), "application/json"),
            (json.dumps({"x": [{"mothers_name": {"first": SECRET}}]}), "application/json"),
            (f'{{"password": "{SECRET}", "a": tru', "application/json"),
            (f"a=1&password={SECRET}&b=2", FORM),
            (f"a=1&%70assword={SECRET}", FORM),
            (f"mothers_name={SECRET}", FORM),
            (f"to+ken={SECRET}", FORM),
            (f'{{"a": "b&to+ken={SECRET}"}}', FORM),
            (f"<a><password>{SECRET}</password></a>", "application/xml"),
            (f"<html><input name=token value='{SECRET}'></html>", "text/html; charset=iso-8859-1"),
            (f"the password: {SECRET}", "text/plain"),
            (f'data: {{"token": "{SECRET}"}}\n\n', "text/event-stream"),
        ],
    )
    def test_a_secret_never_survives(self, content: str, content_type: str) -> None:
        assert SECRET.encode() not in body(content.encode(), content_type)

    @pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-32", "windows-1252"])
    def test_a_secret_never_survives_in_another_charset(self, charset: str) -> None:
        content = json.dumps({"password": SECRET}).encode(charset)
        for named in (f"application/json; charset={charset.removesuffix('-le')}", "application/json", "text/plain"):
            redacted = body(content, named)
            assert SECRET.encode(charset)[4:] not in redacted
            assert SECRET.encode() not in redacted

    @pytest.mark.parametrize("named", ["utf-16", "utf-16le", "utf-16be", "utf-32le"])
    @pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16le", "utf-16be", "utf-32le", "utf-32be"])
    def test_a_secret_never_survives_where_another_charset_is_said(self, charset: str, named: str) -> None:
        content = json.dumps({"password": SECRET}).encode(charset)
        redacted = body(content, f"application/json; charset={named}")
        assert SECRET.encode(charset.removesuffix("-sig")) not in redacted

    @pytest.mark.parametrize(
        ("coding", "encode"),
        [
            ("gzip", gzip.compress),
            ("deflate", zlib.compress),
            ("br", brotli.compress),
            ("zstd", zstandard.compress),
            ("gzip, br", lambda data: brotli.compress(gzip.compress(data))),
        ],
    )
    def test_an_encoded_body_is_stored_decoded_and_says_so(self, coding: str, encode: Any) -> None:
        content = json.dumps({"password": SECRET, "a": 1}).encode()
        encoded = encode(content)
        headers = [
            ("Content-Encoding", coding),
            ("Content-Length", str(len(encoded))),
            ("Content-Type", "application/json"),
        ]
        stored = redact(headers=headers, body=encoded, side="response")
        assert stored.body == body(content)
        assert json.loads(stored.body)["a"] == 1
        assert stored.headers == [("Content-Length", str(len(stored.body))), ("Content-Type", "application/json")]

    def test_a_body_that_cant_be_decoded_is_replaced(self) -> None:
        stored = redact(headers=[("content-encoding", "gzip")], body=SECRET.encode(), side="response")
        assert stored.body.startswith(b"[redacted binary:")
        assert stored.body.endswith(b" 17 bytes]")
        assert stored.headers == []

    def test_a_binary_body_is_replaced_by_length_and_digest(self) -> None:
        image = b"\x89PNG\r\n\x1a\n\0\xff" + SECRET.encode()
        assert body(image, "image/png") == body(image, "image/png")
        assert body(image, "image/png") != body(image[:-1] + b"x", "image/png")
        assert body(image, "image/png").endswith(b" 27 bytes]")
        assert SECRET.encode() not in body(image, "")

    @pytest.mark.parametrize(
        ("content", "content_type"),
        [
            (b'{ "a":1.0, "a" : 2 ,"big":12345678901234567890123 }\n', "application/json"),
            (b"a=%20+&b&&c=", FORM),
            ("Grüße".encode(), "text/plain"),
            ("Grüße".encode("latin-1"), "text/plain; charset=latin-1"),
            ("Grüße".encode("latin-1"), "text/plain"),
            (b"<p>tokens & passwords</p>", "text/html"),
            ("日本".encode("shift_jis"), "text/plain; charset=Shift_JIS"),
            (b"", "image/png"),
        ],
    )
    def test_a_body_without_a_secret_keeps_its_bytes(self, content: bytes, content_type: str) -> None:
        assert body(content, content_type) == content

    def test_the_parts_of_a_multipart_form_are_checked_one_by_one(self) -> None:
        boundary = "----WebKitFormBoundaryAbC"
        parts = [
            ('name="password"', "", SECRET.encode()),
            ('name="note"', "", b"harmless"),
            ('name="meta"', "Content-Type: application/json\r\n", json.dumps({"token": SECRET}).encode()),
            ('name="file"; filename="a.png"', "Content-Type: image/png\r\n", b"\x89PNG\0" + SECRET.encode()),
            ('name="coded"', "Content-Transfer-Encoding: base64\r\n", SECRET.encode()),
        ]
        content = b"".join(
            f"--{boundary}\r\nContent-Disposition: form-data; {name}\r\n{more}\r\n".encode() + data + b"\r\n"
            for name, more, data in parts
        )
        redacted = body(content + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}")
        assert SECRET.encode() not in redacted
        assert b'name="note"\r\n\r\nharmless\r\n--' in redacted
        assert redacted.count(boundary.encode()) == 6
        assert redacted.endswith(f"--{boundary}--\r\n".encode())

    @given(st.binary(), st.sampled_from(TYPES), st.sampled_from(["", "gzip", "br", "odd"]))
    def test_no_bytes_make_it_fail_and_redacting_twice_changes_nothing(
        self, content: bytes, type_: str, coding: str
    ) -> None:
        headers = [("Content-Type", type_), ("Content-Encoding", coding)]
        once = redact(headers=headers, body=content)
        assert redact(headers=once.headers, body=once.body).body == once.body


@given(ANY_TEXT, ANY_TEXT, st.binary())
@example("", "0 0000000=", b"")
def test_no_request_makes_it_fail(name: str, value: str, content: bytes) -> None:
    request = Request(
        "GET", value, [(name, value), ("Cookie", value), ("Set-Cookie", value), ("Authorization", value)], content
    )
    exchange = Exchange(Side.CANDIDATE, request, TransportFailure("connection", value), 0.0, 0.0)
    once = REDACTOR.exchange(exchange)
    assert REDACTOR.exchange(once) == once


@given(st.sampled_from(["header", "body", "transport"]), ANY_TEXT, ANY_TEXT)
def test_no_difference_makes_it_fail(where: str, path: str, value: str) -> None:
    once = difference(where, path, value, {value: [value]}, summary=value)
    assert REDACTOR.difference(once).legacy == once.legacy


SECRETS = st.text(alphabet=st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=1)


@settings(max_examples=50)
@given(SECRETS, SECRETS)
def test_equal_stays_equal_and_different_stays_different(one: str, other: str) -> None:
    for place in (
        lambda secret: body(json.dumps({"password": secret}).encode()),
        lambda secret: body(f"password={quote_plus(secret)}".encode(), FORM),
        lambda secret: header("X-Api-Key", secret),
        lambda secret: target(f"/?token={quote_plus(secret)}"),
        lambda secret: difference("body", "$.token", secret, None).legacy,
    ):
        assert (place(one) == place(other)) is (one == other)


def test_the_message_of_a_failure_is_redacted() -> None:
    failure = TransportFailure("connection", f"no route to https://u:{SECRET}@host.example/?token={SECRET}")
    redacted = REDACTOR.exchange(Exchange(Side.CANDIDATE, Request("GET", "/", []), failure, 0.0, 0.0)).response
    assert isinstance(redacted, TransportFailure)
    assert redacted.kind == "connection"
    assert SECRET not in redacted.message


class TestCredentials:
    @pytest.mark.parametrize(
        ("text", "type_", "content", "expected"),
        [
            ("/a?b=1", "", b'{"a":1}', False),
            ("/a?token=x", "", b"", True),
            ("/a", "", b'{"password":"x"}', True),
            ("/a", "image/png", b"\x89PNG\0", False),
            ("/a", "application/octet-stream", b"\x89PNG\0", False),
            ("/a", "", b"\x89PNG\0", True),
            ("/a", "application/x-www-form-urlencoded", b"password=x&y=\xff\0", True),
            ("/a", "", b"", False),
        ],
    )
    def test_it_tells_whether_target_or_body_hold_a_secret(
        self, text: str, type_: str, content: bytes, expected: bool
    ) -> None:
        request = Request("POST", text, [("Authorization", "Bearer x"), ("Content-Type", type_)], content)
        assert REDACTOR.holds_credentials(request) is expected

    def test_decoding_alone_is_no_redaction(self) -> None:
        headers = [("Content-Encoding", "gzip"), ("Content-Type", "application/json")]
        assert not REDACTOR.holds_credentials(Request("POST", "/", headers, gzip.compress(b'{"a":1}')))
        assert REDACTOR.holds_credentials(Request("POST", "/", headers, gzip.compress(b'{"password":1}')))

    def test_headers_with_a_secret_are_left_out_and_the_others_kept_as_they_are(self) -> None:
        kept = [("Accept", "x/y"), ("X-From", "newman"), ("accept", "z")]
        secret = [("Authorization", "Bearer x"), ("COOKIE", "theme=dark"), ("x-api-key", "k"), ("Referer", "/?token=x")]
        assert REDACTOR.without_credentials([*kept[:1], *secret, *kept[1:]]) == kept


def test_the_key_has_a_name_that_is_its_own_and_no_marks() -> None:
    assert re.fullmatch("[0-9a-f]{8}", REDACTOR.key_name)
    assert Redactor(b"another key").key_name != REDACTOR.key_name
    for said in ("the name of this key", "string:the name of this key"):
        assert REDACTOR.key_name not in REDACTOR.text(f"Bearer {said}")


class TestDifferences:
    @pytest.mark.parametrize(
        ("where", "path", "legacy"),
        [
            ("body", "$.user.password", SECRET),
            ("body", "$.tokens[0]['access_token']", SECRET),
            ("body", "$.secret.deep.down[3]", SECRET),
            ("body", "$.user.email", SECRET),
            ("body", "$.user", {"password": SECRET, "name": "x"}),
            ("body", "$.list", [{"deep": {"token": SECRET}}]),
            ("body", "$.link", f"https://x.example/?token={SECRET}"),
            ("header", "authorization", f"Bearer {SECRET}"),
            ("header", "set-cookie", f"sid={SECRET}; Path=/"),
            ("header", "x-api-key", SECRET),
            ("header", "location", f"/cb?token={SECRET}"),
        ],
    )
    def test_a_secret_survives_neither_in_a_value_nor_in_the_sentence(self, where: str, path: str, legacy: Any) -> None:
        redacted = difference(where, path, legacy, "other")
        assert SECRET not in repr(redacted)
        assert "became" in redacted.summary
        assert (redacted.where, redacted.path, redacted.fingerprint) == (where, path, "0123456789ab")

    def test_a_number_keeps_its_type_in_the_mark(self) -> None:
        redacted = difference("body", "$.pin", 1234, "1234")
        assert redacted.legacy.startswith("[redacted number:")
        assert redacted.candidate.startswith("[redacted string:")

    def test_what_is_missing_stays_missing(self) -> None:
        redacted = difference("body", "$.token", SECRET, None, kind="missing")
        assert redacted.candidate is None
        assert redacted.summary == f"{redacted.legacy} is missing"

    @pytest.mark.parametrize(
        ("where", "path", "legacy", "candidate"),
        [
            ("body", "$.price", 12.5, "12.50"),
            ("body", "$", {"a": [1, None, True]}, None),
            ("status", "status", 200, 404),
            ("header", "etag", '"1"', '"2"'),
            ("header", "set-cookie", "sid; path=/", None),
        ],
    )
    def test_a_difference_without_a_secret_stays_as_it_is(
        self, where: str, path: str, legacy: Any, candidate: Any
    ) -> None:
        redacted = difference(where, path, legacy, candidate)
        assert (redacted.legacy, redacted.candidate) == (legacy, candidate)
        assert redacted.summary == f"{legacy!r} became {candidate!r}"

    def test_a_secret_in_the_path_itself_is_hidden(self) -> None:
        token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2ln"
        assert token not in repr(difference("body", f"$['{token}']", 1, 2))
