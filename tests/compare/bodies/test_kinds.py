"""What a body is depends on what both sides say and what both look like."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadow.compare import compare
from shadow.compare.rules import Rules
from shadow.exchange import Response


def told(legacy: bytes, candidate: bytes, type_: str = "", other: str = "") -> list[tuple[str, str]]:
    one, two = [[("Content-Type", name)] if name else [] for name in (type_, other)]
    return [
        (d.path, d.class_)
        for d in compare(Response(200, one, legacy), Response(200, two, candidate))
        if d.where == "body"
    ]


@pytest.mark.parametrize(
    ("legacy", "candidate", "type_", "other", "expected"),
    [
        # JSON on both sides is JSON, whatever it is called.
        (b'{"a": 1}', b'{"a": 2}', "text/html", "text/html", ("$.a", "value")),
        (b'{"a": 1}', b'{"a": 2}', "application/xml", "application/json", ("$.a", "value")),
        # One side JSON, the other JSON by name only.
        (b'{"a": 1}', b'{"a": 1', "", "application/json", ("$", "malformed")),
        (b"<p>no", b'{"a": 1}', "application/json", "application/json", ("$", "malformed")),
        (b'{"a": 1}', b"<p>no", "application/json", "text/html", ("$", "format")),
        (b'{"a": 1}', b"<p>no", "", "text/html", ("$", "format")),
        (b'{"a": 1}', b"a=1", "application/json", "application/x-www-form-urlencoded", ("$", "format")),
        (b'{"a": 1}', b"<a/>", "application/json", "application/xml", ("$", "format")),
        (b"<a>1</a>", b"<html><p>1", "application/xml", "text/html", ("$", "format")),
        (b"x", b"\xff\xfe\0", "", "", ("$", "format")),
        # Both say that it is text.
        (b"[1]", b"[a]", "text/plain", "text/plain", ("$", "value")),
        (b"<a>1</a>", b"<a>2</a>", "text/plain", "text/plain", ("$", "value")),
    ],
)
def test_examples(legacy: bytes, candidate: bytes, type_: str, other: str, expected: tuple[str, str]) -> None:
    assert told(legacy, candidate, type_, other) == [expected]


SAMPLES: dict[str, bytes] = {
    "application/json": b'{"a": [1, {"b": null}], "c": "\\ud800"}',
    "application/x-ndjson": b'{"a": 1}\n[NaN]\n',
    "application/json-seq": b"\x1e1\n\x1e[2]\n",
    "application/x-www-form-urlencoded": b"a=1&b=%ff&a=x+y",
    "multipart/mixed; boundary=b": b"--b\r\nContent-Type: application/json\r\n\r\n[1]\r\n--b\r\n\r\nx\r\n--b--",
    "application/xml": b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY e 'x'>]><a b='1'>&e;<c/> <d/></a>",
    "image/svg+xml; charset=utf-16": "<svg><text>a</text></svg>".encode("utf-16"),
    "text/html": b"<!doctype html><p class='b a'>x &amp; y<br><pre>\n z</pre><b>a</b> <i>c</i>",
    "text/plain; charset=iso-8859-1": b"a\r\n\xe9\nb",
    "image/png": b"\x89PNG\r\n\x1a\n\0\xff",
    "": b"",
}
RULES = Rules(legacy_url="https://h/kong", candidate_url="https://h")


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    body = bytearray(draw(st.sampled_from(list(SAMPLES.values()))))
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(body)))
        length = draw(st.integers(0, 3))
        body[place : place + length] = draw(
            st.binary(max_size=4) | st.sampled_from([b"<", b"--b", b"\x1e", b"&", b"\n", b"]]>"])
        )
    return bytes(body)


bodies = mutated() | st.binary(max_size=30)
types = st.sampled_from(list(SAMPLES))


@given(bodies, bodies, types, types)
@settings(max_examples=1_500, deadline=None)
def test_no_bytes_of_any_kind_raise(one: bytes, other: bytes, type_: str, other_type: str) -> None:
    responses = [Response(200, [("Content-Type", t)], b) for t, b in ((type_, one), (other_type, other))]
    for difference in compare(responses[0], responses[1], RULES):
        json.dumps([difference.legacy, difference.candidate], allow_nan=False).encode()
        difference.summary.encode()
        difference.path.encode()


@given(bodies, bodies, types)
@settings(max_examples=500, deadline=None)
def test_which_side_is_which_never_matters(one: bytes, other: bytes, type_: str) -> None:
    left, right = (Response(200, [("Content-Type", type_)], body) for body in (one, other))
    assert {d.path for d in compare(left, right)} == {d.path for d in compare(right, left)}


@pytest.mark.parametrize(("one", "other"), list(itertools.permutations(SAMPLES, 2)))
def test_bodies_of_two_kinds_are_never_the_same(one: str, other: str) -> None:
    assert told(SAMPLES[one], SAMPLES[other], one, other) != []


@pytest.mark.parametrize("type_", list(SAMPLES))
def test_equal_bytes_are_not_even_read(type_: str) -> None:
    program = (
        "import sys\nfrom shadow import Response, compare\n"
        f"one = Response(200, [('Content-Type', {type_!r})], {SAMPLES[type_]!r})\n"
        "assert compare(one, one) == []\nprint([m for m in ('lxml', 'deepdiff', 'email.parser') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert "lxml" not in done.stdout
    assert "deepdiff" not in done.stdout


def test_the_parser_of_markup_is_imported_only_for_markup() -> None:
    program = (
        "import sys\nfrom shadow import Response, compare\n"
        "compare(Response(200, [], b'[1]'), Response(200, [], b'[2]'))\nprint('lxml' in sys.modules)\n"
        "compare(Response(200, [], b'<a/>'), Response(200, [], b'<b/>'))\nprint('lxml' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "False\nTrue\n"


def test_json_in_another_charset_is_json_only_where_both_are_in_it() -> None:
    """RFC 8259 §8.1."""
    latin, utf8 = "application/json; charset=iso-8859-1", "application/json"
    assert told('["é"]'.encode("latin-1"), '["é"]'.encode(), latin, utf8) == [("$", "malformed")]
    assert told('["é"]'.encode("latin-1"), '[ "é"]'.encode("latin-1"), latin, latin) == []


@pytest.mark.parametrize(
    ("type_", "one", "other"),
    [
        ("text/plain; charset=iso-8859-1", b"\xe9", b"\xc3\xa9"),
        ("text/html; charset=iso-8859-1", b"<p>\xe9</p>", b"<p>\xc3\xa9</p>"),
        ("application/xml", b"<?xml version='1.0' encoding='iso-8859-1'?><a>\xe9</a>",
         b"<?xml version='1.0' encoding='iso-8859-1'?><a>\xc3\xa9</a>"),
    ],
)  # fmt: skip
def test_a_text_is_read_in_the_charset_that_it_declares(type_: str, one: bytes, other: bytes) -> None:
    headers = [("Content-Type", type_)]
    assert [d.class_ for d in compare(Response(200, headers, one), Response(200, headers, other))] == ["mojibake"]


def test_the_same_bytes_in_another_boundary_are_not_the_same() -> None:
    body = b"--a\r\n\r\nx\r\n--a--\r\n"
    one, other = (Response(200, [("Content-Type", f"multipart/mixed; boundary={b}")], body) for b in "ab")
    assert [d.class_ for d in compare(one, other) if d.severity == "difference"] == ["malformed"]
