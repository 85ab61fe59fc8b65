"""Latency that adds up: DDSketch's logarithmic buckets, kept as plain counts.

A sketch is a map from bucket to count, so that a database adds sketches up with ``count = count + n`` and no merge
code. Bucket numbers and quantiles are those of the ``ddsketch`` library (Masson, Rim, Lee: "DDSketch", VLDB 2019)
with 1% relative accuracy. Both sides' buckets of one request are kept together, so that how many requests were too slow
can be asked of any limits, also of such as were set later.
"""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from typing import NamedTuple

import msgspec
from ddsketch.mapping import LogarithmicMapping

from shadow.exchange import Side

__all__ = ["Column", "Latency", "bucket", "histogram", "milliseconds_of", "quantile"]

_NARROWEST = 5
"""Buckets of 2% in a column of a histogram: what is narrower shows chance alone."""
_MAPPING = LogarithmicMapping(0.01)


def bucket(milliseconds: float) -> int:
    """The number of the bucket that holds a duration (durations under a microsecond count as one)."""
    return int(_MAPPING.key(max(milliseconds, 0.001)))


def milliseconds_of(key: int) -> float:
    """A duration that stands for all of a bucket: within 1% of each."""
    return float(_MAPPING.value(key))


def milliseconds_up_to(key: int) -> float:
    """The longest duration that a bucket holds; the next one holds what is longer."""
    return milliseconds_of(key) * (1 + _MAPPING.gamma) / 2


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
            return milliseconds_of(key)
    raise AssertionError("the counts changed while they were read")


class Latency(msgspec.Struct, frozen=True):
    """How long the sides took for the requests that were timed, and the candidate for its cold starts."""

    pairs: dict[tuple[int, int], int] = msgspec.field(default_factory=dict)
    """(Legacy's bucket, the candidate's) → requests; none of them cold."""
    cold: dict[int, int] = msgspec.field(default_factory=dict)
    """Bucket → requests."""

    @property
    def timed(self) -> int:
        return sum(self.pairs.values())

    def of(self, side: Side) -> dict[int, int]:
        """Bucket → requests, of one side."""
        found = Counter[int]()
        for (legacy, candidate), requests in self.pairs.items():
            found[legacy if side is Side.LEGACY else candidate] += requests
        return dict(found)

    def slow(self, ratio: float, slack: float) -> int:
        """Requests for which the candidate took longer than ``ratio`` × legacy + ``slack`` milliseconds, within 1%."""
        return sum(
            requests
            for (legacy, candidate), requests in self.pairs.items()
            if milliseconds_of(candidate) > ratio * milliseconds_of(legacy) + slack
        )


class Column(NamedTuple):
    """Requests that took longer than ``least_ms`` and no longer than ``most_ms``."""

    least_ms: float
    most_ms: float
    legacy: int
    candidate: int
    cold: int


def histogram(latency: Latency, most: int) -> list[Column]:
    """The distributions of both sides and of the cold starts in the same columns, of one width on a logarithmic axis,
    ``most`` of them at most and none narrower than 10%: from the quickest request to the slowest, without a gap."""
    counts = latency.of(Side.LEGACY), latency.of(Side.CANDIDATE), latency.cold
    keys = [key for counted in counts for key in counted]
    if not keys:
        return []
    first, last = min(keys), max(keys)
    wide = max(_NARROWEST, math.ceil((last - first + 1) / most))
    columns = [[0, 0, 0] for _ in range(math.ceil((last - first + 1) / wide))]
    for kind, counted in enumerate(counts):
        for key, requests in counted.items():
            columns[(key - first) // wide][kind] += requests
    edges = [milliseconds_up_to(first - 1 + wide * number) for number in range(len(columns) + 1)]
    return [Column(*between, *column) for between, column in zip(pairwise(edges), columns, strict=True)]
