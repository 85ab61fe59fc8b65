"""When requests were compared, and what they showed: fine for what is recent, and ever coarser for what is not.

A day is cut into buckets of five minutes, which upkeep adds up to hours and at last to the whole day. Each is a part of
the next, so nothing is lost but the minute at which it happened.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from shadow.evidence.days import day_of, start_of

__all__ = ["COARSENING", "FINEST", "POOLED", "Activity", "Coarsening", "start_in_day"]

FINEST = 300
"""Seconds of the buckets in which requests are counted at first."""
POOLED = "*"
"""The id that stands for the signatures of a bucket for which there was no room. No signature has it."""


class Coarsening(NamedTuple):
    """Buckets of ``width`` seconds become buckets of ``into`` seconds once they are ``after`` seconds old."""

    width: int
    into: int
    after: float


COARSENING = (Coarsening(FINEST, 3600, 6 * 3600.0), Coarsening(3600, 86_400, 3 * 86_400.0))
"""In this order; each width is a part of the next, and none reaches into another day."""


class Activity(msgspec.Struct, frozen=True):
    """Compared requests of one stretch of time that showed the same."""

    start: int
    """Seconds since the epoch."""
    width: int
    """Seconds. Of one time there may be buckets of several widths; then they add up."""
    fingerprints: tuple[str, ...] | None
    """Their signature, sorted; () is a match. None: one of the signatures for which there was no room."""
    requests: int


def start_in_day(at: float) -> int:
    """Where in its day the finest bucket that holds ``at`` (seconds since the epoch) begins, in seconds."""
    return int((at - start_of(day_of(at))) // FINEST) * FINEST
