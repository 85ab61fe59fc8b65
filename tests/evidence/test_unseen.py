"""Good and Turing's estimate, against sources of which everything is known."""

from __future__ import annotations

import math
import random
from collections import Counter
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.evidence.unseen import LEAST, unseen_share


def test_it_is_the_share_of_requests_with_a_shape_of_their_own() -> None:
    assert unseen_share(3, 100) == 0.03
    assert unseen_share(0, 100) == 0.0
    assert unseen_share(100, 100) == 1.0


def test_from_few_requests_nothing_is_told() -> None:
    assert unseen_share(1, LEAST - 1) is None
    assert unseen_share(0, 0) is None
    assert unseen_share(1, LEAST) is not None


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_it_is_a_share(once: int, requests: int) -> None:
    assert (share := unseen_share(once, requests)) is None or 0 <= share <= 1


@pytest.mark.parametrize("requests", [100, 1_500])
@pytest.mark.parametrize("exponent", [0.8, 1.1, 1.5])
def test_it_meets_the_truth_of_a_zipf_source_within_its_standard_error(exponent: float, requests: int) -> None:
    """250 samples of 5,000 shapes, of which the n-th comes n^-exponent as often as the first: the errors have no bias
    to speak of, and two standard errors (Esty's) hold about 95% of them."""
    chance = random.Random(f"{exponent} {requests}")
    weights = [rank**-exponent for rank in range(1, 5_001)]
    total = sum(weights)
    cumulated = list(accumulate(weights))
    errors, within, samples = [], 0, 250
    for _ in range(samples):
        seen = Counter(chance.choices(range(5_000), cum_weights=cumulated, k=requests))
        times = Counter(seen.values())
        truth = 1 - sum(weights[shape] for shape in seen) / total
        estimate = unseen_share(times[1], requests)
        assert estimate is not None
        error = math.sqrt(times[1] * (1 - times[1] / requests) + 2 * times[2]) / requests
        errors.append(estimate - truth)
        within += abs(estimate - truth) <= 2 * error
    mean = sum(errors) / samples
    spread = math.sqrt(sum((error - mean) ** 2 for error in errors) / samples)
    assert abs(mean) < 1 / requests + 3 * spread / math.sqrt(samples)
    assert 0.92 <= within / samples <= 0.99
