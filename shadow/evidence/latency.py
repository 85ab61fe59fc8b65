"""Latency quantiles that add up: DDSketch's logarithmic buckets, kept as plain counts.

A sketch is a map from bucket to count, so that a database adds sketches up with ``count = count + n`` and no merge
code. Bucket numbers and quantiles are those of the ``ddsketch`` library (Masson, Rim, Lee: "DDSketch", VLDB 2019)
with 1% relative accuracy.
"""

from __future__ import annotations

import msgspec
from ddsketch.mapping import LogarithmicMapping

__all__ = ["COLD", "Latency", "bucket", "quantile"]

COLD = "cold"
"""The name under which the candidate's cold starts are kept, beside those of the sides."""
_MAPPING = LogarithmicMapping(0.01)


def bucket(milliseconds: float) -> int:
    """The number of the bucket that holds a duration (durations under a microsecond count as one)."""
    return int(_MAPPING.key(max(milliseconds, 0.001)))


def quantile(buckets: dict[int, int], q: float) -> float | None:
    """The q-quantile in milliseconds (0 ≤ q ≤ 1), within 1%; None when nothing was counted."""
    total = sum(buckets.values())
    if not total:
        return None
    rank = q * (total - 1)
    passed = 0
    for key in sorted(buckets):
        passed += buckets[key]
        if passed > rank:
            return float(_MAPPING.value(key))
    raise AssertionError("the counts changed while they were read")


class Latency(msgspec.Struct, frozen=True):
    """Bucket counts: of both sides warm, and of the candidate's cold starts."""

    legacy: dict[int, int] = msgspec.field(default_factory=dict)
    candidate: dict[int, int] = msgspec.field(default_factory=dict)
    cold: dict[int, int] = msgspec.field(default_factory=dict)
