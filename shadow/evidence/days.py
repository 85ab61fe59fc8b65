"""Days: the buckets in which evidence is counted, so that what is too old can be left out."""

from __future__ import annotations

__all__ = ["day_of", "first_day", "start_of"]

_DAY = 86_400


def day_of(at: float) -> int:
    """The whole days, in UTC, between the epoch and ``at`` (seconds since the epoch)."""
    return int(at // _DAY)


def first_day(now: float, max_age: float) -> int:
    """The first day that counts when evidence may be ``max_age`` seconds old.

    A day counts while any moment of it is young enough, so evidence lives at most a day too long, never too short.
    """
    return day_of(now - max_age)


def start_of(day: int) -> float:
    """When a day begins, in seconds since the epoch."""
    return float(day * _DAY)
