"""The signature of a pair: which fingerprints it showed, bounded, and the id under which such pairs are counted."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from shadow.compare.difference import Difference

__all__ = ["LIMIT", "OVERFLOW", "OVERFLOWED", "capped", "signature_id"]

LIMIT = 64
"""Fingerprints in one signature; a pair with more is so different that naming them all helps nobody."""
OVERFLOW = "overflow"
"""The fingerprint that stands for all beyond `LIMIT`. It can't be accepted: nobody has seen what is behind it."""

OVERFLOWED = Difference(
    where="body",
    path="$",
    pattern="$",
    kind="truncated",
    class_=OVERFLOW,
    severity="difference",
    legacy=None,
    candidate=None,
    summary=f"more than {LIMIT} groups of differences in one pair; those beyond are not told apart",
    fingerprint=OVERFLOW,
)
"""What people read about `OVERFLOW`."""


def capped(fingerprints: Iterable[str]) -> tuple[str, ...]:
    """The fingerprints, sorted, each once; those beyond the first `LIMIT` become one `OVERFLOW`."""
    ordered = sorted(set(fingerprints))
    return tuple(ordered) if len(ordered) <= LIMIT else (*ordered[:LIMIT], OVERFLOW)


def signature_id(fingerprints: Iterable[str]) -> str:
    """16 hex digits, the same on every machine; "" for the empty signature, a match."""
    ordered = sorted(set(fingerprints))
    return blake2b("\n".join(ordered).encode(), digest_size=8).hexdigest() if ordered else ""
