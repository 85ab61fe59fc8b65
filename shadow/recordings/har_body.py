"""The bytes of a body that a HAR file has as a text (HAR 1.2 §postData, §content), as far as that can be known."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from urllib.parse import quote_plus

from shadow.exchange import Headers, Response, header
from shadow.recordings.sendable import bodiless, response_of

__all__ = ["body_of", "encoded", "form", "is_packed", "unpacked_response"]

_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9_.:-]+)""", re.IGNORECASE)
_READY = re.compile(r"(?:[A-Za-z0-9*._~+!'()-]|%[0-9A-Fa-f]{2})*")
"""What a form may hold as it is."""
_MAGIC = {"gzip": b"\x1f\x8b", "x-gzip": b"\x1f\x8b", "zstd": b"\x28\xb5\x2f\xfd"}
_UNPACKED = frozenset({"content-encoding", "content-length", "transfer-encoding"})
_LOST = "�"


def body_of(text: str, encoding: str, content_type: str, lengths: Collection[int]) -> bytes | None:
    """The body that ``text`` stands for; ``lengths`` are those that it may have had, as far as that is written.

    None where it can't be told: the text is no base64 though it should be, or the recorder could not read the body
    itself (U+FFFD) and its length says that it was another one.
    """
    if encoding.lower() == "base64":
        try:
            return base64.b64decode(re.sub(r"\s", "", text), validate=True)
        except (binascii.Error, ValueError):
            return None
    return None if encoding else encoded(text, content_type, lengths)


def encoded(text: str, content_type: str, lengths: Collection[int]) -> bytes | None:
    """The text in the charset that it was in: the one that gives the right length, else the first that has it all."""
    first: bytes | None = None
    for body in _tried(text, content_type):
        if len(body) in lengths:
            return body
        first = body if first is None else first
    return None if _LOST in text and lengths else first


def form(pairs: Iterable[tuple[str, str]], lengths: Collection[int]) -> bytes:
    """A body of application/x-www-form-urlencoded; recorders write its values as they were sent, or decoded."""
    given = list(pairs)
    choices = [[(quote_plus(name, errors="replace"), quote_plus(value, errors="replace")) for name, value in given]]
    if all(_READY.fullmatch(part) for pair in given for part in pair):
        choices.insert(0, given)
    bodies = ["&".join(f"{name}={value}" for name, value in choice).encode() for choice in choices]
    return next((body for body in bodies if len(body) in lengths), bodies[0])


def is_packed(body: bytes, coding: str) -> bool:
    """Whether a body is as on the wire, though most recorders unpack it."""
    magic = _MAGIC.get(coding.strip().lower())
    return magic is not None and body.startswith(magic)


def unpacked_response(
    status: float | None, headers: Headers, body_of_it: Callable[[], bytes | None], *, method: str
) -> Response | None:
    """The response to a request of that method, without what its headers say of a body that the recorder has unpacked.

    None where there was no final one, or ``body_of_it``, asked only where there may be a body, has none.
    """
    if status is None or status != int(status) or not 200 <= status <= 999:
        return None
    if bodiless(method, int(status)):
        return response_of(int(status), headers, b"", method=method)
    body = body_of_it()
    if body is None:
        return None
    if not is_packed(body, header(headers, "content-encoding")):
        headers = [(name, value) for name, value in headers if name.lower() not in _UNPACKED]
    return response_of(int(status), headers, body, method=method)


def _tried(text: str, content_type: str) -> Iterator[bytes]:
    if text.isascii() and "utf-16" not in content_type.lower():
        yield text.encode()
        return
    charset = _CHARSET.search(content_type)
    # Where nothing is declared, mitmproxy reads latin-1.
    for name in ((charset[1],) if charset else ()) + ("utf-8", "latin-1"):
        try:
            # Lone surrogates stand for the bytes that were no UTF-8 (PEP 383).
            yield text.encode(name, "surrogateescape")
        except (UnicodeError, LookupError, ValueError):
            continue
