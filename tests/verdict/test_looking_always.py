"""One may look after every request, and stop when it looks good: how often is the answer wrong then?

Each figure is calculated from the chances of each step and, independently, simulated; `pytest -s` prints them all.
The contrasts show why it is done in this way: what a fixed-sample interval says when it is looked at again and again,
and what counting requests instead of distinct ones does.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import pytest

from shadow.verdict.statistics import is_not_ready, is_ready
from tests.verdict.looking import (
    chance_of_not_ready,
    chance_of_ready,
    clopper_pearson_from,
    hits_at,
    not_ready_until,
    ready_from,
    says_not_ready,
    says_ready,
)

LIMIT, CONFIDENCE, LOOKS = 0.01, 0.95, 10_000
RUNS = 3_000
SEED = 20260601
READY = ready_from(LIMIT, CONFIDENCE, 50_000)
NOT_READY = not_ready_until(LIMIT, LOOKS)
CLOPPER_PEARSON = clopper_pearson_from(LIMIT, CONFIDENCE, LOOKS)


class Case(NamedTuple):
    """What is said at some of the looks after each of `LOOKS` requests, of which a share ``rate`` differs."""

    says: str
    rate: float
    chance: float
    """Of its being said, to so many digits as there are."""


_EARLIEST = {"ready": READY, "ready, by Clopper-Pearson": CLOPPER_PEARSON}
CASES = [
    Case("ready", 0.005, 0.998),
    Case("ready", LIMIT, 0.0482),
    Case("ready", 0.02, 0.0011),
    Case("not ready", 0.005, 0.0002),
    Case("not ready", LIMIT, 0.0050),
    Case("not ready", 0.02, 1.0),
    Case("ready, by Clopper-Pearson", LIMIT, 0.276),
]


@cache
def exactly(case: Case) -> float:
    """The probability of its being said."""
    if case.says == "not ready":
        return chance_of_not_ready(NOT_READY, case.rate, LOOKS)
    return chance_of_ready(_EARLIEST[case.says], case.rate, LOOKS)


def simulate(case: Case) -> float:
    """The share of runs in which it was said."""
    randomness = random.Random(f"{SEED} {case.says} {case.rate}")
    runs = (hits_at(case.rate, LOOKS, randomness) for _ in range(RUNS))
    if case.says == "not ready":
        return sum(says_not_ready(hits, NOT_READY) for hits in runs) / RUNS
    return sum(says_ready(hits, LOOKS, _EARLIEST[case.says]) for hits in runs) / RUNS


@pytest.fixture(scope="module")
def simulated() -> dict[Case, float]:
    """Each case's share; printed as a table."""
    found = {case: simulate(case) for case in CASES}
    print(f"\n\nlimit {LIMIT:.0%}, confidence {CONFIDENCE:.0%}, a look after each of {LOOKS:,} distinct requests:\n")
    print(f"| says | true rate | probability | in {RUNS:,} runs (seed {SEED}) |")
    print("|---|--:|--:|--:|")
    for case, share in found.items():
        print(f"| {case.says} | {case.rate:.1%} | {exactly(case):.2%} | {share:.2%} |")
    return found


def within_chance(share: float, expected: float, runs: int) -> bool:
    """Whether a simulated share is within three standard errors (and one run) of what is expected."""
    return abs(share - expected) <= 3 * math.sqrt(expected * (1 - expected) / runs) + 1 / runs


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.says} at {case.rate:.1%}")
def test_so_often_it_is_said(case: Case, simulated: dict[Case, float]) -> None:
    digits = len(str(case.chance).partition(".")[2])
    assert round(exactly(case), digits) == case.chance
    assert within_chance(simulated[case], exactly(case), RUNS)


def test_errors_keep_the_promise_and_are_not_bought_by_saying_nothing() -> None:
    """At the limit "ready" is wrong (5% at most), and so is "not ready" (1%); to either side the right one is said."""
    said = {(case.says, case.rate): exactly(case) for case in CASES}
    assert 0.04 < said["ready", LIMIT] <= 1 - CONFIDENCE
    assert 0.004 < said["not ready", LIMIT] <= 0.01
    assert said["ready", 0.005] > 0.99
    assert said["not ready", 0.02] > 0.99


