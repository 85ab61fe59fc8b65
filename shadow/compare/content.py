"""Takes content codings (RFC 9110 §8.4.1) off a body: gzip, deflate in both its forms, br, zstd."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import brotli  # type: ignore[import-untyped]
import zstandard

from shadow.exchange import Response, header_values

__all__ = ["LIMIT", "UndecodableError", "codings", "decoded_body"]

LIMIT = 32 * 2**20
"""Bytes that a decoded body may have; a small body can unpack to any size."""
_CHUNK = 1024
"""Bytes given to brotli or zstd at once: their output can't be limited, only their input."""


class UndecodableError(ValueError):
    """The body is not what its Content-Encoding says, or unpacks beyond `LIMIT` (``too_large``)."""

    def __init__(self, message: str, *, too_large: bool = False) -> None:
        self.too_large = too_large
        super().__init__(message)


def codings(response: Response) -> list[str]:
    """The body's codings in the order in which they were applied; `identity` left out."""
    named = ",".join(header_values(response.headers, "content-encoding")).lower().split(",")
    return [coding for coding in map(str.strip, named) if coding not in ("", "identity")]


def decoded_body(response: Response) -> bytes:
    """The body without its content codings; raises UndecodableError. An empty body is empty in every coding."""
    body = response.body
    for coding in reversed(codings(response)):
        if not body:
            break
        decode = _DECODERS.get(coding)
        if decode is None:
            raise UndecodableError(f"content coding {coding!r} is not known")
        try:
            body = decode(body)
        except (zlib.error, brotli.error, zstandard.ZstdError, EOFError) as error:
            raise UndecodableError(f"the body is not {coding}: {error}") from error
    return body


def _gzip(body: bytes) -> bytes:
    return _inflate(body, zlib.MAX_WBITS | 16)


def _deflate(body: bytes) -> bytes:
    # RFC 9110 means zlib's format; some servers send the raw stream, and every browser reads both.
    try:
        return _inflate(body, zlib.MAX_WBITS)
    except zlib.error:
        return _inflate(body, -zlib.MAX_WBITS)


def _inflate(body: bytes, wbits: int) -> bytes:
    """All members of a zlib, gzip or raw stream; raises EOFError where it is cut off."""
    unpacked = bytearray()
    while body:
        stream = zlib.decompressobj(wbits)
        unpacked += stream.decompress(body, LIMIT + 1 - len(unpacked))
        _check_size(len(unpacked))
        if not stream.eof:
            raise EOFError("it ends too early")
        body = stream.unused_data.lstrip(b"\0")
    return bytes(unpacked)


def _brotli(body: bytes) -> bytes:
    stream = brotli.Decompressor()
    unpacked = bytearray()
    for start in range(0, len(body), _CHUNK):
        unpacked += stream.process(body[start : start + _CHUNK])
        _check_size(len(unpacked))
    if not stream.is_finished():
        raise EOFError("it ends too early")
    return bytes(unpacked)


def _zstd(body: bytes) -> bytes:
    unpacked = bytearray()
    while body:
        stream = zstandard.ZstdDecompressor(max_window_size=2**27).decompressobj()
        for start in range(0, len(body), _CHUNK):
            unpacked += stream.decompress(body[start : start + _CHUNK])
            _check_size(len(unpacked))
            if stream.eof:
                body = stream.unused_data + body[start + _CHUNK :]
                break
        else:
            raise EOFError("it ends too early")
    return bytes(unpacked)


def _check_size(size: int) -> None:
    if size > LIMIT:
        raise UndecodableError(f"the body unpacks to more than {LIMIT:,} bytes", too_large=True)


_DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
