"""Compares two bodies that are neither documents nor text: which of type, length and content differ."""

from __future__ import annotations

from shadow.compare.bodies.content import Binary
from shadow.compare.description import described
from shadow.compare.difference import Difference

__all__ = ["binary_difference"]


def binary_difference(legacy: Binary, candidate: Binary) -> list[Difference]:
    """Nothing for the same bytes, else one difference: of class `format` between file types, else `bytes`."""
    if legacy.body == candidate.body:
        return []
    one, other = legacy.signature or "unknown bytes", candidate.signature or "unknown bytes"
    length, longer = len(legacy.body), len(candidate.body)
    if one != other:
        summary = f"{one} became {other}, {length:,} bytes became {longer:,}"
    elif length != longer:
        summary = f"{one}: {length:,} bytes became {longer:,}"
    else:
        summary = f"{one}: {length:,} bytes on both sides, of another content"
    return [
        described(
            "body",
            "$",
            "body-changed",
            "bytes" if one == other else "format",
            legacy.described(),
            candidate.described(),
            summary=summary,
            detail="" if one == other else (one, other),
        )
    ]
