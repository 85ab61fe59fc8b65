"""Bodies become lines that a person can read, whatever they are."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from shadow.exchange import Request, Response
from shadow.report.example.body_lines import bodies, one_body

BODY = b'{"a": 1}'
LINES = ("{", '  "a": 1', "}")


def one(body: bytes, *headers: tuple[str, str]) -> Any:
    found = one_body(Response(200, list(headers), body))
    assert bodies(Response(200, list(headers), body), Response(204, [])).legacy == found
    return found


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(BODY, mtime=0)),
        ("deflate", zlib.compress(BODY)),
        ("deflate", zlib.compress(BODY)[2:-4]),
        ("br", brotli.compress(BODY)),
        ("zstd", zstandard.compress(BODY)),
        ("gzip, br", brotli.compress(gzip.compress(BODY, mtime=0))),
        ("identity", BODY),
    ],
)
def test_content_codings_are_undone(coding: str, body: bytes) -> None:
    assert one(body, ("Content-Encoding", coding)).lines == LINES


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate"])
def test_a_broken_coding_is_said_and_the_bytes_are_shown(coding: str) -> None:
    found = one(b"not " + coding.encode(), ("content-encoding", coding))
    assert found.note == f"this is not valid {coding}; shown as it is"
    assert found.lines == (f"not {coding}",)


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(b"0" * 2**26, mtime=0)),
        ("br", brotli.compress(b"0" * 2**26)),
        ("zstd", zstandard.compress(b"0" * 2**26)),
    ],
)
def test_a_body_that_unpacks_to_very_much_is_cut(coding: str, body: bytes) -> None:
    found = one(body, ("content-encoding", coding))
    assert found.note == "only the first 1 MiB is shown"
    assert sum(map(len, found.lines)) == 2**20


def test_bytes_that_are_not_text_become_a_hex_dump() -> None:
    found = one(b"\0\x01\xffab" * 200)
    assert found.note == "1,000 bytes that are not text; the first 512 are shown"
    assert found.lines[0].startswith("000000  00 01 ff 61 62 ")
    assert len(found.lines) == 32


def test_the_charset_of_the_response_is_used() -> None:
    assert one("café".encode("latin-1"), ("content-type", 'text/plain; charset="iso-8859-1"')).lines == ("café",)


def test_a_body_of_very_many_lines_is_cut_with_a_word() -> None:
    found = one(json.dumps(list(range(9_000))).encode())
    assert found.note == "only the first 4,000 lines are shown"
    assert len(found.lines) == 4_000


def test_both_sides_say_where_one_is_cut() -> None:
    legacy, candidate = (Response(200, [], json.dumps(body).encode()) for body in (list(range(9_000)), [1]))
    found = bodies(legacy, candidate)
    assert found.legacy.note == "only the first 4,000 lines are shown"
    assert found.candidate.note == "only the first 2 lines are shown"


def test_the_body_of_a_request_is_laid_out_too() -> None:
    assert one_body(Request("POST", "/", [], BODY)).lines == LINES


def test_no_body_is_said() -> None:
    assert one(b"").note == "no body"


def test_members_come_in_the_order_of_legacy() -> None:
    legacy = Response(200, [], b'{"a": 1, "b": {"c": 1, "d": 2}}')
    candidate = Response(200, [], b'{"x": 0, "b": {"d": 2, "c": 1}, "a": 1}')
    assert bodies(legacy, candidate).candidate.lines == (
        "{", '  "a": 1,', '  "b": {', '    "c": 1,', '    "d": 2', "  },", '  "x": 0', "}",
    )  # fmt: skip


@given(st.binary(), st.sampled_from(["", "gzip", "deflate", "br", "zstd", "x", "gzip, br"]), st.text(max_size=20))
def test_any_bytes_become_lines(body: bytes, coding: str, charset: str) -> None:
    headers = [("content-encoding", coding), ("content-type", f"text/plain; charset={charset}")]
    found = one(body, *headers)
    assert found.lines or found.note
