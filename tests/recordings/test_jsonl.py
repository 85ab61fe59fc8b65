from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.exchange import Request, Response
from shadow.recordings import Recorded
from shadow.recordings.jsonl import EntryError, Header, decode, encode, header_of, split_url

OCTETS = st.binary(max_size=8).map(lambda octets: octets.decode("latin-1"))
TOKENS = st.text("abzAZ09-_!", min_size=1, max_size=6)
TARGETS = OCTETS.map(lambda text: "/" + "".join(one for one in text if one > " " and one not in "#\x7f"))
HEADERS = st.lists(
    st.tuples(
        TOKENS.map(lambda name: f"x-{name}"), OCTETS.map(lambda text: "".join(c for c in text if c not in "\r\n\0"))
    ),
    max_size=3,
)
SERVERS = st.sampled_from([("", "", 0), ("http", "h.example", 80), ("https", "h.example", 8443), ("https", "::1", 443)])
RECORDED = st.builds(
    lambda server, **rest: Recorded(where="line 1", scheme=server[0], host=server[1], port=server[2], **rest),
    SERVERS,
    request=st.builds(Request, TOKENS, TARGETS, HEADERS, st.binary(max_size=9) | st.text(max_size=9).map(str.encode)),
    response=st.none() | st.builds(Response, st.sampled_from([200, 404, 999]), HEADERS, st.binary(max_size=9)),
    started=st.none() | st.integers(0, 10**10).map(lambda number: number / 4),
    duration=st.integers(0, 1000).map(lambda number: number / 8),
    client=st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    redacted=st.frozensets(st.sampled_from(["target", "body", "response"])),
    key=st.just("k"),
)


@given(RECORDED)
def test_what_was_written_is_read_again(entry):
    line = encode(entry)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert decode(line, "line 1", key="k") == entry


@given(
    st.builds(
        Header,
        key=st.text(max_size=3),
        legacy=st.text(max_size=3),
        left_out=st.dictionaries(st.text(max_size=3), st.integers(1, 9)),
    )
)
def test_headers_are_read_again(header):
    try:
        line = header.line()
    except UnicodeEncodeError:
        return
    assert header_of(line) == header


def test_what_people_write_by_hand():
    line = '{"url": "HTTP://User:pass@H.example/a?b=\xe4#c", "headers": {"X": "\xe4", "Y": "\u20ac"}, "body": "\xe4"}'
    entry = decode(line.encode(), "line 1")
    assert entry.request == Request("GET", "/a?b=\xc3\xa4", [("X", "\xe4"), ("Y", "\xe2\x82\xac")], b"\xc3\xa4")
    assert entry.origin == "http://h.example"


def test_what_can_not_be_sent_is_left_out():
    entry = decode(
        b'{"url": "/", "headers": [[":path", "/"], ["A", "b\\n"], ["Host", "a"], ["Host", "b"]], "duration": -1}',
        "line 1",
    )
    assert entry.request.headers == [("Host", "a")]
    assert entry.duration == 0


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"", "it is no JSON"),
        (b"[]", "it is no JSON object"),
        (b"[" * 100_000, "it is no JSON"),
        (b"{}", "it has no url"),
        (b'{"url": "/ secret"}', "its URL holds blanks or control characters"),
        (b'{"url": "secret"}', "its URL is none of http or https, and no path (there is no scheme)"),
        (b'{"url": "my secret://a"}', "its URL is none of http or https, and no path (there is no scheme)"),
        (b'{"url": "http://se cret/"}', "its URL has no host"),
        (b'{"url": "http://secret:x/"}', "its URL has no host and port that can be understood"),
        (b'{"url": "\\ud800"}', "its URL is no text"),
        (b'{"url": "/", "method": "A B"}', "its method is none"),
        (b'{"url": "/", "method": 7}', "method must be a text"),
        (b'{"url": "/", "headers": 7}', "headers must be a list of [name, value]"),
        (b'{"url": "/", "headers": [["a"]]}', "headers must be a list of [name, value]"),
        (b'{"url": "/", "body_base64": "secret!"}', "body_base64 is no base64"),
        (b'{"url": "/", "body": "\\ud800"}', "body is no text"),
        (b'{"url": "/", "at": 1e99}', "at must be a number"),
        (b'{"url": "/", "at": NaN}', "at must be a number"),
        (b'{"url": "/", "response": {}}', "response.status must be a number from 100 to 999"),
        (b'{"url": "/", "response": {"status": true}}', "response.status must be a number from 100 to 999"),
    ],
)
def test_what_is_wrong_is_said_without_quoting_it(line, problem):
    with pytest.raises(EntryError) as caught:
        decode(line, "line 1")
    assert str(caught.value) == problem


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("http://h.example", ("http", "h.example", 80, "/")),
        ("https://h.example:444?a", ("https", "h.example", 444, "/?a")),
        ("http://[::1]/a//b/../c", ("http", "::1", 80, "/a//b/../c")),
        ("//a/b", ("", "", 0, "//a/b")),
        ("/a?b=http://c", ("", "", 0, "/a?b=http://c")),
        ("/\udcff", ("", "", 0, "/\xff")),
    ],
)
def test_urls_are_taken_apart_and_nothing_else(url, parts):
    assert split_url(url) == parts
