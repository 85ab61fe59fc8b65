"""Secrets in request targets and forms, field by field; fields without a secret keep their bytes."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote, unquote, unquote_plus

from shadow.routes.octets import octets

__all__ = ["redact_fields", "redact_parts", "redact_target"]

Redact = Callable[[str], str]
"""A value without its secrets."""
RedactField = Callable[[str, str], str]
"""The same, told the name of its field first."""


def redact_target(target: str, redact_field: RedactField, redact_segment: Redact) -> str:
    """A request target (RFC 9112 §3.2.1): the path by segments, the query by fields, the fragment like a query."""
    rest, hash_, fragment = target.partition("#")
    path, question, query = rest.partition("?")
    segments = [_encoded(segment, unquote, redact_segment) for segment in path.split("/")]
    fields = [redact_fields(part, redact_field) if part else part for part in (query, fragment)]
    return "/".join(segments) + question + fields[0] + hash_ + fields[1]


def redact_fields(fields: str, redact_field: RedactField) -> str:
    """``name=value&…`` (application/x-www-form-urlencoded, WHATWG URL §5)."""
    return "&".join(_field(pair, redact_field) for pair in fields.split("&"))


def _field(pair: str, redact_field: RedactField) -> str:
    name, equals, value = pair.partition("=")
    if not equals:
        return _encoded(pair, unquote_plus, lambda text: redact_field("", text))
    plain = unquote_plus(name, errors="surrogateescape")
    shown = _encoded(name, unquote_plus, lambda text: redact_field("", text))
    return f"{shown}={_encoded(value, unquote_plus, lambda text: redact_field(plain, text))}"


def _encoded(raw: str, decode: Callable[..., str], redact: Redact) -> str:
    text = decode(raw, errors="surrogateescape")
    redacted = redact(text)
    return raw if redacted == text else quote(octets(redacted), safe="")


_BOUNDARY = re.compile(r'boundary="?([^";,]+)"?', re.IGNORECASE)
_PART_NAME = re.compile(rb'content-disposition:[^\r\n]*?[; ]name="?([^";\r\n]*)', re.IGNORECASE)
_PART_TYPE = re.compile(rb"content-type:\s*([^\r\n]*)", re.IGNORECASE)
_PART_CODING = re.compile(rb"content-transfer-encoding:\s*(?:base64|quoted-printable)", re.IGNORECASE)


def redact_parts(
    body: bytes,
    content_type: str,
    redact_part: Callable[[str, str, bytes], bytes],
) -> bytes | None:
    """multipart/* (RFC 2046 §5.1, RFC 7578); ``redact_part`` gets a part's field name, media type and content.

    None where the body has no such parts.
    """
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        return None
    delimiter = b"--" + boundary[1].strip().encode("latin-1", "replace")
    before, *parts = body.split(delimiter)
    if not parts:
        return None
    redacted = [redact_part("", "text/plain", before) if before else before]
    for part in parts:
        head, gap, content = part.partition(b"\r\n\r\n")
        if not gap:
            # The closing delimiter, and what follows it.
            redacted.append(redact_part("", "text/plain", part) if part.strip(b"-\r\n") else part)
            continue
        ending = b"\r\n" if content.endswith(b"\r\n") else b""
        name, type_ = _PART_NAME.search(head), _PART_TYPE.search(head)
        coded = "application/octet-stream" if _PART_CODING.search(head) else ""
        bare = redact_part(
            name[1].decode("utf-8", "replace") if name else "",
            coded or (type_[1].decode("latin-1").strip() if type_ else "text/plain"),
            content.removesuffix(ending),
        )
        redacted.append(redact_part("", "text/plain", head) + gap + bare + ending)
    return delimiter.join(redacted)
