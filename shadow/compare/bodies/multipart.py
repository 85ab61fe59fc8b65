"""Reads multipart bodies (RFC 2046 §5.1): a list of parts, each with its headers and its content by its own kind.

The standard library's `email` is not used: it takes a first header line `From x` for an mbox mark and drops it, ends
a part's headers at a line that is none, and gives 8-bit header values as "�".
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from shadow.compare.bodies.body import Body
from shadow.compare.bodies.content import Binary, Broken, Content, Empty, Structured, Text
from shadow.compare.bodies.media_types import LONGEST, media_type
from shadow.compare.documents.reader import Document, read_again
from shadow.compare.documents.values import Location
from shadow.compare.headers.grammar import OWS, lower, split
from shadow.exchange import Headers, Response, header

__all__ = ["read_multipart"]

_DEEPEST = 8
"""Multipart bodies within each other that are read."""
_MOST = 5_000
"""Parts of one body that are read, those within parts included."""
_MOST_VALUES = 100_000
"""Values of one body's structured parts that are read, and headers of its parts; a part itself counts for `_PART`."""
_PART = 5
_MARKS = (b"<", b"=", b"&", b",", b"\n", b"[", b"{")
"""One of them stands beside each value, whatever the structure."""
_MOST_HEADERS = 1_000
"""Lines of one part's headers."""
_DROPPED = {"content-length"}
_PLAIN = {"", "7bit", "8bit", "binary"}
"""Transfer encodings that leave the content as it is (RFC 2045 §6.2)."""
_QUOTED = re.compile(rb"(?:[^=]|=[0-9A-Fa-f]{2}|=[ \t]*\r?\n)*+")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_DESCRIPTION = re.compile(r", [\d,]+ bytes, blake2b [0-9a-f]+$")


class _UnreadableError(Exception):
    def __init__(self, broken: Broken) -> None:
        self.broken = broken
        super().__init__(broken.reason)


def read_multipart(body: Body, read_part: Callable[[Body], Content]) -> Content:
    """`[{"headers": {…}, "body": …}, …]`, and a form as `{"field": [{"headers": {…}, "body": …}], …}`.

    ``read_part`` reads the parts that are not multipart themselves.

    The boundary is no part of it. What stands before the first part and after the last, which RFC 2046 has for readers
    without MIME, is a last item, where there is any.
    """
    parts = _Parts(read_part)
    try:
        value = parts.values(body, ())
    except _UnreadableError as error:
        return error.broken
    shown = body.raw.decode("utf-8", "surrogateescape") if body.text is None else body.text
    return Structured("multipart", Document(value, parts.repeats), shown, tuple(parts.markup))


class _Parts:
    def __init__(self, read_part: Callable[[Body], Content]) -> None:
        self._read_part = read_part
        self._read = self._values = 0
        self.repeats = False
        self.markup: list[Location] = []

    def values(self, body: Body, location: Location) -> list[Any] | dict[str, Any]:
        if len(location) >= 2 * _DEEPEST:
            raise _UnreadableError(Broken(f"more than {_DEEPEST} multipart bodies within each other", unfinished=True))
        before, parts, after = _split(body.raw, dict(body.type.parameters).get("boundary", ""))
        heads = [self._head(part) for part in parts]
        names = [_field(headers) for headers, _ in heads]
        if body.type.name == "multipart/form-data" and None not in names and not (before.strip() or after.strip()):
            return self._fields(heads, names, location)
        values: list[Any] = [self._value(*head, (*location, number)) for number, head in enumerate(heads)]
        around = {"preamble": before.strip(), "epilogue": after.strip()}
        if any(around.values()):
            values.append({name: text.decode("utf-8", "surrogateescape") for name, text in around.items() if text})
        return values

    def _head(self, part: bytes) -> tuple[Headers, bytes]:
        headers, content = _head(part)
        self._count(_PART + len(headers))
        return headers, content

    def _count(self, values: int) -> None:
        self._values += values
        if self._values > _MOST_VALUES:
            raise _UnreadableError(Broken("the body's parts hold more than is read", unfinished=True))

    def _fields(
        self, heads: list[tuple[Headers, bytes]], names: list[str | None], location: Location
    ) -> dict[str, Any]:
        """A form's fields by their names (RFC 7578 §4.2), each a list; the order of different names has no meaning."""
        fields: dict[str, list[Any]] = {}
        for (headers, raw), name in zip(heads, names, strict=True):
            values = fields.setdefault(name or "", [])
            values.append(self._value(_unnamed(headers), raw, (*location, name or "", len(values))))
        return dict(sorted(fields.items()))

    def _value(self, headers: Headers, raw: bytes, location: Location) -> dict[str, Any]:
        self._read += 1
        if self._read > _MOST:
            raise _UnreadableError(Broken(f"the body has more than {_MOST:,} parts", unfinished=True))
        type_ = media_type(Response(200, headers))
        raw, headers = _decoded(raw, headers)
        body = Body(type_, raw, None if raw else Empty())
        location = (*location, "body")
        if body.claim:
            self._count(_PART + sum(map(raw.count, _MARKS)))
        if raw and body.claim == "multipart":
            return {"headers": _named(headers), "body": self.values(body, location)}
        if body.claim and not raw:
            # No JSON text is not an empty one, which is `""`.
            return {"headers": _named(headers)}
        return {"headers": _named(headers), "body": self._content(self._read_part(body), body, location)}

    def _content(self, content: Content, body: Body, location: Location) -> Any:
        match content:
            case Empty():
                return ""
            case Structured() if content.document.marked:
                raise _UnreadableError(Broken(f"part {location[-2]}: its JSON begins with a byte order mark"))
            case Structured():
                # The whole has no text of its own in which what is lost could be noticed.
                source = content.document.source
                document = read_again(source) if source else content.document
                self.repeats = self.repeats or document.repeats
                self.markup.extend((*location, *inner) for inner in content.markup)
                return document.value
            case Broken():
                raise _UnreadableError(Broken(f"part {location[-2]}: {content.reason}", content.unfinished))
            case Text() if not _DESCRIPTION.search(content.text):
                return content.text
            case _:
                # A text that looks like a description of bytes is described itself, lest it be taken for theirs.
                return Binary(body.raw, body.type.name).described(digest_bytes=16)


