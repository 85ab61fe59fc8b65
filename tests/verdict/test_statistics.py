"""The e-process: known values, and what must hold always; see test_looking_always for its promise."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.verdict.statistics import (
    is_not_ready,
    is_ready,
    log_not_ready_evidence,
    log_ready_evidence,
    needed,
    upper_bound,
)

limits = st.floats(0.0001, 0.5)
confidences = st.sampled_from([0.5, 0.9, 0.95, 0.99])
counts = st.integers(0, 5000).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))


@pytest.mark.parametrize(
    ("limit", "confidence", "requests"),
    [(0.01, 0.95, 336), (0.01, 0.99, 506), (0.001, 0.95, 3373), (0.001, 0.99, 5074), (0.05, 0.95, 66)],
)
def test_so_many_clean_requests_are_needed(limit: float, confidence: float, requests: int) -> None:
    assert needed(0, 0, limit, confidence) == requests
    assert is_ready(requests, 0, limit, confidence)
    assert not is_ready(requests - 1, 0, limit, confidence)


@pytest.mark.parametrize(
    ("limit", "hits", "requests"), [(0.01, 1, 711), (0.01, 2, 910), (0.01, 3, 1102), (0.05, 1, 140)]
)
def test_so_many_requests_are_needed_when_some_differ(limit: float, hits: int, requests: int) -> None:
    assert hits + needed(hits, hits, limit, 0.95) == requests


def test_without_requests_nothing_is_proven_either_way() -> None:
    assert log_ready_evidence(0, 0, 0.01) == pytest.approx(0)
    assert log_not_ready_evidence(0, 0, 0.01) == pytest.approx(0)
    assert upper_bound(0, 0, 0.95) == 1.0


def test_evidence_stays_exact_where_the_products_leave_the_range_of_floats() -> None:
    """A rate of exactly the limit over ten million requests: e^(±10,000) is summed without overflow or underflow."""
    ready, not_ready = log_ready_evidence(10_000_000, 100_000, 0.01), log_not_ready_evidence(10_000_000, 100_000, 0.01)
    assert math.isfinite(ready)
    assert ready < 0
    assert math.isfinite(not_ready)
    assert not_ready < 0


def test_evidence_by_hand_for_one_request() -> None:
    """One clean request at a limit of 50%: Σ w (1-q)/(1-½), term by term."""
    by_hand = 0.5 * 2 + sum((1 - 0.5 * 2 ** (-j / 2)) / 0.5 / 12 for j in range(1, 7))
    assert log_ready_evidence(1, 0, 0.5) == pytest.approx(math.log(by_hand))


def test_alternatives_above_one_are_left_out_and_their_weight_is_shared() -> None:
    """At a limit of 60%, √2 x 0.6 = 0.85 and 1 remain, at a half each."""
    by_hand = 0.5 * math.sqrt(2) + 0.5 / 0.6
    assert log_not_ready_evidence(1, 1, 0.6) == pytest.approx(math.log(by_hand))


def test_a_high_rate_is_not_ready_and_a_single_difference_is_not_yet() -> None:
    assert is_not_ready(20, 10, 0.01)
    assert not is_not_ready(20, 1, 0.01)


@given(counts, limits, confidences)
def test_needed_is_the_first_number_that_is_enough(seen: tuple[int, int], limit: float, confidence: float) -> None:
    n, s = seen
    more = needed(n, s, limit, confidence)
    assert is_ready(n + more, s, limit, confidence)
    assert more == 0 or not is_ready(n + more - 1, s, limit, confidence)


@given(counts, limits)
def test_clean_requests_speak_for_ready_and_differing_ones_against(seen: tuple[int, int], limit: float) -> None:
    n, s = seen
    assert log_ready_evidence(n + 1, s, limit) > log_ready_evidence(n, s, limit)
    assert log_ready_evidence(n + 1, s + 1, limit) < log_ready_evidence(n, s, limit)
    assert log_not_ready_evidence(n + 1, s + 1, limit) > log_not_ready_evidence(n, s, limit)


@given(counts, limits)
def test_a_fair_bet_neither_gains_nor_loses_where_the_rate_is_the_limit(seen: tuple[int, int], limit: float) -> None:
    """The martingale property on which Ville's inequality rests: E[M after one more request] = M."""
    n, s = seen
    for evidence in (log_ready_evidence, log_not_ready_evidence):
        ratio_hit = math.exp(evidence(n + 1, s + 1, limit) - evidence(n, s, limit))
        ratio_clean = math.exp(evidence(n + 1, s, limit) - evidence(n, s, limit))
        assert limit * ratio_hit + (1 - limit) * ratio_clean == pytest.approx(1)


@given(counts, confidences)
def test_the_upper_bound_is_where_ready_begins(seen: tuple[int, int], confidence: float) -> None:
    n, s = seen
    bound = upper_bound(n, s, confidence)
    assert s / n <= bound <= 1 if n else bound == 1
    if bound < 1:
        assert is_ready(n, s, bound, confidence)
        assert not is_ready(n, s, bound * (1 - 1e-6), confidence)


@given(counts, limits)
def test_ready_and_not_ready_are_never_both_proven(seen: tuple[int, int], limit: float) -> None:
    assert not (is_ready(*seen, limit, 0.95) and is_not_ready(*seen, limit))
