"""Multipart bodies are lists of parts, each with its headers and its content by its own kind."""

from __future__ import annotations

import base64
import json
import quopri
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shadow.compare import Difference, compare
from shadow.compare.rules import BodyRule, Rules
from shadow.compare.treatment import Treatment
from shadow.config.jsonpath import parse_path
from shadow.exchange import Response

Part = tuple[str, bytes]
"""Header lines (each ended by CRLF) and content."""


def packed(parts: list[Part], boundary: str = "b1", newline: bytes = b"\r\n") -> bytes:
    body = b""
    for headers, content in parts:
        body += (
            f"--{boundary}".encode()
            + newline
            + headers.encode().replace(b"\r\n", newline)
            + newline
            + content
            + newline
        )
    return body + f"--{boundary}--".encode() + newline


def answer(body: bytes, boundary: str = "b1", kind: str = "mixed") -> Response:
    return Response(200, [("Content-Type", f'multipart/{kind}; boundary="{boundary}"')], body)


def differences(one: list[Part], other: list[Part]) -> list[Difference]:
    return compare(answer(packed(one)), answer(packed(other, "another boundary"), "another boundary"))


def paths(one: list[Part], other: list[Part]) -> list[str]:
    return [d.path for d in differences(one, other)]


JSON = "Content-Type: application/json\r\n"
BYTES = "Content-Type: application/octet-stream\r\n"


def test_parts_are_compared_by_their_own_kinds() -> None:
    one = [("Content-Disposition: form-data; name=a\r\n", b"x"), (JSON, b'{"items": [{"price": 1}]}')]
    other = [("content-disposition: form-data; name=b\r\n", b"x"), (JSON, b'{"items":[{"price":2}]}')]
    assert paths(one, other) == ["$[0].headers['content-disposition']", "$[1].body.items[0].price"]


@pytest.mark.parametrize("kind", ["mixed", "form-data", "byteranges", "related"])
def test_the_boundary_is_random_and_so_no_difference(kind: str) -> None:
    parts = [("Content-Range: bytes 0-1/5\r\n", b"ab"), ("Content-Range: bytes 3-4/5\r\n", b"de")]
    one, other = answer(packed(parts, "1"), "1", kind), answer(packed(parts, "22"), "22", kind)
    assert compare(one, other) == []


def test_markup_within_parts_is_markup() -> None:
    xml = "Content-Type: image/svg+xml\r\n"
    assert paths([(xml, b"<a><b/><c/></a>")], [(xml, b"<a><b></b><c/></a>")]) == []
    assert paths([(xml, b"<a><b/><c/></a>")], [(xml, b"<a><c/><b/></a>")]) == ["$[0].body.a['#order']"]
    assert paths([(xml, b"<a><b/><c/></a>")], [(xml, b"<a><b/><c/><d/></a>")]) == ["$[0].body.a.d"]


def test_order_is_a_mere_member_of_json_within_parts() -> None:
    one, other = b'{"#order": "a b", "b": 1}', b'{"#order": "a"}'
    assert paths([(JSON, one)], [(JSON, other)]) == ["$[0].body['#order']", "$[0].body.b"]


def test_multipart_within_multipart_is_read_too() -> None:
    inner = [packed([(JSON, body)], boundary) for body, boundary in ((b'{"a": 1}', "x"), (b'{"a": 2}', "y"))]
    one, other = ([(f"Content-Type: multipart/related; boundary={b}\r\n", i)] for b, i in zip("xy", inner, strict=True))
    assert paths(one, other) == ["$[0].body[0].body.a"]


def test_the_length_of_a_part_is_no_difference_of_its_own() -> None:
    assert paths([("Content-Length: 1\r\n", b"x")], [("", b"x")]) == []


def test_a_repeated_header_is_a_list() -> None:
    assert paths([("A: 1\r\nA: 2\r\n", b"")], [("A: 1\r\n", b"")]) == ["$[0].headers.a"]


@pytest.mark.parametrize("type_", ["application/json", "application/x-ndjson", "application/json-seq"])
def test_nothing_of_the_json_in_a_part_is_lost(type_: str) -> None:
    lead = b"\x1e" if type_.endswith("seq") else b""
    for one, other in (
        (b'{"a": 1, "a": 2}', b'{"a": 2}'),
        (b"[NaN]", b"[null]"),
        (b"[9007199254740993]", b"[9007199254740992]"),
    ):
        headers = f"Content-Type: {type_}\r\n"
        assert len(differences([(headers, lead + one)], [(headers, lead + other)])) == 1


def test_a_folded_header_is_one_line() -> None:
    assert paths([("A: 1;\r\n b=2\r\n", b"")], [("A: 1; b=2\r\n", b"")]) == []


