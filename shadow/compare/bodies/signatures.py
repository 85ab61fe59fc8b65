"""File types told by the first bytes: a table of the signatures that their formats define."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["signature"]


class _Signature(NamedTuple):
    name: str
    marks: tuple[tuple[int, bytes], ...]
    """Offset and bytes; all must be there."""


def _at_start(name: str, *starts: bytes) -> tuple[_Signature, ...]:
    return tuple(_Signature(name, ((0, start),)) for start in starts)


def _brand(name: str, *brands: bytes) -> tuple[_Signature, ...]:
    """ISO base media files (ISO/IEC 14496-12 §4.3): a box `ftyp`, then the brand."""
    return tuple(_Signature(name, ((4, b"ftyp" + brand),)) for brand in brands)


_SIGNATURES: tuple[_Signature, ...] = (
    *_at_start("PNG", b"\x89PNG\r\n\x1a\n"),
    *_at_start("JPEG", b"\xff\xd8\xff"),
    *_at_start("GIF", b"GIF87a", b"GIF89a"),
    _Signature("WebP", ((0, b"RIFF"), (8, b"WEBP"))),
    _Signature("WAV", ((0, b"RIFF"), (8, b"WAVE"))),
    _Signature("AVI", ((0, b"RIFF"), (8, b"AVI "))),
    *_brand("AVIF", b"avif", b"avis"),
    *_brand("HEIC", b"heic", b"heix", b"mif1"),
    *_brand("QuickTime", b"qt  "),
    *_brand("MP4", b""),
    # `BM` alone begins too many texts; the four reserved bytes after the size are zero.
    _Signature("BMP", ((0, b"BM"), (6, b"\0\0\0\0"))),
    *_at_start("ICO", b"\0\0\x01\0"),
    *_at_start("TIFF", b"II*\0", b"MM\0*"),
    *_at_start("JPEG XL", b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n"),
    *_at_start("PDF", b"%PDF-"),
    *_at_start("ZIP", b"PK\x03\x04", b"PK\x05\x06"),
    *_at_start("GZIP", b"\x1f\x8b"),
    *_at_start("BZIP2", b"BZh"),
    *_at_start("XZ", b"\xfd7zXZ\0"),
    *_at_start("Zstandard", b"\x28\xb5\x2f\xfd"),
    *_at_start("7z", b"7z\xbc\xaf\x27\x1c"),
    *_at_start("RAR", b"Rar!\x1a\x07"),
    *_at_start("WebM or Matroska", b"\x1a\x45\xdf\xa3"),
    *_at_start("OGG", b"OggS"),
    *_at_start("FLAC", b"fLaC"),
    *_at_start("MP3", b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"),
    *_at_start("WOFF", b"wOFF"),
    *_at_start("WOFF2", b"wOF2"),
    *_at_start("TrueType", b"\0\x01\0\0\0"),
    *_at_start("OpenType", b"OTTO\0"),
    *_at_start("WebAssembly", b"\0asm"),
    *_at_start("SQLite", b"SQLite format 3\0"),
    *_at_start("Parquet", b"PAR1"),
    *_at_start("Java class", b"\xca\xfe\xba\xbe"),
    *_at_start("ELF", b"\x7fELF"),
    *_at_start("Python pickle", b"\x80\x04\x95", b"\x80\x05\x95"),
    *_at_start("OLE document", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
)
"""Tried in this order."""


def signature(body: bytes) -> str:
    """The name of the file type, or ""."""
    for found in _SIGNATURES:
        if all(body.startswith(mark, offset) for offset, mark in found.marks):
            return found.name
    return ""
