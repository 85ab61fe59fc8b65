"""What a difference turns out to be when both sides are asked again."""

from __future__ import annotations

import json
from copy import copy
from itertools import combinations
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shadow.compare import Difference, as_noise, compare, restamp
from shadow.exchange import Response
from shadow.pipeline.confirm import ANSWERS_FOR_NOISE, Fate, Settled, settle, settle_as

MISSING = object()


def answer(body: Any, status: int = 200) -> Response:
    return Response(status, [("Content-Type", "application/json")], json.dumps(body).encode())


def field(value: Any) -> Response:
    """An answer with one field under test, or without it."""
    return answer({"id": 1} if value is MISSING else {"id": 1, "field": value})


def settled(rounds: list[tuple[Response, Response]]) -> Settled:
    """All answers are objects of their own, as when each is really asked for."""
    rounds = [(copy(legacy), copy(candidate)) for legacy, candidate in rounds]
    return settle(compare(*rounds[0]), rounds, compare)


def asked(legacy: list[Any], candidate: list[Any]) -> Settled:
    """The field's values in each round, settled."""
    return settled([(field(a), field(b)) for a, b in zip(legacy, candidate, strict=True)])


def fate(legacy: list[Any], candidate: list[Any]) -> Fate:
    (only,) = asked(legacy, candidate).fates.values()
    return only


# -- one field --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("legacy", "candidate", "expected"),
    [
        # Both always say the same, and not the same as the other.
        ([1, 1, 1], [2, 2, 2], Fate.CONFIRMED),
        ([1, 1], [2, 2], Fate.CONFIRMED),
        ([1, 1, 1], ["1", "1", "1"], Fate.CONFIRMED),
        ([1, 1, 1], [MISSING] * 3, Fate.CONFIRMED),
        ([MISSING] * 3, [None] * 3, Fate.CONFIRMED),
        # The candidate alone is now this, now that.
        ([1, 1, 1], [2, 1, 1], Fate.UNSTABLE),
        ([1, 1, 1], [2, 3, 4], Fate.UNSTABLE),
        ([1, 1, 1], [MISSING, 1, MISSING], Fate.UNSTABLE),
        ([1, 1], [2, 3], Fate.UNSTABLE),
        # Legacy never says the same twice, and the sides never agree.
        ([1, 2, 3], [4, 5, 6], Fate.NOISE),
        ([1, 2, 3], [9, 9, 9], Fate.NOISE),
        (["a", "b", "c"], ["d", "e", "f"], Fate.NOISE),
        # A balance that moves once, or twice, and both sides see it.
        ([10, 20, 20], [20, 20, 20], Fate.RACED),
        ([10, 10, 20], [20, 20, 20], Fate.RACED),
        ([20, 10, 10], [10, 10, 10], Fate.RACED),
        ([10, 20, 30], [20, 20, 30], Fate.RACED),
        ([10, 20], [20, 20], Fate.RACED),
        # It moved once, and the candidate is wrong or not: nobody knows.
        ([10, 20, 20], [5, 5, 5], Fate.RACED),
        # A field that legacy leaves out now and then, or that takes one of a few values: it goes back to what it was.
        ([1, MISSING, 1], [MISSING, 1, 1], Fate.NOISE),
        ([None, "x", None], ["x", None, None], Fate.NOISE),
        # … but where the candidate never says what legacy says, that is not so clear.
        ([1, MISSING, 1], [MISSING, 1, MISSING], Fate.RACED),
        ([10, 20, 10], [30, 30, 30], Fate.RACED),
        ([10, 20, 10], [20, 20, 20], Fate.NOISE),
        ([10, 10, 20, 20, 10], [20] * 5, Fate.NOISE),
        ([10, 10, 20, 20, 20], [20] * 5, Fate.RACED),
        # … but never in the way in which the candidate is wrong.
        ([10, 20, 10], ["x"] * 3, Fate.CONFIRMED),
        ([10, 20, 10], ["x", 10, 10], Fate.RACED),
        # Another type in a field that changes with every answer.
        ([1, 2, 3], ["4", "5", "6"], Fate.CONFIRMED),
        ([1, 2, 3], [None, None, None], Fate.CONFIRMED),
        ([1, 2, 3], [MISSING] * 3, Fate.CONFIRMED),
        (["2024-01-01T00:00:01Z", "2024-01-01T00:00:02Z", "2024-01-01T00:00:03Z"], [1, 2, 3], Fate.CONFIRMED),
        # … but only where the candidate always gets it wrong.
        ([1, 2, 3], ["4", 5, 6], Fate.RACED),
    ],
)
def test_the_answers_of_all_rounds_decide(legacy, candidate, expected):
    assert fate(legacy, candidate) is expected


