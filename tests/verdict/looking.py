"""What comes of looking after every request: exactly, by the chances of each step, and simulated, by a seed.

"Ready" gets more likely with each clean request and less with each hit, so all that there is to know about a test is
from how many requests on it says "ready" with no hit, with one, with two … (and until how many it says "not ready").
Between two hits only the last look matters.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterable, Iterator, Sequence

from shadow.verdict.statistics import is_not_ready, needed

__all__ = [
    "chance_of_not_ready",
    "chance_of_ready",
    "clopper_pearson_from",
    "hits_at",
    "not_ready_until",
    "ready_from",
    "says_not_ready",
    "says_ready",
]


def ready_from(limit: float, confidence: float, most: int) -> list[int]:
    """Hits → the number of requests from which on `is_ready` says yes; as far as that is at most ``most``."""
    enough = (hits + needed(hits, hits, limit, confidence) for hits in itertools.count())
    return list(itertools.takewhile(lambda n: n <= most, enough))


def clopper_pearson_from(limit: float, confidence: float, most: int) -> list[int]:
    """The same for the one-sided interval of C. J. Clopper and E. S. Pearson (Biometrika 26, 1934), which is exact for
    one look: ready when so few hits have a probability of 1 - ``confidence`` at most where the rate is ``limit``."""
    found: list[int] = []
    n, hits = 0, 0
    exactly = at_most = 1.0  # P(so many hits among n), and P(at most so many)
    while n < most:
        n += 1
        at_most -= limit * exactly
        exactly *= (1 - limit) * n / (n - hits)
        if at_most <= 1 - confidence:
            found.append(n)
            exactly *= limit / (1 - limit) * (n - hits) / (hits + 1)
            hits += 1
            at_most += exactly
    return found


def not_ready_until(limit: float, most: int) -> list[int]:
    """Hits → the last number of requests for which `is_not_ready` says yes (0: for none), ``most`` at most."""
    found: list[int] = []
    while not found or found[-1] < most:
        hits = len(found)
        n = found[-1] if found else 0
        while n < most and is_not_ready(max(n + 1, hits), hits, limit):
            n += 1
        found.append(n if n >= hits else 0)
    return found


def chance_of_ready(earliest: Sequence[int], rate: float, looks: int) -> float:
    """The probability that one of so many looks says "ready", where each request is a hit with probability ``rate``."""
    said_at = {n: hits for hits, n in enumerate(earliest)}
    # chances[hits]: that there are so many and "ready" was never said.
    chances = [1.0] + [0.0] * len(earliest)
    said = 0.0
    for n in range(1, looks + 1):
        for hits in range(min(n, len(earliest)), 0, -1):
            chances[hits] += rate * (chances[hits - 1] - chances[hits])
        chances[0] *= 1 - rate
        if n in said_at:
            said += chances[said_at[n]]
            chances[said_at[n]] = 0.0
    return said


def chance_of_not_ready(latest: Sequence[int], rate: float, looks: int) -> float:
    """The same for "not ready", which is said as soon as there are enough hits for that many requests."""
    chances = [1.0] + [0.0] * len(latest)
    said, enough = 0.0, 0
    for n in range(1, looks + 1):
        while latest[enough] < n:
            enough += 1
        said += rate * chances[enough - 1]
        for hits in range(min(n, enough - 1), 0, -1):
            chances[hits] += rate * (chances[hits - 1] - chances[hits])
        chances[0] *= 1 - rate
    return said


def hits_at(rate: float, looks: int, randomness: random.Random) -> Iterator[int]:
    """The numbers (from 1) of those among so many requests that are hits, each with probability ``rate``."""
    n = 0
    while True:
        n += 1 + int(math.log(1.0 - randomness.random()) / math.log1p(-rate))
        if n > looks:
            return
        yield n


def says_ready(hits: Iterable[int], looks: int, earliest: Sequence[int]) -> bool:
    """Whether any of so many looks says "ready", by the numbers of the requests that are hits."""
    count = 0
    for n in hits:
        if n - 1 >= earliest[count]:
            return True
        count += 1
        if count == len(earliest):
            return False
    return looks >= earliest[count]


def says_not_ready(hits: Iterable[int], latest: Sequence[int]) -> bool:
    """The same for "not ready"; it can only come with a hit."""
    return any(count < len(latest) and n <= latest[count] for count, n in enumerate(hits, 1))
