from __future__ import annotations

import pytest

from shadow.exchange import Request
from shadow.recordings import Broken, Recorded, source
from shadow.recordings.jsonl import Header, encode
from tests.recordings.samples import RECORDED, URLS


def test_our_own(recording):
    made = recording(Header(key="k").line() + b"\n \r\n" + encode(RECORDED) + b'{"url":"/a"}')
    first, second = made.entries()
    assert first == Recorded(
        **{**{name: getattr(RECORDED, name) for name in RECORDED.__struct_fields__}, "where": "line 4"}
    )
    assert (second.where, second.request.target, second.key) == ("line 5", "/a", "k")
    assert made.complete


def test_a_header_is_only_the_first_line(entries):
    found = entries(b'{"url":"/a"}\n' + Header(key="k").line() + b'{"url":"/b"}\n')
    assert [type(entry) for entry in found] == [Recorded, Broken, Recorded]
    assert found[2].key == ""


def test_a_line_that_is_wrong_costs_no_other_one(entries):
    found = entries(b'{"url":"/a"}\nsecret\n{"url":7}\n\xff\n{"url":"/b"}\n')
    assert [entry.where for entry in found] == [f"line {at}" for at in range(1, 6)]
    assert [entry.problem for entry in found[1:4]] == ["it is no JSON", "url must be a text", "it is no JSON"]


def test_a_recording_that_was_killed(recording):
    made = recording(b'{"url":"/a"}\n{"url":"/b')
    assert [type(entry) for entry in made.entries()] == [Recorded, Broken]
    assert not made.complete


def test_a_header_of_another_version(entries):
    (found,) = entries(b'{"shadow": "recording/2"}\n')
    assert isinstance(found, Broken)
    assert "recording/1" in found.problem


def test_urls(entries):
    assert entries(URLS) == [
        Recorded(where="line 2", request=Request("GET", "/a", []), scheme="http", host="h.example", port=80),
        Recorded(where="line 4", request=Request("GET", "/orders/1", [])),
        Recorded(where="line 5", request=Request("DELETE", "/x?y=1", []), scheme="https", host="h.example", port=8443),
    ]


@pytest.mark.parametrize(
    "line", [b"secret", b"GET", b"GET secret", b"GET /a secret", b"G@T /a", b"ftp://secret/", b"X-Token: secret"]
)
def test_lines_that_are_no_urls(entries, line):
    first, second, third = entries(b"/a\n" + line + b"\n/b\n")
    assert (first.request.target, third.request.target) == ("/a", "/b")
    assert isinstance(second, Broken)
    assert second.where == "line 2"
    assert "secret" not in second.problem


@pytest.mark.parametrize("first", [b'{"url":"/a"}\n', b"/a\n"])
def test_too_long_a_line_costs_no_other_one(monkeypatch, entries, first):
    monkeypatch.setattr(source, "ENTRY_LIMIT", 100_000)
    found = entries(first + b"/" + b"x" * 300_000 + b"\n" + first)
    assert [type(entry) for entry in found] == [Recorded, Broken, Recorded]
    assert found[1].problem == "it is larger than 256 MiB"
