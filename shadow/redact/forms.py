"""Secrets in request targets, forms and multipart bodies, field by field; what has no secret keeps its bytes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from itertools import zip_longest
from typing import NamedTuple
from urllib.parse import quote, unquote, unquote_plus

from shadow.redact.names import is_secret_header, is_secret_name
from shadow.routes.octets import octets
from shadow.routes.path_secrets import PARAMETERS, secret_segments
from shadow.routes.template import parameters, values, without_query

__all__ = ["Part", "redact_fields", "redact_parts", "redact_target", "secrets_in_paths"]

Redact = Callable[[str], str]
"""A value without its secrets."""
RedactField = Callable[[str, str], str]
"""The same, told the name of its field first."""


def redact_target(target: str, redact_field: RedactField, redact_segment: Redact, mark: Redact) -> str:
    """A request target (RFC 9112 §3.2.1): the path by segments and their parameters, the query by fields, the fragment
    like a query.

    ``mark`` is for a segment that is secret as a whole.
    """
    rest, hash_, fragment = target.partition("#")
    path, question, query = rest.partition("?")
    if set(_FIELD_NAME.findall(query)) >= _OAUTH:
        redact_field = partial(_with_code, redact_field)
    segments = path.split("/")
    secret = secret_segments([unquote(segment, errors="surrogateescape") for segment in segments])
    segments = [
        _encoded(segment, unquote, mark) if hidden else _segment(segment, redact_field, redact_segment)
        for segment, hidden in zip(segments, secret, strict=True)
    ]
    fields = [redact_fields(part, redact_field) if part else part for part in (query, fragment)]
    return "/".join(segments) + question + fields[0] + hash_ + fields[1]


def secrets_in_paths(template: str, targets: Iterable[str]) -> frozenset[str]:
    """What stands in the targets' paths (percent-decoded) for the template's parameters with secret names.

    The template is relative to a base that nobody knows here.
    """
    # Any token that is named in a path is one that lets somebody in, as it is in a header.
    names = (name.removesuffix("+") for name in parameters(template))
    secret = [is_secret_name(name) or is_secret_header(name) for name in names]
    if not any(secret):
        return frozenset()
    found: set[str] = set()
    for target in targets:
        segments = without_query(target).split("/")
        paths = ("/" + "/".join(segments[start:]) for start in range(1, len(segments)))
        for given in filter(None, (values(template, path) for path in paths)):
            secrets = [value for value, hides in zip(given, secret, strict=True) if hides]
            parts = [PARAMETERS.split(part)[0] for value in secrets for part in value.split("/")]
            found.update(unquote(part, errors="surrogateescape") for part in parts)
    return frozenset(found)


def _segment(segment: str, redact_field: RedactField, redact_segment: Redact) -> str:
    name, *parameters = PARAMETERS.split(segment)
    return ";".join(
        [_encoded(name, unquote, redact_segment), *(_field(each, redact_field, unquote) for each in parameters)]
    )


_OAUTH = {"code", "state"}
"""Parameters that together make the first a secret (RFC 6749 §4.1.2)."""
_FIELD_NAME = re.compile(r"(?:^|&)([^=&]*)(?==)")


def _with_code(redact_field: RedactField, name: str, value: str) -> str:
    return redact_field("auth_token" if name == "code" else name, value)


def redact_fields(fields: str, redact_field: RedactField) -> str:
    """``name=value&…`` (application/x-www-form-urlencoded, WHATWG URL §5)."""
    return "&".join(_field(pair, redact_field) for pair in fields.split("&"))


def _field(pair: str, redact_field: RedactField, decode: Callable[..., str] = unquote_plus) -> str:
    name, equals, value = pair.partition("=")
    if not equals:
        return _encoded(pair, decode, lambda text: redact_field("", text))
    plain = decode(name, errors="surrogateescape")
    shown = _encoded(name, decode, lambda text: redact_field("", text))
    return f"{shown}={_encoded(value, decode, lambda text: redact_field(plain, text))}"


def _encoded(raw: str, decode: Callable[..., str], redact: Redact) -> str:
    text = decode(raw, errors="surrogateescape")
    redacted = redact(text)
    return raw if redacted == text else quote(octets(redacted), safe="")


class Part(NamedTuple):
    """A part of a multipart body."""

    name: str
    """Of the form's field that it is; "" where it is none."""
    number: int
    """From 0, among the parts of its name."""
    content_type: str
    coding: str
    """Its Content-Transfer-Encoding; "" where it is none that changes bytes."""
    content: bytes


_PART_NAME = re.compile(r""";\s*name=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))""", re.IGNORECASE | re.DOTALL)
_GAP = re.compile(rb"\r?\n\r?\n")
_LINE = re.compile(rb"(\r?\n)(?![ \t])")
_CODINGS = {"base64", "quoted-printable"}


def redact_parts(
    body: bytes,
    boundary: str,
    redact_part: Callable[[Part], bytes],
    redact_header: RedactField,
) -> bytes | None:
    """multipart/* (RFC 2046 §5.1, RFC 7578); lines may end with LF alone, too. None where there are no such parts."""
    if not boundary:
        return None
    # The whole line, or a boundary that begins with this one would part a part.
    delimiter = re.compile(
        rb"(?:^|\r?\n)--" + re.escape(boundary.encode("latin-1", "replace")) + rb"(?:--)?[ \t]*(?=\r?\n|\Z)"
    )
    found = list(delimiter.finditer(body))
    if not found:
        return None
    numbers: Counter[str] = Counter()
    before = body[: found[0].start()]
    pieces = [_around(before, redact_part)]
    for delimits, following in zip_longest(found, found[1:]):
        pieces.append(delimits[0])
        part = body[delimits.end() : following.start() if following else len(body)]
        closes = delimits[0].rstrip(b" \t").endswith(b"--") and following is None
        pieces.append(_around(part, redact_part) if closes else _part(part, numbers, redact_part, redact_header))
    return b"".join(pieces)


def _around(text: bytes, redact_part: Callable[[Part], bytes]) -> bytes:
    """What is before the first part, or after the last."""
    return redact_part(Part("", 0, "text/plain", "", text)) if text.strip(b"-\r\n") else text


def _part(
    part: bytes, numbers: Counter[str], redact_part: Callable[[Part], bytes], redact_header: RedactField
) -> bytes:
    # Without headers the gap begins at once.
    gap = _GAP.search(part)
    head, content = (part[: gap.start()], part[gap.end() :]) if gap else (part, b"")
    lines = _LINE.split(head)
    headers: dict[str, str] = {}
    for at in range(0, len(lines), 2):
        name, colon, value = lines[at].partition(b":")
        key, said = name.decode("latin-1").strip().lower(), value.decode("utf-8", "surrogateescape")
        if colon and key:
            headers.setdefault(key, re.sub(r"\r?\n[ \t]+", " ", said).strip())
            redacted = redact_header(key, said.strip())
            if redacted != said.strip():
                lines[at] = name + b": " + octets(redacted)
    named = _PART_NAME.search(headers.get("content-disposition", ""))
    name = (re.sub(r"\\(.)", r"\1", named[1]) if named[1] is not None else named[2]) if named else ""
    coding = headers.get("content-transfer-encoding", "").lower()
    type_ = headers.get("content-type", "text/plain")
    redacted_content = redact_part(Part(name, numbers[name], type_, coding if coding in _CODINGS else "", content))
    numbers[name] += 1
    return b"".join(lines) + (gap[0] if gap else b"") + redacted_content
