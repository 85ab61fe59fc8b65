"""Bytes are told by type, length and content."""

from __future__ import annotations

import pytest

from shadow.compare import Difference, compare
from shadow.compare.bodies.signatures import signature
from shadow.exchange import Response

PNG = b"\x89PNG\r\n\x1a\n"


def difference(legacy: bytes, candidate: bytes, type_: str = "image/png") -> Difference:
    headers = [("Content-Type", type_)]
    (found,) = compare(Response(200, headers, legacy), Response(200, headers, candidate))
    return found


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (PNG, "PNG"),
        (b"\xff\xd8\xff\xe0", "JPEG"),
        (b"GIF89a", "GIF"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "WebP"),
        (b"RIFF\0\0\0\0WAVE", "WAV"),
        (b"\0\0\0\x1cftypavif", "AVIF"),
        (b"\0\0\0\x18ftypmp42", "MP4"),
        (b"BM\x36\0\0\0\0\0\0\0", "BMP"),
        (b"BMW list", ""),
        (b"\0\0\x01\0\x01\0", "ICO"),
        (b"II*\0", "TIFF"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04", "ZIP"),
        (b"\x1f\x8b\x08", "GZIP"),
        (b"\x1a\x45\xdf\xa3", "WebM or Matroska"),
        (b"OggS", "OGG"),
        (b"ID3\x04", "MP3"),
        (b"wOFF", "WOFF"),
        (b"wOF2", "WOFF2"),
        (b"\0\x01\0\0\0\x0f", "TrueType"),
        (b"OTTO\0", "OpenType"),
        (b"\0asm\x01", "WebAssembly"),
        (b"SQLite format 3\0", "SQLite"),
        (b"", ""),
        (b"hello", ""),
    ],
)
def test_a_file_type_is_told_by_its_first_bytes(body: bytes, name: str) -> None:
    assert signature(body) == name


def test_the_sentence_says_what_differs() -> None:
    assert difference(PNG + b"\xff1", PNG + b"\xff2").summary == "PNG: 10 bytes on both sides, of another content"
    assert difference(PNG + b"\xff1", PNG + b"\xff").summary == "PNG: 10 bytes became 9"
    assert difference(PNG + b"\xff1", b"\xff\xd8\xff").summary == "PNG became JPEG, 10 bytes became 3"
    assert difference(b"\xff1", b"\xff2").summary == "unknown bytes: 2 bytes on both sides, of another content"


def test_another_type_is_another_class() -> None:
    same, other = difference(PNG + b"\xff1", PNG + b"\xff2"), difference(PNG + b"\xff1", b"\xff\xd8\xff")
    assert (same.class_, other.class_) == ("bytes", "format")
    assert same.kind == other.kind == "body-changed"
    assert same.fingerprint != other.fingerprint


def test_both_types_length_and_digest_are_shown() -> None:
    found = difference(PNG, b"\xff\xd8\xff")
    assert found.legacy.startswith("PNG, image/png, 8 bytes, blake2b ")
    assert found.candidate.startswith("JPEG, image/png, 3 bytes, blake2b ")


def test_a_file_that_happens_to_be_readable_is_not_text() -> None:
    assert difference(b"%PDF-1.7\nab", b"%PDF-1.7\nac", "application/pdf").class_ == "bytes"
    assert difference(b"%PDF-1.7\nab", b"%PDF-1.7\nac", "text/plain").class_ == "value"