def test_what_is_confirmed_stands_as_it_is():
    result = asked([1, 1, 1], [2, 2, 2])
    assert result.differences == tuple(compare(field(1), field(2)))
    assert (result.noise, result.raced) == ((), False)


def test_an_unstable_candidate_is_a_difference_of_its_own_class_and_fingerprint():
    (original,) = compare(field(1), field(2))
    result = asked([1, 1, 1], [2, 1, 1])
    assert result.differences == (restamp(original, "candidate-unstable"),)
    assert result.differences[0].class_ == "candidate-unstable"
    assert result.differences[0].fingerprint != original.fingerprint
    assert result.fates == {original.fingerprint: Fate.UNSTABLE}
    assert not result.raced


def test_two_answers_of_legacy_are_not_enough_to_call_it_noise():
    """It may just as well be a value that has moved once."""
    assert fate([1, 2], [4, 5]) is Fate.RACED


def test_noise_stands_and_is_called_noise():
    result = asked([1, 2, 3], [4, 5, 6])
    assert result.noise == tuple(d.fingerprint for d in result.differences)
    assert len(result.noise) == 1
    assert not result.raced


def test_what_raced_leaves_nothing_behind_and_the_pair_proves_nothing():
    result = asked([10, 20, 20], [20, 20, 20])
    assert (result.differences, result.noise, result.raced) == ((), (), True)


def test_an_answer_that_two_rounds_have_in_common_counts_once():
    """A baseline request that the candidate has answered: legacy's answer stands beside both of the candidate's."""
    common, *others = (field(n) for n in (1, 2, 3))
    rounds = [(common, field(7)), (common, field(8)), (others[0], field(9))]
    differences = compare(*rounds[0])
    (fate,) = settle(differences, rounds, compare).fates.values()
    assert fate is Fate.RACED
    (fate,) = settle(differences, [*rounds, (others[1], field(10))], compare).fates.values()
    assert fate is Fate.NOISE
    with pytest.raises(ValueError, match="at least two answers of legacy"):
        settle(differences, rounds[:2], compare)


def test_fewer_than_two_rounds_can_not_confirm_anything():
    with pytest.raises(ValueError, match="at least two answers of legacy"):
        settle(compare(field(1), field(2)), [(field(1), field(2))], compare)


# -- several places ---------------------------------------------------------------------------------------------------


def settled_bodies(legacy: list[Any], candidate: list[Any]) -> Settled:
    return settled([(answer(a), answer(b)) for a, b in zip(legacy, candidate, strict=True)])


def test_a_pair_that_raced_in_one_field_still_proves_a_fault_in_another():
    result = settled_bodies(
        [{"balance": b, "name": "x"} for b in (10, 20, 20)], [{"balance": 20, "name": None} for _ in range(3)]
    )
    assert [d.path for d in result.differences] == ["$.name", "$.balance"]
    assert result.differences[1].class_ == "raced"
    assert not result.raced


def test_a_pair_with_noise_and_a_race_proves_nothing():
    result = settled_bodies(
        [{"balance": b, "at": n} for n, b in enumerate((10, 20, 20))],
        [{"balance": 20, "at": n} for n in (7, 8, 9)],
    )
    assert set(result.fates.values()) == {Fate.NOISE, Fate.RACED}
    assert result.raced


