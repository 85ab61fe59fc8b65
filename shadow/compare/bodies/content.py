"""What a body turns out to be, as a value."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import msgspec

from shadow.compare.bodies.media_types import Structure
from shadow.compare.bodies.signatures import signature
from shadow.compare.documents.reader import Document
from shadow.compare.documents.values import Location

__all__ = ["Binary", "Broken", "Content", "Empty", "Structured", "Text"]


class Empty(msgspec.Struct, frozen=True):
    """No body."""


class Structured(msgspec.Struct, frozen=True, eq=False):
    """A body that has become a JSON-like document; two of one kind are walked side by side."""

    kind: Structure
    document: Document
    shown: Any
    """The body as it is shown whole, where there is nothing to walk it with."""
    markup: tuple[Location, ...] = ()
    """Where in the document XML or HTML begins: only there `#order` is the order of children."""


class Text(msgspec.Struct, frozen=True):
    text: str


class Binary(msgspec.Struct, frozen=True):
    body: bytes
    media_type: str

    @property
    def signature(self) -> str:
        """The file type that the first bytes tell, or ""."""
        return signature(self.body)

    def described(self, digest_bytes: int = 8) -> str:
        """`PNG, image/png, 1,024 bytes, blake2b 0f3a…`: equal for equal bytes of equal type only."""
        digest = blake2b(self.body, digest_size=digest_bytes).hexdigest()
        named = [name for name in (self.signature, self.media_type) if name] or ["bytes"]
        return ", ".join((*named, f"{len(self.body):,} bytes", f"blake2b {digest}"))


class Broken(msgspec.Struct, frozen=True):
    """A body that can't be read as what its headers say."""

    reason: str
    unfinished: bool = False
    """It may well be right, but is too large or too deep to be looked at."""


Content = Empty | Structured | Text | Binary | Broken