def _split(raw: bytes, boundary: str) -> tuple[bytes, list[bytes], bytes]:
    """What is before the parts, the parts, and what is after them."""
    if not boundary:
        raise _UnreadableError(Broken("the multipart body's boundary is not declared"))
    dashed = b"--" + re.escape(boundary.encode("latin-1", "replace"))
    first = re.search(rb"(?:^|(?<=\n))" + dashed + rb"(?:--)?[ \t]*(\r?\n|$)", raw)
    if first is None:
        raise _UnreadableError(Broken("the multipart body has no line with its boundary"))
    # RFC 2046 wants CRLF; some send LF. It is one or the other throughout, or the end of a part would be open to doubt.
    newline = first[1] or b"\r\n"
    delimiter = re.compile(rb"(?:^|" + newline + rb")" + dashed + rb"(--)?[ \t]*(?=" + newline + rb"|\Z)")
    found = []
    for match in delimiter.finditer(raw):
        found.append(match)
        if match[1]:
            break
        if len(found) > _MOST:
            raise _UnreadableError(Broken(f"the body has more than {_MOST:,} parts", unfinished=True))
    if not found or not found[-1][1]:
        raise _UnreadableError(Broken("the multipart body ends without its closing boundary"))
    parts = [raw[one.end() : other.start()].removeprefix(newline) for one, other in pairwise(found)]
    return raw[: found[0].start()], parts, raw[found[-1].end() :]


def _head(part: bytes) -> tuple[Headers, bytes]:
    """The headers and the content of a part."""
    if part.startswith((b"\r\n", b"\n")):
        return [], part.removeprefix(b"\r").removeprefix(b"\n")
    head, *rest = re.split(rb"\r?\n\r?\n", part, maxsplit=1)
    if head.count(b"\n") > _MOST_HEADERS:
        raise _UnreadableError(Broken(f"a part has more than {_MOST_HEADERS:,} lines of headers", unfinished=True))
    headers = []
    for line in re.split(rb"\r?\n(?![ \t])", head.rstrip(b"\r\n")):
        name, colon, value = line.decode("utf-8", "surrogateescape").partition(":")
        if line and not (colon and _NAME.fullmatch(name)):
            raise _UnreadableError(Broken("a line among a part's headers is none"))
        if line:
            headers.append((name.lower(), re.sub(r"\r?\n[ \t]+", " ", value).strip(" \t")))
    return headers, rest[0] if rest else b""


def _field(headers: Headers) -> str | None:
    """The name of the form's field that a part is."""
    type_, name, _ = _disposition(header(headers, "content-disposition"))
    return name if type_ == "form-data" else None


def _unnamed(headers: Headers) -> Headers:
    """The headers without the field's name; other parameters in one order and one spelling."""
    others = [(name, value) for name, value in headers if name != "content-disposition"]
    values = [value for name, value in headers if name == "content-disposition"]
    type_, _, parameters = _disposition(values[0])
    return [
        ("content-disposition", "; ".join((type_, *parameters))),
        *others,
        *(("content-disposition", v) for v in values[1:]),
    ]


def _disposition(value: str) -> tuple[str, str | None, list[str]]:
    """Content-Disposition's type, the first `name`, and the other parameters (RFC 7578 §4.2)."""
    type_, *parts = (split(value, ";") if len(value) <= LONGEST else []) or [value]
    found: str | None = None
    others: list[tuple[str, str]] = []
    for part in parts:
        name, equals, said = part.partition("=")
        name, said = lower(name.strip(OWS)), said.strip(OWS)
        if _NAME.fullmatch(said):
            said = f'"{said}"'
        if name == "name" and equals and found is None:
            # Browsers write `%22` for a quote and leave backslashes alone, so only what must be escaped is.
            found = re.sub(r'\\(["\\])', r"\1", said[1:-1] if _STRING.fullmatch(said) else said)
        else:
            others.append((name, f"{name}={said}" if equals else name))
    return lower(type_), found, [text for _, text in sorted(others, key=lambda other: other[0])]


def _decoded(raw: bytes, headers: Headers) -> tuple[bytes, Headers]:
    """The content without its transfer encoding; where it isn't in the one that is declared, both stay as they are."""
    encodings = [value.lower() for name, value in headers if name == "content-transfer-encoding"]
    others = [(name, value) for name, value in headers if name != "content-transfer-encoding"]
    if not encodings or (len(encodings) == 1 and encodings[0] in _PLAIN):
        return raw, others
    if encodings == ["quoted-printable"] and _QUOTED.fullmatch(raw):
        return quopri.decodestring(raw), others
    if encodings == ["base64"]:
        try:
            return base64.b64decode(b"".join(raw.split()), validate=True), others
        except binascii.Error:
            pass
    return raw, headers


def _named(headers: Headers) -> dict[str, Any]:
    values: dict[str, list[str]] = {}
    for name, value in headers:
        if name not in _DROPPED:
            # A media type's own multipart boundary is random, too.
            is_type = name == "content-type" and len(value) <= LONGEST
            said = media_type(Response(200, [(name, value)])).written if is_type else value
            values.setdefault(name, []).append(said)
    return {name: several[0] if len(several) == 1 else several for name, several in sorted(values.items())}
