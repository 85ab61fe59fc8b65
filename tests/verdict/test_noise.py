"""When a group of differences becomes noise, and when it ceases to be."""

from __future__ import annotations

import msgspec
import pytest

from shadow.evidence.route_evidence import AskedAgain, FingerprintEvidence
from shadow.verdict.noise import has_settled, is_noise, may_be_noise


@pytest.fixture
def asked(difference):
    """`asked((20, 0), (0, 3))`: of each day (the newest last) the requests that were noise, and the steady ones."""

    def build(*days: tuple[int, int], noise: int | None = None) -> FingerprintEvidence:
        by_day = tuple(AskedAgain(20_000 + n, *day) for n, day in enumerate(days))
        return difference("f1", noise=sum(day.noise for day in by_day) if noise is None else noise, asked=by_day)

    return build


@pytest.mark.parametrize(
    ("days", "noisy"),
    [
        ([], False),
        ([(2, 0)], False),
        ([(3, 0)], True),
        ([(1, 0), (1, 0), (1, 0)], True),
        # Now and then steady by chance.
        ([(20, 2)], True),
        ([(200, 3)], True),
        # The candidate is wrong where legacy is steady, in one request of seven, or only of fifty.
        ([(18, 3)], False),
        ([(147, 3)], False),
        # It has settled: over night, in the middle of a day, or long ago and for a few requests only.
        ([(20, 0), (0, 3)], False),
        ([(20, 0), (0, 2)], True),
        ([(20, 0), (0, 2), (0, 1)], False),
        ([(10, 10)], False),
        ([(500, 0), (0, 3)], False),
        # Noisy again since: not for certain, as long as the steady days count.
        ([(0, 20), (20, 0)], False),
    ],
)
def test_three_noisy_requests_make_noise_and_three_steady_ones_end_it(asked, days, noisy):
    assert is_noise(asked(*days)) is noisy


def test_the_order_of_the_days_does_not_matter(asked):
    one = asked((500, 0), (0, 3))
    other = msgspec.structs.replace(one, asked=one.asked[::-1])
    assert has_settled(one) is has_settled(other) is True


@pytest.mark.parametrize(
    ("noise", "distinct", "days", "may_be"),
    [
        (1, 1, [(1, 0)], True),
        (2, 2, [(2, 0)], True),
        (1, 2, [(1, 1)], False),
        (0, 0, [], False),
        # The same two requests, steady since.
        (2, 2, [(2, 0), (0, 2), (0, 2)], False),
    ],
)
def test_what_may_yet_be_noise_waits_until_it_is_clear(asked, noise, distinct, days, may_be):
    assert may_be_noise(asked(*days, noise=noise), distinct) is may_be
