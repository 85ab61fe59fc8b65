"""A body without its secrets: told apart by media type and content, checked by the rules of its format."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE

import orjson

from shadow.compare.bodies.codings import UndecodableError, codings, decoded_body
from shadow.compare.bodies.media_types import media_type
from shadow.compare.documents.selectors import NOWHERE, Place
from shadow.exchange import Headers, Response, header
from shadow.redact.clean import is_clean_json
from shadow.redact.forms import Part, redact_fields, redact_parts
from shadow.redact.headers import HeaderRedactor
from shadow.redact.json_text import JsonRules, redact_json
from shadow.redact.marks import Marker, NotingMarker
from shadow.redact.sensitive import Sensitive
from shadow.redact.text import redact_text, redact_values

__all__ = ["BodyRedactor"]

_TEXTUAL = re.compile(r"^text/|json|xml|javascript|form-urlencoded|graphql|yaml|csv|html|^multipart/|^$")
_CHARSET = re.compile(r'charset="?([^";,\s]+)', re.IGNORECASE)
_CHARSETS = re.compile(
    r"utf-?(?:8|16|16le|16be|32|32le|32be)|us-ascii|iso-?8859-\d{1,2}|latin-?1|windows-125\d|cp125\d|"
    r"shift_jis|euc-(?:jp|kr)|gb(?:2312|k|18030)|big5|koi8-[ru]",
    re.IGNORECASE,
)
_CARD = re.compile(rb"\d[\d -]{11}")
_LEGIBLE = re.compile(r"\A[^\0]*[!-~][^\0]*\Z")
"""Bytes that are in another charset than is said become signs that nobody writes."""
_SPELLED = re.compile(rb"\\u|%|&#")
"""Ways to spell letters so that a name isn't found by its letters: in JSON, in forms, in markup."""