@pytest.mark.parametrize(("limit", "confidence"), [(0.001, 0.95), (0.01, 0.99), (0.05, 0.95), (0.1, 0.5)])
def test_the_promise_holds_at_other_limits_and_confidences(limit: float, confidence: float) -> None:
    looks = int(30 / limit)
    said = chance_of_ready(ready_from(limit, confidence, looks), limit, looks)
    assert 0.6 * (1 - confidence) < said <= 1 - confidence
    assert chance_of_not_ready(not_ready_until(limit, looks), limit, looks) <= 0.01


def test_between_two_hits_only_the_last_look_matters() -> None:
    """Looking after every single request with the code that decides comes to the same as the tables used here."""
    randomness = random.Random(SEED)
    looks = 2_500
    found = set()
    for rate in [0.003, 0.01, 0.03] * 3:
        hits = list(hits_at(rate, looks, randomness))
        counts = list(itertools.accumulate(n in set(hits) for n in range(1, looks + 1)))
        ready = any(is_ready(n, s, LIMIT, CONFIDENCE) for n, s in enumerate(counts, 1))
        not_ready = any(is_not_ready(n, s, LIMIT) for n, s in enumerate(counts, 1))
        assert ready is says_ready(hits, looks, READY)
        assert not_ready is says_not_ready(hits, NOT_READY)
        found |= {(ready, not_ready)}
    assert {(True, False), (False, True)} <= found


# -- what counts: requests, or distinct requests ----------------------------------------------------------------------


def _each_20_times(randomness: random.Random) -> tuple[bool, bool]:
    """Each of 1,500 URLs is asked 20 times before the next: is "ready" said counting requests, and distinct ones?"""
    urls = list(hits_at(LIMIT, 1_500, randomness))
    requests = (20 * (url - 1) + time for url in urls for time in range(1, 21))
    return says_ready(requests, 30_000, READY), says_ready(urls, 1_500, READY)


URLS = 5_000
_ZIPF = list(itertools.accumulate(rank**-1.1 for rank in range(1, URLS + 1)))


def _zipf(randomness: random.Random) -> tuple[bool, bool]:
    """20,000 requests, the k-th most popular URL with probability ~ k^-1.1."""
    wrong = set(hits_at(LIMIT, URLS, randomness))
    asked = randomness.choices(range(1, URLS + 1), cum_weights=_ZIPF, k=20_000)
    distinct = dict.fromkeys(asked)
    hits = (n for n, url in enumerate(asked, 1) if url in wrong)
    distinct_hits = (n for n, url in enumerate(distinct, 1) if url in wrong)
    return says_ready(hits, len(asked), READY), says_ready(distinct_hits, len(distinct), READY)


@pytest.mark.parametrize(
    ("traffic", "runs", "by_requests", "by_distinct"),
    [(_each_20_times, 2_000, 0.91, 0.042), (_zipf, 500, 0.728, 0.044)],
    ids=["each URL 20 times", "Zipf"],
)
def test_counting_requests_instead_of_distinct_ones_breaks_the_promise(
    traffic: Callable[[random.Random], tuple[bool, bool]], runs: int, by_requests: float, by_distinct: float
) -> None:
    """1% of the URLs differ, which is the limit; so "ready" is wrong."""
    randomness = random.Random(SEED)
    said = [traffic(randomness) for _ in range(runs)]
    requests, distinct = (sum(column) / runs for column in zip(*said, strict=True))
    print(
        f"\n1% of URLs differ, {runs:,} runs: falsely ready in {requests:.1%} by requests, {distinct:.1%} by distinct"
    )
    assert within_chance(requests, by_requests, runs)
    assert within_chance(distinct, by_distinct, runs)
    assert distinct <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / runs)
