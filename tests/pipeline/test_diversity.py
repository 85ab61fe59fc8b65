"""What a small recording keeps: never too much, as many kinds as it can, and always the same."""

from __future__ import annotations

import random
from collections import Counter
from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.pipeline.diversity import Sample, Selection


def digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()


def sample(route: str, parts: str = "", request: str = "", *, sendable: bool = True) -> Sample:
    """``parts``: each letter is one."""
    found = frozenset(parts)
    return Sample(route, digest("".join(sorted(found))), found, digest(request), sendable)


def kept(most: int, samples: list[Sample]) -> list[Sample]:
    selection = Selection[Sample](most)
    for each in samples:
        selection.offer(each, each)
        assert len(selection) <= most
    assert len(list(selection)) == len(selection)
    return sorted(selection)


def covered(samples: list[Sample]) -> set[tuple[str, str]]:
    return {(each.route, part) for each in samples for part in each.parts if each.sendable}


def shapes(samples: list[Sample]) -> set[tuple[str, bytes]]:
    return {(each.route, each.shape) for each in samples if each.sendable}


SAMPLES = st.lists(
    st.builds(
        sample,
        st.sampled_from("abc"),
        st.text("123456", max_size=4),
        st.sampled_from("vwxyz"),
        sendable=st.integers(0, 5).map(bool),
    ),
    max_size=60,
)


@given(samples=SAMPLES, most=st.integers(1, 12))
def test_nothing_is_lost_or_made_up(samples, most):
    """What is offered is kept, or comes back exactly once, then or later."""
    selection = Selection[int](most)
    out = Counter(selection.offer(each, number) for number, each in enumerate(samples))
    assert len(selection) == min(most, len(samples))
    assert out.pop(None, 0) == len(selection)
    assert sorted([*selection, *out.elements()]) == list(range(len(samples)))


@given(samples=SAMPLES, most=st.integers(1, 12))
def test_every_route_is_kept_as_long_as_there_is_room_for_one_of_each(samples, most):
    routes = {each.route for each in samples}
    assert len({each.route for each in kept(most, samples)}) == min(most, len(routes))


@given(samples=SAMPLES, more=st.integers(0, 3))
def test_every_shape_is_kept_where_there_is_room_for_all(samples, more):
    only_unsendable = {each.route for each in samples} - {each.route for each in samples if each.sendable}
    room = len(shapes(samples)) + len(only_unsendable) + more
    found = kept(max(1, room), samples)
    assert shapes(found) == shapes(samples)
    assert covered(found) == covered(samples)


@given(samples=SAMPLES, most=st.integers(1, 12))
def test_what_goes_costs_no_more_than_anything_that_stays(samples, most):
    """Counted anew from what is kept, without any of the bookkeeping."""
    selection = Selection[Sample](most)
    for each in samples:
        before = [*selection, each]
        out = selection.offer(each, each)
        if out is None:
            continue
        assert _worth(before) - _worth([*selection]) == min(
            _worth(before) - _worth([*before[:at], *before[at + 1 :]]) for at in range(len(before))
        )


def _worth(samples: list[Sample]) -> int:
    """Routes before parts before shapes before requests."""
    routes = len({each.route for each in samples})
    requests = len({(each.route, each.shape, each.request) for each in samples if each.sendable})
    return requests + 10**3 * (len(shapes(samples)) + 10**3 * (len(covered(samples)) + 10**3 * routes))


@given(samples=SAMPLES, most=st.integers(1, 12))
def test_the_same_traffic_always_gives_the_same(samples, most):
    assert kept(most, samples) == kept(most, samples)


@given(samples=SAMPLES, most=st.integers(1, 12), seed=st.integers(0, 99))
def test_without_repetitions_of_a_request_one_shape_keeps_the_same_in_any_order(samples, most, seed):
    """A sample that nobody can choose by coming first, or last."""
    one = [sample("a", "1", str(number)) for number in range(len(samples))]
    shuffled = random.Random(seed).sample(one, len(one))
    assert kept(most, one) == kept(most, shuffled)
    assert kept(most, one) == sorted(sorted(one, key=lambda each: each.request)[:most])


def test_what_cant_be_sent_goes_first_and_a_new_part_is_worth_more_than_many_shapes():
    lone, pairs = sample("a", "12345", "x"), [sample("a", "12"), sample("a", "23"), sample("a", "13")]
    unsendable = sample("a", "9", "s", sendable=False)
    selection = Selection[Sample](4)
    assert [selection.offer(each, each) for each in (*pairs, unsendable)] == [None] * 4
    assert selection.offer(lone, lone) is unsendable
    assert {out for each in "67" if (out := selection.offer(sample("a", each), sample("a", each)))} <= {*pairs}
    assert covered([*selection]) == {("a", part) for part in "1234567"}
    assert selection.routes == 1
    assert selection.shapes == 4


def test_a_request_that_comes_again_displaces_nothing_and_goes_first():
    again = [sample("often", "1", "same")] * 5
    assert kept(3, [*again, sample("other", "1", "x"), sample("other", "1", "y")]) == sorted(
        [again[0], sample("other", "1", "x"), sample("other", "1", "y")]
    )
    others = [sample("other", "1", str(number)) for number in range(3)]
    assert kept(3, [*others, *again])[0] == again[0], "but the first of a route has room"
    assert kept(3, [*again[:1], *others[:2], *again]) == sorted([again[0], *others[:2]])


def test_room_is_shared_out_evenly_among_routes_that_show_nothing_new():
    traffic = [sample(route, "1", f"{route}{number}") for number in range(50) for route in "aaaab"]
    assert Counter(each.route for each in kept(10, traffic)) == {"a": 5, "b": 5}


def test_a_selection_has_room_for_one_at_least():
    with pytest.raises(ValueError, match="room for one"):
        Selection(0)


def _zipf(requests: int, seed: int) -> list[Sample]:
    """Traffic as it is: few routes get most requests; each has fields and parameters, most of which are rare."""
    chance = random.Random(seed)
    routes = [[chance.random() ** 3 for _ in range(chance.randint(5, 40))] for _ in range(40)]
    found = []
    for number in range(requests):
        route = chance.choices(range(40), [1 / (rank + 1) for rank in range(40)])[0]
        parts = frozenset(str(part) for part, share in enumerate(routes[route]) if chance.random() < share)
        found.append(Sample(str(route), digest(" ".join(sorted(parts))), parts, digest(str(number))))
    return found


def _greedy(samples: list[Sample], most: int) -> list[Sample]:
    """What somebody would choose who had seen all of it: always what shows most that is new."""
    left, chosen = list({(each.route, each.shape): each for each in samples}.values()), []
    routes: set[str] = set()
    shown: set[tuple[str, str]] = set()
    while left and len(chosen) < most:
        best = max(left, key=lambda each: (each.route not in routes, len(covered([each]) - shown)))
        left.remove(best)
        chosen.append(best)
        routes.add(best.route)
        shown |= covered([best])
    return chosen


@pytest.mark.parametrize("most", [45, 90])
def test_it_covers_nearly_what_could_be_chosen_with_all_in_sight_in_any_order(most):
    traffic = _zipf(3000, seed=most)
    best = len(covered(_greedy(traffic, most)))
    for seed in range(3):
        random.Random(seed).shuffle(traffic)
        assert len(covered(kept(most, traffic))) >= 0.95 * best
