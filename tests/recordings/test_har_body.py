from __future__ import annotations

import gzip

import pytest

from shadow.recordings.har_body import body_of, encoded, form, is_packed


@pytest.mark.parametrize(
    ("text", "kind", "lengths", "body"),
    [
        ("\xe4", "text/plain", (), b"\xc3\xa4"),
        ("\xe4", "text/plain; charset=ISO-8859-1", (), b"\xe4"),
        ("\xe4", 'text/plain;charset="utf-8"', {2}, b"\xc3\xa4"),
        # Nothing is declared, and its length says that it was read as latin-1.
        ("\xe4", "text/plain", {1}, b"\xe4"),
        ("\xe4", "text/plain; charset=latin1", {2}, b"\xc3\xa4"),
        ("\u20ac", "text/plain; charset=iso-8859-1", (), b"\xe2\x82\xac"),
        ("\xe4", "text/plain; charset=no-such-thing", (), b"\xc3\xa4"),
        ("\xe4", "text/plain; charset=base64", (), b"\xc3\xa4"),
        ("a", "text/plain; charset=utf-16le", {2}, b"a\0"),
        # Lone surrogates are the bytes that were no UTF-8.
        ("a\udcff\udcfe", "", (), b"a\xff\xfe"),
        ("\ud800", "", (), None),
        # The recorder could not read the body itself.
        ("a\ufffd", "", {2}, None),
        ("a\ufffd", "", {4}, b"a\xef\xbf\xbd"),
        ("a\ufffd", "", (), b"a\xef\xbf\xbd"),
    ],
)
def test_a_text_is_encoded_as_it_was(text, kind, lengths, body):
    assert encoded(text, kind, lengths) == body


@pytest.mark.parametrize(
    ("text", "encoding", "body"),
    [
        ("/wA=", "base64", b"\xff\0"),
        ("/w\nA=", "BASE64", b"\xff\0"),
        ("/w", "base64", None),
        ("\xe4", "base64", None),
        ("a", "rot13", None),
        ("a", "", b"a"),
    ],
)
def test_base64(text, encoding, body):
    assert body_of(text, encoding, "", ()) == body


@pytest.mark.parametrize(
    ("pairs", "lengths", "body"),
    [
        ([("a", "1 2"), ("b", "&=")], (), b"a=1+2&b=%26%3D"),
        ([("a", "1%202"), ("b", "")], (), b"a=1%202&b="),
        ([("a", "%41")], {7}, b"a=%2541"),
        ([("a", "\ud800")], (), b"a=%3F"),
    ],
)
def test_forms(pairs, lengths, body):
    assert form(pairs, lengths) == body


def test_what_is_packed_still():
    assert is_packed(gzip.compress(b"a"), " GZIP ")
    assert not is_packed(b'{"a":1}', "gzip")
    assert not is_packed(gzip.compress(b"a"), "")
