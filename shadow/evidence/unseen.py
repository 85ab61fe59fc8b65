"""How much of the traffic is still unseen: Good and Turing's estimate.

I. J. Good, *The population frequencies of species and the estimation of population parameters*, Biometrika 40, 1953.
"""

from __future__ import annotations

__all__ = ["LEAST", "unseen_share"]

LEAST = 30
"""Requests that make an estimate; its standard error, which is 1/√n at most, is then below 20 points."""


def unseen_share(once: int, requests: int) -> float | None:
    """f1/n: the share of further requests whose shape has not been seen among ``requests``, of which ``once`` (f1) had
    a shape that no other had. None where there are too few to say (see `LEAST`).

    Why that works: whichever of the n requests had come last, it would have brought a new shape exactly if no other had
    that shape; so f1/n is how often the last request was new, and the next one is little different. The bias is
    1/n at most, and the standard error about √(f1·(1 - f1/n) + 2·f2)/n, with f2 the shapes that two requests had
    (W. W. Esty, *A normal limit law for a nonparametric estimator of the coverage of a random sample*, Annals of
    Statistics 11, 1983).

    What it can't tell: what the unseen shapes are, or how many; whether the candidate answers them rightly; what
    traffic of another kind would bring (another client, another season, requests that are never mirrored), for it
    supposes that the next requests are drawn as these were. And 0 means less than about 1/n, not never.
    """
    return min(1.0, once / requests) if requests >= LEAST else None
