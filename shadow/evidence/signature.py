"""The signature of a pair: which fingerprints it showed, bounded, and the id under which such pairs are counted."""

from __future__ import annotations

from collections.abc import Collection, Iterable
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


def capped(fingerprints: Iterable[str], noise: Collection[str] = ()) -> tuple[str, ...]:
    """The fingerprints, sorted, each once; those beyond the first `LIMIT` become one `OVERFLOW`.

    Of ``noise`` only what there is room for is kept, and the rest is dropped: it hides nothing that anybody should see.
    """
    shown = set(fingerprints)
    faults, noisy = sorted(shown.difference(noise)), sorted(shown.intersection(noise))
    if len(faults) > LIMIT:
        return (*faults[:LIMIT], OVERFLOW)
    return tuple(sorted([*faults, *noisy[: LIMIT - len(faults)]]))


def signature_id(fingerprints: Iterable[str]) -> str:
    """16 hex digits, the same on every machine; "" for the empty signature, a match."""
    ordered = sorted(set(fingerprints))
    return blake2b("\n".join(ordered).encode(), digest_size=8).hexdigest() if ordered else ""
