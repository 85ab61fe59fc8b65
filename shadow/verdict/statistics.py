"""How sure one may be of a rate, however often one looks: an e-process over distinct requests.

n requests were seen, s of them are hits (they differ, or they are slow). Is the true rate below a limit? M is what a
gambler would own who had bet 1 against "the rate is the limit or more", request by request, with a mixture of
alternatives q. By Ville's inequality (J. Ville, *Étude critique de la notion de collectif*, 1939; the mixture is that
of H. Robbins, *Statistical methods related to the law of the iterated logarithm*, 1970) M ever reaches 1/α with
probability α at most, so one may look after every request and stop as soon as it does. That holds for the average
conditional rate of what was observed; requests need not be independent or alike. A. Ramdas et al., *Game-theoretic
statistics and safe anytime-valid inference* (Statistical Science 38, 2023) is a good introduction.

    M(n, s; limit) = Σ w (q/limit)^s ((1-q)/(1-limit))^(n-s)

Everything is summed as logarithms: the products leave the range of floats within a few thousand requests.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

__all__ = [
    "NOT_READY_ERROR",
    "is_not_ready",
    "is_ready",
    "log_not_ready_evidence",
    "log_ready_evidence",
    "needed",
    "upper_bound",
]

NOT_READY_ERROR = 0.01
"""α of saying "not ready" by the rate alone: stricter than most people's `confidence`, for it stops a release."""
_ALMOST_ONE = 1 - 1e-9
_PRECISION = 1e-9
"""Of bounds, relative; they err upward."""
_BELOW = ((0.0, 1 / 2), *((2 ** (-j / 2), 1 / 12) for j in range(1, 7)))
"""(q/limit, weight): half of the stake on no hits at all, the rest on rates down to an eighth of the limit."""
_ABOVE = (math.sqrt(2), 2.0, 2 * math.sqrt(2), 4.0, 8.0, 16.0, 32.0)
"""q/limit; q = 1 comes on top, and each has the same weight."""


def is_ready(n: int, s: int, limit: float, confidence: float) -> bool:
    """Whether the rate is below ``limit``, wrongly said with probability 1 - ``confidence`` at most."""
    return log_ready_evidence(n, s, limit) >= -math.log1p(-confidence)


def is_not_ready(n: int, s: int, limit: float) -> bool:
    """Whether the rate is above ``limit``, wrongly said with probability `NOT_READY_ERROR` at most."""
    return log_not_ready_evidence(n, s, limit) >= -math.log(NOT_READY_ERROR)


def log_ready_evidence(n: int, s: int, limit: float) -> float:
    """log M against "the rate is ``limit`` or more" (0 < ``limit`` < 1), for ``s`` hits among ``n`` (0 ≤ s ≤ n)."""
    return _log_mixture(n, s, limit, ((ratio * limit, weight) for ratio, weight in _BELOW))


def log_not_ready_evidence(n: int, s: int, limit: float) -> float:
    """log M against "the rate is ``limit`` or less"; alternatives above 1 are left out and their weight is shared."""
    alternatives = [*(ratio * limit for ratio in _ABOVE if ratio * limit < 1), 1.0]
    return _log_mixture(n, s, limit, ((q, 1 / len(alternatives)) for q in alternatives))


def upper_bound(n: int, s: int, confidence: float) -> float:
    """The smallest limit that the rate is below at that confidence (so it is below every larger one); 1.0 if none."""
    if not is_ready(n, s, _ALMOST_ONE, confidence):
        return 1.0
    refuted, open_ = _ALMOST_ONE, 0.0
    while refuted - open_ > _PRECISION * refuted:
        middle = (refuted + open_) / 2
        if is_ready(n, s, middle, confidence):
            refuted = middle
        else:
            open_ = middle
    return refuted


def needed(n: int, s: int, limit: float, confidence: float) -> int:
    """How many further requests without a hit make `is_ready` true; 0 when it is. Exact, for each one adds evidence."""
    if is_ready(n, s, limit, confidence):
        return 0
    enough = 1
    while not is_ready(n + enough, s, limit, confidence):
        enough *= 2
    too_few = enough // 2
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        if is_ready(n + middle, s, limit, confidence):
            enough = middle
        else:
            too_few = middle
    return enough


def _log_mixture(n: int, s: int, limit: float, alternatives: Iterable[tuple[float, float]]) -> float:
    """log Σ w (q/limit)^s ((1-q)/(1-limit))^(n-s) over (q, w), with 0^0 = 1."""
    terms = [
        math.log(weight) + _log_power(q, limit, s) + _log_power(1 - q, 1 - limit, n - s) for q, weight in alternatives
    ]
    largest = max(terms)
    if largest == -math.inf:
        return -math.inf
    return largest + math.log(math.fsum(math.exp(term - largest) for term in terms))


def _log_power(numerator: float, denominator: float, exponent: int) -> float:
    if not exponent:
        return 0.0
    return exponent * (math.log(numerator) - math.log(denominator)) if numerator > 0 else -math.inf
