"""The order of children is a difference only where missing and added children don't explain it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.compare.bodies.order import Orders, explained
from shadow.compare.description import described
from shadow.compare.documents.values import ABSENT, Leaf

orders = st.lists(st.sampled_from("abc"), min_size=2, max_size=7)


def leaf(legacy: object, candidate: object) -> Leaf:
    return Leaf(("r", "#order"), legacy, candidate)


@pytest.mark.parametrize(
    ("legacy", "candidate", "expected"),
    [
        ("a b", "a b c", True),
        ("a b c", "a c", True),
        ("a b a", "b a", True),
        ("a b", "b a", False),
        ("a b c", "c a", False),
        ("a b", "a c", True),
        ("a b c d", "d b x a", False),
        (ABSENT, "a b", True),
        ("a b", ABSENT, True),
    ],
)
def test_examples(legacy: object, candidate: object, expected: bool) -> None:
    assert explained(leaf(legacy, candidate)) is expected


@given(orders, st.sets(st.sampled_from("xyz"), min_size=1), st.data())
def test_children_of_new_names_explain_themselves(order: list[str], new: set[str], data: st.DataObject) -> None:
    longer = list(order)
    for name in sorted(new):
        longer.insert(data.draw(st.integers(0, len(longer))), name)
    assert explained(leaf(" ".join(order), " ".join(longer)))
    assert explained(leaf(" ".join(longer), " ".join(order)))


@given(orders, st.permutations(range(7)))
def test_the_same_children_in_another_order_are_never_explained(order: list[str], turn: list[int]) -> None:
    turned = [order[i] for i in turn if i < len(order)]
    assert explained(leaf(" ".join(order), " ".join(turned))) is (order == turned)


def test_only_orders_within_markup_are_looked_at() -> None:
    orders = Orders([("r",)])
    assert orders.explained(leaf("a b", "a"))
    assert not orders.explained(leaf("a b", "b a"))
    assert not orders.explained(Leaf(("x", "#order"), "a b", "a"))
    assert not orders.explained(Leaf(("r", "x"), "a b", "a"))


def test_orders_that_are_not_explained_are_told_as_orders() -> None:
    orders = Orders([()])
    orders.explained(leaf("a #text", "#text a"))
    plain = described("body", "$.r['#order']", "value-changed", "value", "a #text", "#text a")
    found = orders.told(plain)
    assert (found.kind, found.class_) == ("reordered", "list-order")
    assert found.summary == "children in another order: a (text) became (text) a"
    assert Orders([()]).told(plain) == plain