def test_transfer_encodings_come_off() -> None:
    content = bytes(range(256))
    encoded = "Content-Transfer-Encoding: base64\r\n" + BYTES
    quoted = "Content-Transfer-Encoding: Quoted-Printable\r\n" + BYTES
    plain = "Content-Transfer-Encoding: binary\r\n" + BYTES
    for part in ((encoded, base64.encodebytes(content)), (quoted, quopri.encodestring(content)), (BYTES, content)):
        assert paths([(plain, content)], [part]) == []
        assert paths([(plain, content[:-1])], [part]) == ["$[0].body"]


def test_what_is_not_in_the_encoding_that_it_declares_stays_as_it_is() -> None:
    wrong = "Content-Transfer-Encoding: base64\r\n"
    assert paths([(wrong, b"YQ=*")], [(wrong, b"YQ==")]) == ["$[0].headers['content-transfer-encoding']", "$[0].body"]


NASTY = [b"\r", b"\n", b"\r\n", b"\0", b"--", b"--b1", b"\r\n--b", b"\n--b1", b"\xff", b" ", b"x", b"\x80", b"From x"]
contents = st.lists(st.sampled_from(NASTY), max_size=6).map(b"".join) | st.binary(max_size=8)


@given(
    st.lists(contents, max_size=3), st.lists(contents, max_size=3), st.sampled_from([BYTES, "", JSON[:-2] + "x\r\n"])
)
@settings(max_examples=500, deadline=None)
def test_different_contents_never_read_the_same(one: list[bytes], other: list[bytes], headers: str) -> None:
    boundary = "a boundary that is in none of them"
    left, right = (answer(packed([(headers, c) for c in part], boundary), boundary) for part in (one, other))
    assert bool(compare(left, right)) is (one != other)


@given(st.lists(contents, min_size=1, max_size=3))
@settings(max_examples=200, deadline=None)
def test_line_feeds_alone_may_part_the_parts(parts: list[bytes]) -> None:
    assume(not any(b"--b1" in part for part in parts))
    assert (
        compare(answer(packed([(BYTES, p) for p in parts])), answer(packed([(BYTES, p) for p in parts], newline=b"\n")))
        == []
    )


def test_a_text_that_describes_bytes_is_not_taken_for_them() -> None:
    (found,) = differences([(BYTES, b"\xff")], [(BYTES, b"x")])
    assert differences([(BYTES, b"\xff")], [(BYTES, found.legacy.encode())]) != []


def test_eight_bit_headers_stay_different() -> None:
    one, other = (answer(b"--b1\r\nA: " + raw + b"\r\n\r\nx\r\n--b1--") for raw in (b"\xff", b"\xfe"))
    assert [d.path for d in compare(one, other)] == ["$[0].headers.a"]


def test_what_is_around_the_parts_is_not_lost() -> None:
    plain = packed([("", b"x")])
    assert [d.path for d in compare(answer(plain), answer(b"hello\r\n" + plain))] == ["$[1]"]
    assert compare(answer(plain), answer(b"\r\n" + plain + b"\r\n")) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no parts",
        packed([("", b"x")])[:-6],
        packed([("", b"x")], "b2"),
        b"--b1\r\nno header\r\n\r\nx\r\n--b1--",
        b"--b1\r\nA : 1\r\n\r\nx\r\n--b1--",
        packed([(JSON, b"{")]),
        packed([(JSON, b"\xef\xbb\xbf{}")]),
        packed([("Content-Type: multipart/mixed\r\n", b"x")]),
    ],
)
def test_what_is_no_multipart_body_is_malformed(body: bytes) -> None:
    (found,) = [d for d in compare(answer(packed([("", b"x")])), answer(body)) if d.where == "body"]
    assert found.kind == ("malformed" if body else "missing")


def test_without_a_boundary_it_is_malformed() -> None:
    headers = [("Content-Type", "multipart/mixed")]
    found = compare(Response(200, headers, b"--b1--"), Response(200, headers, b"--b2--"))
    assert [d.kind for d in found] == ["malformed"]


def test_parts_within_parts_without_end_are_truncated() -> None:
    body: Any = b"x"
    for depth in range(2_000):
        body = packed(
            [(f"Content-Type: multipart/mixed; boundary=d{depth - 1}\r\n" if depth else "", body)], f"d{depth}"
        )
    found = compare(answer(body, "d1999"), answer(body + b"\r\n", "d1999"))
    assert [d.kind for d in found] == ["truncated"]


def test_more_parts_than_are_read_are_truncated() -> None:
    body = b"--b1\r\n" * 20_001 + b"--b1--"
    assert [d.kind for d in compare(answer(body), answer(body + b"\n"))] == ["truncated"]


def test_rules_reach_into_parts() -> None:
    one, other = ([(JSON, json.dumps({"tags": tags}).encode())] for tags in (["a", "b"], ["b", "a"]))
    rules = Rules(body=(BodyRule(parse_path("$[*].body.tags"), Treatment(unordered=True)),))
    assert compare(answer(packed(one)), answer(packed(other)), rules) == []


