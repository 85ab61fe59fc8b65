"""When requests were compared and differed, under today's acceptances."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from shadow.evidence.activity import Activity
from shadow.evidence.epochs import KnownEpoch
from shadow.evidence.past import PastEpoch, PastEvidence
from shadow.verdict.history import judge_past
from shadow.verdict.judge import judge, judge_all
from shadow.verdict.model import Bucket, Verdict
from shadow.verdict.timeline import merged, width_for

ROUTE = "GET /orders/{orderId}"
START = 1_780_000_200 // 300 * 300
PRICE, DATE = "f1", "f2"


@pytest.fixture
def timeline(settings, evidence, difference, now):
    """Of one request that matched and as many as are said of the others, with these acceptances."""

    def build(*activity, noise=0, statuses=None, **sections):
        groups = {(): 30, (PRICE,): 2, (PRICE, DATE): 1, (DATE,): 1}
        found = (
            difference(PRICE, path="$.price"),
            difference(DATE, path="$.date", noise=noise),
        )
        seen = replace(evidence(groups, found), activity=tuple(activity))
        return judge(seen, ROUTE, settings(**sections), now, required=True).timeline

    return build


def accept(path):
    return [{"routes": ["*"], "path": path, "reason": "agreed"}]


ACTIVITY = (
    Activity(START, 300, (), 7),
    Activity(START, 300, (PRICE,), 2),
    Activity(START, 300, (PRICE, DATE), 1),
    Activity(START + 300, 300, (DATE,), 4),
)


def test_each_bucket_says_how_many_were_compared_and_how_many_differed(timeline):
    assert timeline(*ACTIVITY) == (Bucket(START, 300, 10, 3, 0), Bucket(START + 300, 300, 4, 4, 0))


def test_what_is_accepted_today_is_judged_for_all_the_past(timeline):
    found = timeline(*ACTIVITY, accept=accept("$.date"))
    assert found == (Bucket(START, 300, 10, 3, 0), Bucket(START + 300, 300, 4, 0, 4))
    found = timeline(*ACTIVITY, accept=[*accept("$.date"), *accept("$.price")])
    assert found == (Bucket(START, 300, 10, 0, 3), Bucket(START + 300, 300, 4, 0, 4))


def test_noise_is_excused(timeline):
    assert timeline(*ACTIVITY, noise=3)[1] == Bucket(START + 300, 300, 4, 0, 4)


def test_signatures_without_room_differ_while_anything_is_open(timeline):
    pooled = Activity(START, 300, None, 5)
    assert timeline(pooled) == (Bucket(START, 300, 5, 5, 0),)
    assert timeline(pooled, accept=accept("$.date")) == (Bucket(START, 300, 5, 5, 0),)
    assert timeline(pooled, accept=[*accept("$.date"), *accept("$.price")]) == (Bucket(START, 300, 5, 0, 5),)


def test_what_nothing_is_known_of_any_more_is_open(timeline):
    assert timeline(Activity(START, 300, ("gone",), 1)) == (Bucket(START, 300, 1, 1, 0),)


def test_requests_that_were_refused_for_want_of_credentials_do_not_differ(settings, evidence, difference, now):
    """The gate says whose token is missing; a picture full of red would say that the code is wrong."""
    refused = difference(
        "r", where="status", path="status", kind="status-changed", class_="status", statuses=(200, 401), count=30
    )
    seen = replace(
        evidence({("r",): 30}, (refused,)),
        activity=(Activity(START, 300, ("r",), 30), Activity(START, 300, (PRICE,), 1)),
    )
    others = [evidence({("r",): 30}, (refused,), route=f"GET /{n}") for n in range(3)]
    found = {one.route: one for one in judge_all([seen, *others], settings(), (), now)}[ROUTE]
    assert found.reasons[0].code == "credentials"
    assert found.timeline == (Bucket(START, 300, 31, 1, 30),)


def test_what_a_request_showed_that_was_refused_later_counts_no_more_than_for_the_verdict(
    settings, evidence, difference, now
):
    refused = difference(
        "r", where="status", path="status", kind="status-changed", class_="status", statuses=(200, 401), count=30
    )
    groups = {("r",): 29, ("r", PRICE): 1}
    seen = replace(
        evidence(groups, (refused, difference(PRICE, path="$.price"))),
        activity=(Activity(START, 300, ("r",), 30), Activity(START, 300, (PRICE,), 1)),
    )
    others = [evidence({("r",): 30}, (refused,), route=f"GET /{n}") for n in range(3)]
    found = {one.route: one for one in judge_all([seen, *others], settings(), (), now)}[ROUTE]
    assert found.divergence.distinct == 0
    assert found.timeline == (Bucket(START, 300, 31, 0, 31),)


def test_a_past_version_has_its_own(settings, evidence, difference, now):
    seen = replace(evidence({(): 3, (PRICE,): 1}, (difference(PRICE),), version="1"), activity=ACTIVITY[:2])
    known = KnownEpoch(seen.epoch, now - 60, now - 60, now - 3600, 4)
    past = {ROUTE: [PastEvidence(PastEpoch(known, before=True, alike=True), seen)]}
    (version,) = judge_past(past, settings(), now)[ROUTE]
    assert version.timeline == (Bucket(START, 300, 9, 2, 0),)


@pytest.mark.parametrize(
    ("groups", "parity"), [({}, None), ({(): 400}, Verdict.READY), ({(): 3}, Verdict.INCONCLUSIVE)]
)
def test_what_the_differences_say_alone_is_kept(settings, evidence, now, groups, parity):
    assert judge(evidence(groups), ROUTE, settings(), now, required=True).parity is parity


buckets = st.builds(
    lambda start, width, compared, share: Bucket(start * width, width, compared, round(share * compared), 0),
    st.integers(0, 400), st.sampled_from([300, 3600, 86_400]), st.integers(1, 99), st.floats(0, 1),
)  # fmt: skip
timelines = st.lists(st.lists(buckets, max_size=9).map(tuple), max_size=4)


@given(timelines, st.sampled_from([300, 900, 7200, 86_400, 5 * 86_400]))
def test_merging_loses_nothing_and_leaves_wider_buckets_alone(found, width):
    before = [bucket for timeline in found for bucket in timeline]
    after = merged(found, width)
    for name in ("compared", "differing", "excused"):
        assert sum(getattr(one, name) for one in after) == sum(getattr(one, name) for one in before)
    assert len({(one.start, one.width) for one in after}) == len(after)
    assert all(one.width >= width and one.start % one.width == 0 for one in after)
    assert {one.width for one in after if one.width > width} == {one.width for one in before if one.width > width}


@given(st.floats(1, 4e8), st.integers(2, 60), st.randoms(use_true_random=False))
def test_the_width_is_enough_wherever_a_stretch_begins(seconds, most, randomness: random.Random):
    width = width_for(seconds, most)
    start = randomness.uniform(0, width)
    assert (start + seconds) / width <= most
    assert 86_400 % width == 0 or width % 86_400 == 0