@pytest.mark.parametrize("faulty", [0, 1])
def test_noise_at_one_place_of_a_list_does_not_hide_the_same_fault_at_another(faulty):
    """The two have one fingerprint; whichever comes first, the fault counts."""

    def items(noisy: int, constant: int) -> dict[str, Any]:
        both = [{"x": noisy}, {"x": noisy}]
        both[faulty] = {"x": constant}
        return {"items": both}

    result = settled_bodies([items(n, 1) for n in (10, 11, 12)], [items(n, 2) for n in (20, 21, 22)])
    assert list(result.fates.values()) == [Fate.CONFIRMED]
    assert result.noise == ()


def test_noise_at_many_places_is_named_once():
    result = settled_bodies([[{"x": n}] * 3 for n in (1, 2, 3)], [[{"x": n}] * 3 for n in (4, 5, 6)])
    assert len(result.differences) == 3
    assert len(result.noise) == 1


def test_a_digit_drawn_by_lot_for_each_item_is_noise_though_some_item_stays_the_same():
    result = settled_bodies([[1, 1, 1], [1, 2, 2], [1, 3, 3]], [[4, 4, 4], [5, 5, 5], [6, 6, 6]])
    assert list(result.fates.values()) == [Fate.NOISE]


@pytest.mark.parametrize("legacy", [(3, 5, 7), (7, 5, 3), (5, 7, 3)])
def test_a_list_of_chance_length_is_noise_at_whatever_index_it_ends(legacy):
    result = settled_bodies([{"ids": [0] * n} for n in legacy], [{"ids": [0] * n} for n in (1, 2, 2)])
    assert list(result.fates.values()) == [Fate.NOISE]


def test_an_item_that_legacy_never_lacks_is_missed_though_its_list_has_a_chance_length():
    result = settled_bodies([{"ids": [0] * n} for n in (3, 5, 7)], [{"ids": []} for _ in range(3)])
    assert list(result.fates.values()) == [Fate.CONFIRMED]


def test_noise_at_one_place_of_a_list_hides_no_unstable_candidate_at_another():
    """Only after many answers: some place stays the same by chance."""

    def items(noisy: int, other: int) -> dict[str, Any]:
        return {"items": [{"x": noisy}, {"x": other}]}

    def after(answers: int) -> Settled:
        return settled_bodies(
            [items(n, 7) for n in range(100, 100 + answers)],
            [items(n, 7 + n % 2) for n in range(201, 201 + answers)],
        )

    few, many = after(3), after(12)
    assert (list(few.fates.values()), len(few.unclear)) == ([Fate.NOISE], 1)
    assert (list(many.fates.values()), len(many.unclear)) == ([Fate.UNSTABLE], 0)


def test_an_item_that_the_candidate_always_leaves_out_is_confirmed_though_other_items_move():
    result = settled_bodies(
        [{"items": [{"at": n}, {"at": n}]} for n in (1, 2, 3)], [{"items": [{"at": n}]} for n in (4, 5, 6)]
    )
    assert {d.kind: d.fingerprint in result.noise for d in result.differences} == {
        "value-changed": True,
        "missing": False,
    }


def test_a_field_inside_of_what_legacy_moves_is_not_confirmed():
    """Legacy's whole object came and went between the questions, so a field of it proves nothing."""
    result = settled_bodies([{"o": {"a": 1}}, {"o": None}, {"o": {"a": 1}}], [{"o": {"a": 2}}] * 3)
    assert list(result.fates.values()) == [Fate.RACED]


def test_a_field_whose_name_begins_alike_is_another_place():
    result = settled_bodies([{"a": 1, "ab": n} for n in (1, 2, 3)], [{"a": 2, "ab": n} for n in (1, 2, 3)])
    assert list(result.fates.values()) == [Fate.CONFIRMED]


# -- status, headers, notices -----------------------------------------------------------------------------------------


def test_a_candidate_that_fails_now_and_then_is_unstable_in_status_and_body():
    good, bad = answer({"a": 1}), answer({"error": "x"}, 500)
    result = settled([(good, bad), (good, good), (good, good)])
    assert {d.where for d in result.differences} == {"status", "body"}
    assert set(result.fates.values()) == {Fate.UNSTABLE}


