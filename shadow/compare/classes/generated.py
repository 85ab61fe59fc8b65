"""Ids that machines make up."""

from __future__ import annotations

import re

from shadow.compare.ids import LONGEST, generated_shape

__all__ = ["another_id", "id_spelling"]

_UUID = re.compile(r"(?:urn:uuid:)?\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?")


def id_spelling(a: str, b: str) -> bool:
    """One UUID in two spellings (RFC 9562 §4): with or without hyphens, braces, `urn:uuid:`."""
    if max(len(a), len(b)) > LONGEST:
        return False
    one, other = _UUID.fullmatch(a.lower()), _UUID.fullmatch(b.lower())
    return one is not None and other is not None and one.groups() == other.groups()


def another_id(a: str, b: str) -> bool:
    """Both look generated, in the same way."""
    shape = generated_shape(a)
    return shape != "" and shape == generated_shape(b)