class BodyRedactor:
    def __init__(self, sensitive: Sensitive, marker: Marker) -> None:
        self._sensitive = sensitive
        self._marker = marker
        self.headers = HeaderRedactor(sensitive, marker, self.text)

    def message(self, headers: Headers, body: bytes) -> tuple[Headers, bytes, bool]:
        """Headers and body as they are stored, and whether a secret was in the body.

        A content-encoded body is stored decoded, with its Content-Encoding dropped; Content-Length says what is stored.
        """
        if not body:
            return headers, body, False
        message = Response(0, headers, body)  # content codings are the same for requests
        try:
            plain = decoded_body(message)
            redacted = self.body(header(headers, "content-type"), plain)
        except UndecodableError:
            plain, redacted = body, self._marker.binary(body)
        if codings(message):
            headers = [(name, value) for name, value in headers if name.lower() != "content-encoding"]
        if redacted != body:
            length = str(len(redacted))
            headers = [(name, length if name.lower() == "content-length" else value) for name, value in headers]
        return headers, redacted, redacted != plain

    def body(self, content_type: str, body: bytes, place: Place[bool] = NOWHERE) -> bytes:
        """A decoded body. What can't be checked for secrets (images, protocol buffers) is replaced as a whole.

        ``place`` is where it is in what it is a part of.
        """
        type_ = media_type(Response(0, [("content-type", content_type)]))
        if type_.structure == "multipart":
            boundary = dict(type_.parameters).get("boundary", "")
            parts = redact_parts(body, boundary, self._part, self.headers.value)
            if parts is not None:
                return parts
        text, charset = _decoded(body, content_type, type_.name)
        if text is None:
            self._note(body, type_.name)
            return self._marker.binary(body)
        is_form = "form-urlencoded" in type_.name
        if not place and (
            not self._suspicious(body, charset) or (not is_form and is_clean_json(text, self._sensitive))
        ):
            return body
        redacted = self._text(text, type_.name, place)
        return body if redacted == text else redacted.encode(charset, "surrogateescape")

    def _part(self, part: Part) -> bytes:
        if not part.content:
            return part.content
        place = self._sensitive.part(part.name, part.number)
        content = _uncoded(part)
        if content is None:
            self._note(part.content, "")
            return self._marker.binary(part.content)
        if place.payloads or (part.name and self._sensitive.field(part.name)):
            text, _ = _decoded(content, part.content_type, "")
            redacted = self._marker.binary(content) if text is None else self._marker.mark("string", text).encode()
        else:
            redacted = self.body(part.content_type, content, place)
        if part.coding:
            return part.content if redacted == content else self._marker.binary(part.content)
        return redacted

    def _note(self, body: bytes, media_type: str) -> None:
        """Looks for secrets in what is replaced as a whole: comparing may read it in another way, and show of it."""
        if not isinstance(self._marker, NotingMarker):
            return
        charset = "utf-16" if body.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8"
        self._text(body.decode(charset, "surrogateescape" if charset == "utf-8" else "replace"), media_type)

    def _suspicious(self, body: bytes, charset: str) -> bool:
        """Whether a secret may be there at all. Provably not: no name and no detector matches without its fragment."""
        fragments = self._sensitive.fragments
        if fragments is None or self._sensitive.root.payloads or charset not in {"utf-8", "latin-1"}:
            return True
        lowered = body.lower()
        bare = lowered.translate(None, b"-_. +")  # names are compared without these (a form's `+` is a space)
        return (
            any(fragment in bare for fragment in fragments)
            or any(fragment in lowered for fragment in self._sensitive.looks)
            or _SPELLED.search(body) is not None
            or _CARD.search(body) is not None
        )

    def _text(self, text: str, media_type: str, place: Place[bool] = NOWHERE) -> str:
        if "form-urlencoded" in media_type:
            return redact_fields(text, self.field)
        if "json" in media_type or text.lstrip("\ufeff \t\r\n")[:1] in {"{", "["}:
            whole = _is_json(text)
            root = self._sensitive.root_for(text) if whole else self._sensitive.root_for_lines(text)
            redacted = redact_json(text, JsonRules(root, self._marker, self.value, self.text))
            if place:
                redacted = redact_json(redacted, JsonRules(place, self._marker, self.value, self.text))
            return redacted if whole else self.text(redacted)
        return self.text(text)

    def field(self, name: str, value: str) -> str:
        """The value of a query parameter or form field."""
        if value and self._sensitive.field(name):
            return self._marker.mark("string", value)
        return self.text(value)

    def text(self, text: str) -> str:
        return redact_text(text, self._sensitive, self._marker)

    def value(self, text: str) -> str:
        return redact_values(text, self._marker, self._sensitive.detectors)


def _is_json(text: str) -> bool:
    try:
        orjson.loads(text)
    except ValueError:
        return False
    return True


def _uncoded(part: Part) -> bytes | None:
    """The content without its transfer encoding; None where it isn't in it."""
    if part.coding == "quoted-printable":
        return quopri.decodestring(part.content)
    if part.coding != "base64":
        return part.content
    try:
        return base64.b64decode(b"".join(part.content.split()), validate=True)
    except binascii.Error:
        return None


def _decoded(body: bytes, content_type: str, media_type: str) -> tuple[str | None, str]:
    """The text and its charset; None for what is not text."""
    named = _CHARSET.search(content_type)
    charset = named[1].lower() if named and _CHARSETS.fullmatch(named[1]) else "utf-8"
    wide = charset.startswith(("utf-16", "utf16", "utf-32", "utf32"))
    if wide or b"\0" not in body:
        try:
            text = body.decode(charset)
        except (UnicodeDecodeError, LookupError):
            pass
        else:
            known = media_type == "" or _TEXTUAL.search(media_type) or text.lstrip()[:1] in {"{", "["}
            # Encoding must give the same bytes back, or what isn't secret would change too.
            plain = known and text.encode(charset, "replace") == body and (not wide or _LEGIBLE.search(text))
            return (text, charset) if plain else (None, charset)
        if _TEXTUAL.search(media_type) and media_type and b"\0" not in body:
            return body.decode("utf-8", "surrogateescape"), "utf-8"
    return None, charset
