"""Is a rate low enough? The one question of both parity and latency, asked in the way that the settings choose."""

from __future__ import annotations

import math
from typing import Literal

from shadow.verdict.model import Verdict
from shadow.verdict.statistics import is_not_ready, is_ready, needed

__all__ = ["Enough", "by_rate", "clean_needed"]

Enough = Literal["statistics"] | int
"""`enough` of the settings: by statistics, or after that many clean requests."""


_ROUNDING = 1e-9
"""0.29 x 100 is a hair less than 29."""


def by_rate(
    n: int, s: int, *, limit: float, confidence: float, enough: Enough, ready_after: int | None = None
) -> Verdict:
    """What ``s`` hits among ``n`` say about a rate that must stay below ``limit``.

    ``enough`` as a number takes the observed share at its word once that many were seen; ``ready_after`` (default:
    ``enough``) is how many clean ones it then takes to be ready.
    """
    if enough == "statistics":
        ready, not_ready = is_ready(n, s, limit, confidence), is_not_ready(n, s, limit)
    else:
        within = s <= limit * n + _ROUNDING
        ready = within and n - s >= (enough if ready_after is None else ready_after)
        not_ready = is_not_ready(n, s, limit) or (not within and n >= enough)
    return Verdict.NOT_READY if not_ready else Verdict.READY if ready else Verdict.INCONCLUSIVE


def clean_needed(n: int, s: int, *, limit: float, confidence: float, enough: Enough) -> int:
    """How many further clean requests `by_rate` needs to say ready; 0 when it does."""
    if enough == "statistics":
        return needed(n, s, limit, confidence)
    return max(0, enough - (n - s), math.ceil(s / limit - _ROUNDING) - n)
