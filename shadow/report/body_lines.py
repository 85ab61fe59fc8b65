"""A response's body as lines that a person can read: decoded, JSON laid out, anything binary as a hex dump."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable
from itertools import islice

import brotli  # type: ignore[import-untyped]
import msgspec
import zstandard

from shadow.exchange import Response, header
from shadow.report.json_layout import NotJsonError, lay_out, parse

__all__ = ["BodyLines", "bodies"]

MOST_BYTES = 2**20
"""Bytes of one body, after decoding, that are looked at."""
MOST_LINES = 4_000
"""Lines of one body."""
_HEX_BYTES = 512
_CHARSET = re.compile(r";\s*charset=\"?([\w.:-]+)", re.IGNORECASE)


class BodyLines(msgspec.Struct, frozen=True):
    """``note`` says what the lines don't show: decoding, cutting, or why there are none; "" when nothing."""

    lines: tuple[str, ...]
    note: str = ""


def bodies(legacy: Response, candidate: Response) -> tuple[BodyLines, BodyLines]:
    """Both bodies, laid out alike: the candidate's JSON members stand in legacy's order where names agree."""
    contents = _content(legacy), _content(candidate)
    (left, left_note), (right, right_note) = contents
    try:
        ours, theirs = parse(left), parse(right)
    except NotJsonError:
        return _plain(legacy, left, left_note), _plain(candidate, right, right_note)
    return _cut(lay_out(ours), left_note), _cut(lay_out(theirs, like=ours), right_note)


def _cut(lines: Iterable[str], note: str) -> BodyLines:
    found = tuple(islice(lines, MOST_LINES + 1))
    if len(found) <= MOST_LINES:
        return BodyLines(found, note)
    return BodyLines(found[:MOST_LINES], _joined(note, f"only the first {MOST_LINES:,} lines are shown"))


def _joined(*notes: str) -> str:
    return "; ".join(note for note in notes if note)


def _plain(response: Response, content: bytes, note: str) -> BodyLines:
    """The body on its own: JSON if it is, else text, else bytes."""
    if not content:
        return BodyLines((), note or "no body")
    try:
        return _cut(lay_out(parse(content)), note)
    except NotJsonError:
        pass
    text = _text(response, content)
    if text is not None:
        return _cut(re.split(r"\r?\n", text), note)
    cut = f"the first {_HEX_BYTES} are shown" if len(content) > _HEX_BYTES else ""
    words = _joined(note, f"{len(content):,} bytes that are not text", cut)
    return BodyLines(tuple(_hex_dump(content[:_HEX_BYTES])), words)


def _text(response: Response, content: bytes) -> str | None:
    """None where the bytes aren't text in the charset that the response names (or UTF-8)."""
    named = _CHARSET.search(header(response.headers, "content-type"))
    try:
        text = content.decode(named[1] if named else "utf-8", "strict")
    except (LookupError, UnicodeError, ValueError):
        # Cutting may have split a character at the end; anything before that is a real fault.
        text = content.decode("utf-8", "replace")
        if text.count("\ufffd") > 1 + len(text) // 50:
            return None
    return None if "\0" in text else text


def _hex_dump(content: bytes) -> list[str]:
    rows = (content[start : start + 16] for start in range(0, len(content), 16))
    return [
        f"{index * 16:06x}  {row.hex(' '):<47}  " + "".join(chr(b) if 32 <= b < 127 else "·" for b in row)
        for index, row in enumerate(rows)
    ]


def _content(response: Response) -> tuple[bytes, str]:
    """The body without its content codings (RFC 9110 §8.4), as far as it goes, and what had to be said about it."""
    content = response.body
    encodings = [name.strip().lower() for name in header(response.headers, "content-encoding").split(",")]
    for name in reversed([name for name in encodings if name not in ("", "identity")]):
        decode = _DECODERS.get(name)
        if decode is None:
            return content[:MOST_BYTES], f"content-encoding {name!r} is unknown; shown as it is"
        try:
            content = decode(content)
        except (zlib.error, brotli.error, zstandard.ZstdError):
            return content[:MOST_BYTES], f"this is not valid {name}; shown as it is"
    if len(content) > MOST_BYTES:
        return content[:MOST_BYTES], f"only the first {MOST_BYTES // 2**20} MiB is shown"
    return content, ""


# Each decoder stops soon after MOST_BYTES: a body of a few kilobytes may unpack to gigabytes.


def _inflate(content: bytes) -> bytes:
    for window in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):
        # "deflate" is zlib's format by the book and raw deflate in practice.
        try:
            return zlib.decompressobj(window).decompress(content, MOST_BYTES + 1)
        except zlib.error:
            continue
    raise zlib.error("neither gzip nor deflate")


def _brotli(content: bytes) -> bytes:
    decompressor = brotli.Decompressor()
    found = bytearray()
    for start in range(0, len(content), 1024):
        found += decompressor.process(content[start : start + 1024])
        if len(found) > MOST_BYTES:
            break
    return bytes(found)


def _zstd(content: bytes) -> bytes:
    reader = zstandard.ZstdDecompressor(max_window_size=2**27).stream_reader(content)
    return bytes(reader.read(MOST_BYTES + 1))


_DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": _inflate,
    "x-gzip": _inflate,
    "deflate": _inflate,
    "br": _brotli,
    "zstd": _zstd,
}