def test_a_candidate_that_fails_only_when_it_is_asked_again_is_unstable_too():
    """Else noise, which every pair has, would make each such pair a race, for a failure does not show it."""
    bad = answer({"message": "Internal server error"}, 502)
    for candidate in ([answer({"n": 4}), bad, answer({"n": 5})], [answer({"n": 4}), bad, bad]):
        result = settled([(answer({"n": n}), other) for n, other in enumerate(candidate)])
        assert {d.where: d.class_ for d in result.differences} == {"body": "value", "status": "candidate-unstable"}
        assert sorted(result.fates.values()) == [Fate.NOISE, Fate.UNSTABLE]
        assert (len(result.noise), result.raced) == (1, False)


def test_a_failure_of_both_sides_when_asked_again_is_nobody_s():
    result = settled([(answer({"n": 1}), answer({"n": 2})), (answer({}, 503), answer({}, 503))])
    assert {d.where for d in result.found} == {"body"}


def test_a_legacy_that_fails_when_it_is_asked_again_makes_no_candidate_unstable():
    good, bad = answer({"n": 1}), answer({"error": "x"}, 500)
    result = settled([(good, answer({"n": 2})), (bad, answer({"n": 2})), (good, answer({"n": 2}))])
    assert {d.where for d in result.found} == {"body"}


def test_a_wrong_status_is_confirmed():
    result = settled([(answer({}), answer({}, 201))] * 3)
    assert [(d.where, result.fates[d.fingerprint]) for d in result.differences] == [("status", Fate.CONFIRMED)]


def test_a_legacy_that_fails_once_is_a_race():
    good, bad = answer({"a": 1}), answer({"error": "x"}, 500)
    result = settled([(bad, good), (good, good), (good, good)])
    assert set(result.fates.values()) == {Fate.RACED}
    assert result.raced


def test_a_header_has_a_fate_like_a_field():
    def with_header(value: str) -> Response:
        return Response(200, [("Content-Type", "application/json"), ("X-Total", value)], b"{}")

    confirmed = settled([(with_header("1"), with_header("2"))] * 3)
    assert list(confirmed.fates.values()) == [Fate.CONFIRMED]
    raced = settled([(with_header(a), with_header("2")) for a in "122"])
    assert list(raced.fates.values()) == [Fate.RACED]


def test_notices_stand_and_have_no_fate():
    result = settled([(field(1), Response(200, field(1).headers, b'{"id": 1, "field": 1.0}'))] * 2)
    assert {d.severity for d in result.differences} == {"notice"}
    assert (result.fates, result.raced) == ({}, False)


def test_a_notice_next_to_a_race_does_not_make_the_pair_prove_anything():
    rounds = [
        (answer({"n": 1, "balance": b}), Response(200, field(1).headers, b'{"n": 1.0, "balance": 20}'))
        for b in (10, 20, 20)
    ]
    assert settled(rounds).raced


# -- fates that are known already -------------------------------------------------------------------------------------


def two() -> list[Difference]:
    return compare(answer({"a": 1, "b": 1}), answer({"a": 2, "b": "x"}))


def test_without_fates_everything_is_confirmed():
    assert settle_as(two(), {}) == Settled(tuple(two()), tuple(two()), (), {}, raced=False)


@pytest.mark.parametrize(
    ("first", "second", "stands", "raced"),
    [
        (Fate.RACED, Fate.RACED, 0, True),
        (Fate.RACED, Fate.NOISE, 1, True),
        (Fate.RACED, Fate.CONFIRMED, 2, False),
        (Fate.RACED, Fate.UNSTABLE, 2, False),
        (Fate.NOISE, Fate.NOISE, 2, False),
        (Fate.NOISE, Fate.CONFIRMED, 2, False),
    ],
)
def test_a_pair_has_raced_where_something_raced_and_nothing_is_proven(first, second, stands, raced):
    one, other = two()
    result = settle_as([one, other], {one.fingerprint: first, other.fingerprint: second})
    assert (len(result.differences), result.raced) == (stands, raced)


