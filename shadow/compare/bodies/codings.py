"""Takes content codings (RFC 9110 §8.4.1) off a body: gzip, deflate in both its forms, br, zstd."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import brotli  # type: ignore[import-untyped]
import zstandard

from shadow.exchange import Response

__all__ = ["LIMIT", "UndecodableError", "codings", "decoded_body", "decoded_start"]

LIMIT = 16 * 2**20
"""Bytes that a decoded body may have; a small body can unpack to any size."""
_LENGTH = len("content-encoding")
_CHUNK = 1024
"""Bytes given to zstd at once: its output can't be limited, only its input, of which four bytes make 128 KiB at most
(RFC 8878 §3.1.1.2)."""
_LARGEST_CHUNK = 2**16
"""Bytes given to zlib and brotli at once."""
_LARGEST_OUTPUT = 2**20
"""Bytes taken from brotli at once, or twice as many."""
_UNLIMITED_CHUNK = 16
"""Bytes given to a brotli before 1.2, whose output can't be limited: a few bytes make 16 MiB (RFC 7932 §9.2)."""
_MOST_MEMBERS = 10_000
"""Members of one stream that are unpacked, also where they are empty."""
_PADDING = re.compile(rb"\0+")
"""What gzip allows after a member."""


class UndecodableError(ValueError):
    """The body is not what its Content-Encoding says, or unpacks beyond `LIMIT` (``too_large``).

    ``coding`` is the one that is not known (``unknown``) or doesn't come off.
    """

    def __init__(self, message: str, coding: str, *, too_large: bool = False, unknown: bool = False) -> None:
        self.coding = coding
        self.too_large = too_large
        self.unknown = unknown
        super().__init__(message)


class _TooLargeError(Exception):
    """There is more than may be unpacked."""


def codings(response: Response) -> list[str]:
    """The body's codings in the order in which they were applied; `identity` left out."""
    # Nearly always there are none; to find that out quickly serves every pair.
    named = [value for name, value in response.headers if len(name) == _LENGTH and name.lower() == "content-encoding"]
    if not named:
        return named
    return [coding for coding in map(str.strip, ",".join(named).lower().split(",")) if coding not in ("", "identity")]


def decoded_body(response: Response) -> bytes:
    """The body without its content codings; raises UndecodableError. An empty body is empty in every coding."""
    body = response.body
    for coding in reversed(codings(response)):
        unpacked = bytearray()
        try:
            _unpack(coding, body, unpacked, LIMIT)
        except _TooLargeError:
            raise UndecodableError(f"the body unpacks to more than {LIMIT:,} bytes", coding, too_large=True) from None
        except EOFError as error:
            raise UndecodableError(f"the body is not {coding}: {error}", coding) from error
        body = bytes(unpacked)
    return body


def decoded_start(response: Response, most: int) -> bytes:
    """As much of the decoded body as there is, up to a little over ``most`` bytes: it may be cut off or very large.

    Raises UndecodableError where a coding is not known or the body was never in it.
    """
    body = response.body
    for coding in reversed(codings(response)):
        unpacked = bytearray()
        with suppress(_TooLargeError, EOFError):
            _unpack(coding, body, unpacked, most)
        body = bytes(unpacked)
    return body


def _unpack(coding: str, body: bytes, unpacked: bytearray, limit: int) -> None:
    """Add what ``body`` holds to ``unpacked``; what is there is right also where this raises in the middle.

    Raises _TooLargeError as soon as there is more than ``limit``, EOFError where the body is cut off, UndecodableError.
    """
    if not body:
        return
    decode = _DECODERS.get(coding)
    if decode is None:
        raise UndecodableError(f"content coding {coding!r} is not known", coding, unknown=True)
    try:
        decode(body, unpacked, limit)
    except (zlib.error, brotli.error, zstandard.ZstdError) as error:
        raise UndecodableError(f"the body is not {coding}: {error}", coding) from error


def _gzip(body: bytes, unpacked: bytearray, limit: int) -> None:
    _inflate(body, unpacked, limit, zlib.MAX_WBITS | 16)


def _deflate(body: bytes, unpacked: bytearray, limit: int) -> None:
    # RFC 9110 means zlib's format; some servers send the raw stream, and every browser reads both.
    try:
        _inflate(body, unpacked, limit, zlib.MAX_WBITS)
    except zlib.error:
        unpacked.clear()
        _inflate(body, unpacked, limit, -zlib.MAX_WBITS)


def _inflate(body: bytes, unpacked: bytearray, limit: int, wbits: int) -> None:
    """All members of a zlib, gzip or raw stream."""
    at = 0
    for _ in range(_MOST_MEMBERS):
        end = _member(body, at, partial(_inflated, zlib.decompressobj(wbits), unpacked, limit))
        padded = _PADDING.match(body, end)
        at = padded.end() if padded else end
        if at == len(body):
            return
    raise _TooLargeError


def _inflated(stream: zlib._Decompress, unpacked: bytearray, limit: int, chunk: bytes) -> bytes | None:
    unpacked += stream.decompress(chunk, limit + 1 - len(unpacked))
    _check_size(unpacked, limit)
    return stream.unused_data if stream.eof else None


def _member(body: bytes, at: int, feed: Callable[[bytes], bytes | None]) -> int:
    """Feed one member of several, in pieces: what follows it is given back and would be copied for each.

    ``feed`` gives what it did not need, None if it needs more. Gives where the next member begins; raises EOFError.
    """
    size = _CHUNK
    while at < len(body):
        chunk = body[at : at + size]
        at += len(chunk)
        size = min(2 * size, _LARGEST_CHUNK)
        rest = feed(chunk)
        if rest is not None:
            return at - len(rest)
    raise EOFError("it ends too early")


def _brotli(body: bytes, unpacked: bytearray, limit: int) -> None:
    stream = brotli.Decompressor()
    limited = hasattr(stream, "can_accept_more_data")
    size = _LARGEST_CHUNK if limited else _UNLIMITED_CHUNK
    for start in range(0, len(body), size):
        chunk = body[start : start + size]
        unpacked += stream.process(chunk, output_buffer_limit=_LARGEST_OUTPUT) if limited else stream.process(chunk)
        _check_size(unpacked, limit)
        while limited and not stream.can_accept_more_data():
            unpacked += stream.process(b"", output_buffer_limit=_LARGEST_OUTPUT)
            _check_size(unpacked, limit)
    if not stream.is_finished():
        raise EOFError("it ends too early")


def _zstd(body: bytes, unpacked: bytearray, limit: int) -> None:
    at = 0
    for _ in range(_MOST_MEMBERS):
        stream = zstandard.ZstdDecompressor(max_window_size=2**27).decompressobj()
        at = _member(body, at, partial(_unframed, stream, unpacked, limit))
        if at == len(body):
            return
    raise _TooLargeError


def _unframed(stream: zstandard.ZstdDecompressionObj, unpacked: bytearray, limit: int, chunk: bytes) -> bytes | None:
    for start in range(0, len(chunk), _CHUNK):
        unpacked += stream.decompress(chunk[start : start + _CHUNK])
        _check_size(unpacked, limit)
        if stream.eof:
            return stream.unused_data + chunk[start + _CHUNK :]
    return None


def _check_size(unpacked: bytearray, limit: int) -> None:
    if len(unpacked) > limit:
        raise _TooLargeError


_DECODERS: dict[str, Callable[[bytes, bytearray, int], None]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