def form(*fields: tuple[str, bytes]) -> Response:
    parts = [(f"Content-Disposition: form-data; name={name}\r\n", content) for name, content in fields]
    return answer(packed(parts), kind="form-data")


def test_a_form_s_fields_are_compared_by_their_names() -> None:
    legacy = form(('"user"', b"ann"), ('"tag"', b"a"), ('"tag"', b"b"))
    assert compare(legacy, form(("tag", b"a"), ("user", b"ann"), ("tag", b"b"))) == []
    found = compare(legacy, form(('"user"', b"ann"), ('"tag"', b"a"), ('"tag"', b"c")))
    assert [(d.path, d.pattern) for d in found] == [("$.tag[1].body", "$.tag[*].body")]
    assert [d.path for d in compare(legacy, form(('"user"', b"ann"), ('"tag"', b"b"), ('"tag"', b"a")))] == ["$.tag"]


def test_a_field_s_name_may_hold_what_would_end_it() -> None:
    found = compare(form((r'"a\"; b"', b"1")), form((r'"a\"; b"', b"2")))
    assert [d.path for d in found] == ["""$['a"; b'][0].body"""]


def test_a_form_with_a_part_that_is_no_field_is_a_list() -> None:
    parts = [("Content-Disposition: form-data; name=a\r\n", b"x"), ("", b"y")]
    found = compare(answer(packed(parts), kind="form-data"), answer(packed([parts[0], ("", b"z")]), kind="form-data"))
    assert [d.path for d in found] == ["$[1].body"]


def test_nothing_of_a_part_s_json_is_lost() -> None:
    bodies = (b'{"a":1,"a":2}', b'{"a":2}')
    legacy, candidate = (answer(packed([("Content-Type: application/json\r\n", body)])) for body in bodies)
    assert [d.class_ for d in compare(legacy, candidate)] == ["repeated-member"]


@pytest.mark.parametrize(
    ("legacy", "candidate"),
    [
        ('name="a"; name="z"', 'name="b"; name="z"'),
        ('name="a"; filename="x; name=z; y"', 'name="b"; filename="x; name=z; y"'),
        ('name="a"; filename="x; name=z; y"', 'name="z"; filename="x; y"'),
        ('name="a\\b"', 'name="ab"'),
        ('name="a', 'name="a"'),
        ('name=a; filename="C:\\b"', 'name=a; filename="C:b"'),
        ('name=a; filename="b"', "name=a; filename"),
    ],
)
def test_two_fields_are_never_one(legacy: str, candidate: str) -> None:
    one, other = (
        answer(packed([(f"Content-Disposition: form-data; {said}\r\n", b"x")]), kind="form-data")
        for said in (legacy, candidate)
    )
    assert compare(one, other) != []


@pytest.mark.parametrize(
    ("legacy", "candidate"),
    [
        ('form-data; name="a"; filename="b.txt"', "Form-Data;filename=b.txt;name=a"),
        ('form-data; name="a b"', 'form-data ; NAME = "a b"'),
        ('form-data; name="a\\"b"', 'form-data; name="a\\"b"'),
    ],
)
def test_a_field_is_the_same_however_it_is_spelled(legacy: str, candidate: str) -> None:
    one, other = (
        answer(packed([(f"Content-Disposition: {said}\r\n", b"x")]), kind="form-data") for said in (legacy, candidate)
    )
    assert compare(one, other) == []


def test_no_json_text_is_not_an_empty_one() -> None:
    one, other = (answer(packed([("Content-Type: application/json\r\n", content)])) for content in (b"", b'""'))
    assert [d.path for d in compare(one, other)] == ["$[0].body"]


def test_a_boundary_may_have_semicolons() -> None:
    assert compare(answer(packed([(BYTES, b"x")], "a;b"), "a;b"), answer(packed([(BYTES, b"x")], "c"), "c")) == []


@pytest.mark.parametrize(
    ("headers", "content", "class_"),
    [
        ("Content-Type: text/xml\r\n", b"<a>" + b"<b/>" * 100_000 + b"</a>", "truncated"),
        ("Content-Type: application/x-ndjson\r\n", b"1\n" * 100_000, "truncated"),
        ("X: y\r\n" * 2_000, b"", "truncated"),
        ("Content-Type: text/plain" + "; a=b" * 20_000 + "; c=@\r\n", b"", "value"),
    ],
    ids=["elements", "lines", "headers", "parameters"],
)
def test_parts_that_hold_more_than_is_read_are_never_the_same(headers: str, content: bytes, class_: str) -> None:
    parts = [(headers.replace("@", mark), content + mark.encode()) for mark in ("1", "2")]
    assert class_ in {d.class_ for d in compare(*(answer(packed([part])) for part in parts))}
