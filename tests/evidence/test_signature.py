"""Signatures are sets: bounded, and with an id that depends on their members only."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shadow.evidence.signature import LIMIT, OVERFLOW, OVERFLOWED, capped, signature_id

fingerprints = st.lists(st.integers(0, 300).map("{:012x}".format), max_size=150)


@given(fingerprints, st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_matters(found, random):
    other = found + found[:3]
    random.shuffle(other)
    assert capped(found) == capped(other)
    assert signature_id(found) == signature_id(other)


@given(fingerprints)
def test_at_most_the_limit_is_kept_and_the_rest_is_one(found):
    kept = capped(found)
    distinct = sorted(set(found))
    assert set(kept) - {OVERFLOW} == set(distinct[:LIMIT])
    assert (OVERFLOW in kept) == (len(distinct) > LIMIT)


@given(fingerprints, fingerprints)
def test_different_signatures_have_different_ids(one, other):
    assert (signature_id(one) == signature_id(other)) == (set(one) == set(other))


def test_a_match_has_the_empty_id():
    assert signature_id(capped([])) == ""


def test_what_stands_for_the_rest_keeps_a_route_from_being_ready():
    assert (OVERFLOWED.fingerprint, OVERFLOWED.severity) == (OVERFLOW, "difference")