# -- always -----------------------------------------------------------------------------------------------------------

values = st.sampled_from([1, 2, 3, "1", "x", None, MISSING, 1.5, True, [1], [], [1, 2, 3], {"k": 1}])
one_round = st.tuples(values, values)


@given(first=one_round, others=st.lists(one_round, min_size=1, max_size=4), data=st.data())
def test_the_order_of_the_later_rounds_decides_only_whether_legacy_moved_or_went_back(first, others, data):
    shuffled = data.draw(st.permutations(others))
    rounds, again = ([(field(a), field(b)) for a, b in [first, *more]] for more in (others, shuffled))
    one, other = (settled(each).fates for each in (rounds, again))
    undecided = {Fate.NOISE, Fate.RACED}
    assert one.keys() == other.keys()
    assert all(one[each] is other[each] or undecided >= {one[each], other[each]} for each in one)


@given(legacy=values, candidate=values, rounds=st.integers(2, 5))
def test_what_both_sides_always_say_is_confirmed(legacy, candidate, rounds):
    result = asked([legacy] * rounds, [candidate] * rounds)
    assert set(result.fates.values()) <= {Fate.CONFIRMED}
    assert list(result.differences) == compare(field(legacy), field(candidate))


@given(legacy=values, candidate=st.lists(values, min_size=2, max_size=5))
def test_a_candidate_is_never_excused_while_legacy_stands_still(legacy, candidate):
    result = asked([legacy] * len(candidate), candidate)
    assert set(result.fates.values()) <= {Fate.CONFIRMED, Fate.UNSTABLE}
    assert result.noise == ()


@given(before=st.integers(), after=st.integers(), rounds=st.integers(2, 5), data=st.data())
def test_a_value_that_moves_once_and_is_then_the_same_on_both_sides_is_raced_and_never_noise(
    before, after, rounds, data
):
    assume(before != after)
    moved = data.draw(st.integers(1, rounds - 1))
    legacy = [before] * moved + [after] * (rounds - moved)
    assert fate(legacy, [after] * rounds) is Fate.RACED


@given(rounds=st.lists(one_round, min_size=2, max_size=5))
def test_noise_is_only_what_legacy_shows_with_itself_every_time_or_again_and_again(rounds):
    result = asked([a for a, _ in rounds], [b for _, b in rounds])
    noise = [fingerprint for fingerprint, fate in result.fates.items() if fate is Fate.NOISE]
    assert len(noise) == len(result.noise)
    assert not noise or len(rounds) >= ANSWERS_FOR_NOISE
    legacy = [field(a) for a, _ in rounds]
    between = [{d.fingerprint for d in compare(a, b) + compare(b, a)} for a, b in combinations(legacy, 2)]
    went_back = any(
        not compare(legacy[i], legacy[k]) and compare(legacy[i], legacy[j])
        for i, j, k in combinations(range(len(legacy)), 3)
    )
    for found in noise:
        assert all(found in shown for shown in between) or (went_back and any(found in shown for shown in between))


def test_noise_is_a_group_apart_from_the_same_difference_where_it_is_confirmed():
    (plain,) = compare(field(10), field(20))
    (noise,) = asked([10, 30, 40], [20, 50, 60]).differences
    assert noise == as_noise(plain)
    assert noise.fingerprint != plain.fingerprint
    assert msgspec.structs.replace(noise, fingerprint=plain.fingerprint) == plain


@given(rounds=st.lists(one_round, min_size=2, max_size=4))
def test_every_difference_stands_or_raced(rounds):
    first = compare(field(rounds[0][0]), field(rounds[0][1]))
    result = asked([a for a, _ in rounds], [b for _, b in rounds])
    opens = [d for d in first if d.severity == "difference"]
    assert set(result.fates) == {d.fingerprint for d in opens}
    raced = [d for d in opens if result.fates[d.fingerprint] is Fate.RACED]
    assert len(result.differences) == len(first) - (len(raced) if result.raced else 0)
