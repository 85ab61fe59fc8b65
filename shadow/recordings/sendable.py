"""What may stand in a `Recorded`: requests and responses that can be put on the wire, whatever the recording says."""

from __future__ import annotations

import re
from collections.abc import Iterable

from shadow.exchange import Headers, Request, Response, header_values
from shadow.recordings.error import EntryError

__all__ = ["authority_of", "bodiless", "latin", "request_of", "response_of"]

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""RFC 9110 §5.6.2: methods and names of headers; no pseudo-header is one."""
_TARGET = re.compile(r"/[^\x00-\x20\x7f\u0100-\U0010ffff]*")
_VALUE = re.compile(r"[^\r\n\0\u0100-\U0010ffff]*")
_FRAMING = frozenset({"content-length", "transfer-encoding"})


def request_of(
    method: str, target: str, headers: Iterable[tuple[str, str]], body: bytes = b"", *, authority: str = ""
) -> Request:
    """The request as it can be sent: one Host at most (``authority`` where it has none), no header that says what the
    wire can't, none that contradicts the body. Raises EntryError where method or target can't be sent."""
    if not _TOKEN.fullmatch(method):
        raise EntryError("its method is none")
    if not _TARGET.fullmatch(target):
        raise EntryError("its target is no path, or holds blanks or control characters")
    kept: Headers = []
    named = False
    for name, value in _sayable(headers):
        if name.lower() == "host":
            if named:
                continue
            named = True
        kept.append((name, value))
    if not named and authority and _VALUE.fullmatch(authority):
        kept.insert(0, ("Host", authority))
    return Request(method, target, _framed(kept, body), body)


def response_of(status: int, headers: Iterable[tuple[str, str]], body: bytes, *, method: str) -> Response:
    """The response to a request of that method. Raises EntryError where the status is none."""
    if not 100 <= status <= 999:
        raise EntryError("its response has no status from 100 to 999")
    kept = list(_sayable(headers))
    if bodiless(method, status):
        return Response(status, kept)
    lengths = set(header_values(kept, "content-length"))
    if lengths and lengths != {str(len(body))}:
        kept = [(name, value) for name, value in kept if name.lower() != "content-length"]
    return Response(status, kept, body)


def bodiless(method: str, status: int) -> bool:
    """Whether such a response never has a body, whatever its headers say (RFC 9110 §6.4.1)."""
    return method == "HEAD" or status in {204, 304}


def authority_of(scheme: str, host: str, port: int) -> str:
    """What a client says in Host (RFC 9110 §7.2)."""
    host = f"[{host}]" if ":" in host else host
    return host if port == {"http": 80, "https": 443}.get(scheme) else f"{host}:{port}"


def latin(text: str) -> str:
    """A header's bytes: those of latin-1 where that has all characters, else UTF-8's, as a client would send them."""
    if text.isascii():
        return text
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        try:
            return text.encode("utf-8", "surrogateescape").decode("latin-1")
        except UnicodeEncodeError:
            return text.encode("utf-8", "replace").decode("latin-1")
    return text


def _sayable(headers: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    return ((name, value) for name, value in headers if _TOKEN.fullmatch(name) and _VALUE.fullmatch(value))


def _framed(headers: Headers, body: bytes) -> Headers:
    """Without what says of the body's length something else than it is, or says it twice (RFC 9112 §6.1, §6.3)."""
    codings = list(header_values(headers, "transfer-encoding"))
    lengths = [value.strip() for value in header_values(headers, "content-length")]
    if not codings and not lengths:
        return headers
    chunked = [coding.strip().lower() for coding in codings] == ["chunked"]
    right = (chunked and not lengths) or (not codings and set(lengths) == {str(len(body))})
    return headers if right else [(name, value) for name, value in headers if name.lower() not in _FRAMING]
