"""What the bodies of a pair are: JSON, text, bytes, nothing, or not what they claim to be."""

from __future__ import annotations

from hashlib import blake2b

import msgspec

from shadow.compare.bodies.codings import UndecodableError, decoded_body
from shadow.compare.bodies.media_types import MediaType, media_type
from shadow.compare.documents.reader import Document, UnreadableError, read_json
from shadow.exchange import Response

__all__ = ["Binary", "Broken", "Content", "Empty", "Text", "contents"]

_BOM = "\ufeff"


class Empty(msgspec.Struct, frozen=True):
    """No body."""


class Text(msgspec.Struct, frozen=True):
    text: str


class Binary(msgspec.Struct, frozen=True):
    body: bytes
    media_type: str

    @property
    def shown(self) -> str:
        digest = blake2b(self.body, digest_size=8).hexdigest()
        return f"{self.media_type or 'bytes'}, {len(self.body):,} bytes, blake2b {digest}"


class Broken(msgspec.Struct, frozen=True):
    """A body that can't be read as what its headers say."""

    reason: str
    unfinished: bool = False
    """It may well be right, but is too large or too deep to be looked at."""


Content = Empty | Document | Text | Binary | Broken


def contents(legacy: Response, candidate: Response) -> tuple[Content, Content]:
    """What both bodies are. Looked at together: what is JSON without saying so is JSON only if the other is, too."""
    one, other = _Body(legacy), _Body(candidate)
    left, right = one.as_json(), other.as_json()
    if isinstance(left, Document) and isinstance(right, Document):
        return left, right
    return (
        left if left is not None and one.is_json else one.as_other(),
        right if right is not None and other.is_json else other.as_other(),
    )


class _Body:
    """One body on its way to be read."""

    def __init__(self, response: Response) -> None:
        self.type: MediaType = media_type(response)
        self.is_json = self.type.is_json
        self.body = b""
        self.broken: Broken | None = None
        if response.status not in (204, 304):
            try:
                self.body = decoded_body(response)
            except UndecodableError as error:
                self.broken = Broken(str(error), unfinished=error.too_large)

    def as_json(self) -> Content | None:
        """The document; what is wrong with it where it claims to be one; None where it is none and doesn't claim to."""
        if self.broken or not self.body:
            return self.broken or Empty()
        text = self._text("utf-8")
        if not self.is_json and (text is None or not text.lstrip(" \t\r\n" + _BOM).startswith(("{", "["))):
            return None
        if text is None:
            return Broken("the body is not UTF-8, as JSON must be")
        try:
            return read_json(text)
        except UnreadableError as error:
            return Broken(f"the body is not JSON: {error}", unfinished=error.too_deep) if self.is_json else None

    def as_other(self) -> Content:
        if self.broken or not self.body:
            return self.broken or Empty()
        text = self._text("utf-8")
        if text is None or (not self.type.is_text and "\0" in text):
            return Binary(self.body, self.type.name)
        return Text(text)

    def _text(self, default: str) -> str | None:
        # UTF-8 is tried first, whatever is declared: text that decodes as UTF-8 by accident is all but unheard of.
        for charset in (default, self.type.charset):
            try:
                return self.body.decode(charset or default)
            except (UnicodeError, LookupError):
                continue
        return None
