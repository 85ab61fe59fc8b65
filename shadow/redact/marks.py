"""What stands in place of a secret: its JSON type and a keyed digest, as text.

Equal secrets have equal marks wherever they stand, different ones different marks, so a redacted pair still shows
what differs; without the key nobody can test a guess.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from hashlib import blake2b
from typing import Any

__all__ = ["MARK", "Marker", "NotingMarker"]

MARK = re.compile(r"\[redacted [a-z]+:[0-9a-f]{16}(?: \d+ bytes)?\]", re.ASCII)
_MARKS = re.compile(rf"(?:{MARK.pattern})+", re.ASCII)
_MOST_MARKS, _LONGEST = 3, 10_000
"""Marks in a text of so many characters that are held against what they may stand for."""
_DIGEST = 16
"""Bytes (BLAKE2b, RFC 7693)."""


class Marker:
    """Makes marks with one key (any bytes; all machines that share a store share the key)."""

    def __init__(self, key: bytes) -> None:
        # BLAKE2b takes at most 64 bytes of key; hashing gives any key its full strength.
        self._key = blake2b(key, digest_size=32, person=b"shadow-redact").digest()

    def digest(self, data: bytes) -> bytes:
        """16 bytes."""
        return blake2b(data, key=self._key, digest_size=_DIGEST).digest()

    def mark(self, kind: str, text: str) -> str:
        """``[redacted string:3f9a…]``; what is already a mark, or several in a row, stays as it is."""
        if _MARKS.fullmatch(text):
            return text
        digest = self.digest(f"{kind}:{text}".encode("utf-8", "surrogatepass"))
        return f"[redacted {kind}:{digest[:8].hex()}]"

    def binary(self, data: bytes) -> bytes:
        """For bytes that nobody can look into: ``[redacted binary:3f9a… 5120 bytes]``."""
        if MARK.fullmatch(data.decode("latin-1")):
            return data
        return f"[redacted binary:{self.digest(b'binary:' + data)[:8].hex()} {len(data)} bytes]".encode()

    def value(self, value: Any) -> Any:
        """The mark of a JSON value; null stays null, for it hides nothing but its type."""
        if value is None:
            return None
        if isinstance(value, str):
            return self.mark("string", value)
        if isinstance(value, bool):
            return self.mark("boolean", str(value))
        if isinstance(value, int | float | Decimal):
            return self.number(str(value))
        kind = "list" if isinstance(value, list) else "object"
        return self.mark(kind, json.dumps(value, sort_keys=True, separators=(",", ":"), default=str))

    def number(self, literal: str) -> str:
        """The mark of a JSON number: ``1``, ``1.0`` and ``1e0`` are the same number."""
        try:
            sign, digits, exponent = Decimal(literal).as_tuple()
        except InvalidOperation:
            return self.mark("number", literal)
        if not isinstance(exponent, int):  # NaN and the infinities
            return self.mark("number", literal)
        # Decimal.normalize would round to its context's precision.
        plain = "".join(map(str, digits)).lstrip("0")
        bare = plain.rstrip("0")
        return self.mark("number", f"{'-' * sign}{bare}e{exponent + len(plain) - len(bare)}" if bare else "0")

    def stands_for(self, shown: str, text: str) -> bool:
        """Whether ``shown`` is the text with pieces of it replaced by their marks; False also where that would take
        long to say, and where the marks were made with another key."""
        marks: list[str] = MARK.findall(shown)
        if len(marks) > _MOST_MARKS or len(text) > _LONGEST:
            return False
        literals = map(re.escape, MARK.split(shown))
        found = re.fullmatch("(.+?)".join(literals), text, re.DOTALL)
        return found is not None and all(map(self._is_of, marks, found.groups()))

    def _is_of(self, mark: str, piece: str) -> bool:
        kind = mark.removeprefix("[redacted ").partition(":")[0]
        return mark == (self.number(piece) if kind == "number" else self.mark(kind, piece))

    def spelled(self, literal: str) -> None:
        """Told how a text spells what is marked next, where that is not how it reads."""


class NotingMarker(Marker):
    """Makes the same marks, and notes what they stand for."""

    def __init__(self, key: bytes) -> None:
        super().__init__(key)
        self.noted: set[str] = set()

    def mark(self, kind: str, text: str) -> str:
        marked = super().mark(kind, text)
        if marked != text:
            if kind == "string":
                self.noted.add(text)
            elif kind in {"list", "object"}:
                self.noted.update(_within(text))
        return marked

    def number(self, literal: str) -> str:
        self.spelled(literal)
        return super().number(literal)

    def spelled(self, literal: str) -> None:
        if literal and MARK.fullmatch(literal) is None:
            self.noted.add(literal)


def _within(text: str) -> Iterator[str]:
    """All texts and numbers in a list or object; the whole where it is no proper JSON."""
    try:
        waiting = [json.loads(text, parse_int=str, parse_float=str)]
    except (ValueError, RecursionError):
        yield text
        return
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
