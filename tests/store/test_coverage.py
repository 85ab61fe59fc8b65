"""What kinds of requests were compared adds up in any order, is bounded, ages, and keeps no words of people."""

from __future__ import annotations

import random
from collections import Counter
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st
from sqlalchemy import create_engine, select

from shadow.evidence.coverage import NO_ENUMERATION, CoverageEvidence, Feature
from shadow.store import open_store, schema
from shadow.store.coverage import MOST, MOST_WORDS, CoverageRows, keep_coverage, read_coverage
from shadow.store.window import Window

DAY = 86_400.0
STATE = ("response-value", "$.state")


def digest(number: int) -> bytes:
    return blake2b(number.to_bytes(8, "big"), digest_size=16).digest()


def features(shape: str = "s", *more: Feature) -> tuple[Feature, ...]:
    return (Feature("status", "", "200"), *more, Feature("shape", "", shape))


def counts(coverage: CoverageEvidence) -> dict[tuple[str, str, str], int]:
    return {tuple(one.feature): one.count for one in coverage.seen}  # type: ignore[misc]


def test_what_was_seen_is_read_back_with_how_often(settings, observe, now):
    page, state = Feature("query", "page", "integer"), Feature(*STATE, "open")
    with open_store(settings, create=True) as store:
        store.record([observe(settings, 1, features=features("a", page)), observe(settings, 2, features=features("b"))])
        store.record([observe(settings, 3, features=features("a", state)), observe(settings, 3)])
        (evidence,) = store.evidence(settings, now)
    coverage = evidence.coverage
    assert counts(coverage) == {
        ("status", "", "200"): 3,
        ("query", "page", "integer"): 1,
        ("response-value", "$.state", "open"): 1,
    }
    assert [one.once for one in coverage.seen] == [True, True, False]
    assert (coverage.requests, coverage.shapes, coverage.once) == (3, 2, 1)
    assert coverage.overflowed == frozenset()


def test_a_request_that_is_looked_at_again_is_still_one(settings, observe, now):
    with open_store(settings, create=True) as store:
        for _ in range(3):
            store.record([observe(settings, 1, features=features("a"))])
        (evidence,) = store.evidence(settings, now)
    assert (evidence.coverage.requests, evidence.coverage.shapes, evidence.coverage.once) == (1, 1, 1)


def test_requests_that_nobody_has_looked_at_count_for_nothing(settings, observe, now):
    """After `shadow forget` a worker still takes some for known."""
    with open_store(settings, create=True) as store:
        store.record([observe(settings, n) for n in range(100)])
        store.record([observe(settings, 200, features=features("a"))])
        (evidence,) = store.evidence(settings, now)
    assert evidence.coverage.requests == 1
    assert evidence.coverage.unseen is None


def test_what_is_too_old_is_left_out(settings_for, tmp_path, observe, now):
    settings = settings_for(tmp_path / "shadow.db", verdict={"max_age": "3d"})
    with open_store(settings, create=True) as store:
        store.record([observe(settings, n, at=now - 10 * DAY, features=features("old")) for n in range(5)])
        store.record([observe(settings, 9, features=features("new"))])
        (evidence,) = store.evidence(settings, now)
    assert (evidence.coverage.requests, evidence.coverage.shapes) == (1, 1)


def test_another_version_starts_afresh_and_forgetting_leaves_nothing(settings, observe, now):
    with open_store(settings, create=True) as store:
        store.record([observe(settings, 1, features=features("a"), versions=("", "2"))])
        store.record([observe(settings, 2, features=features("b")), observe(settings, 3, route="GET /x")])
        evidences = {evidence.epoch.route: evidence for evidence in store.evidence(settings, now)}
        assert evidences["GET /orders"].coverage.shapes == 1
        store.forget("GET /orders")
        with store._database.reading() as connection:
            assert connection.execute(select(schema.coverage)).all() == []


# -- bounds ------------------------------------------------------------------------------------------------------------


def memory():
    engine = create_engine("sqlite://")
    schema.metadata.create_all(engine)
    return engine


def add(connection, seen: list[tuple[int, list[Feature]]], most: int = MOST, epoch: str = "e") -> None:
    rows = CoverageRows()
    for request, found in seen:
        rows.add(epoch, found, digest(request), day=request % 5)
    keep_coverage(connection, rows, most)


def table(connection) -> list[tuple[Any, ...]]:
    c = schema.coverage.c
    return sorted(tuple(row) for row in connection.execute(select(*c)))


kinds = st.sampled_from(["query", "shape", "status"])
plain = st.builds(Feature, kinds, st.sampled_from(["", "a"]), st.sampled_from("abcdefghij"))
words = st.builds(
    Feature,
    st.just("response-value"),
    st.sampled_from(["$.a", "$.b", "$.c", "$.d"]),
    st.sampled_from([NO_ENUMERATION, *(f"w{n}" for n in range(MOST_WORDS + 5))]),
)
observed = st.lists(st.tuples(st.integers(0, 30), st.lists(plain | words, max_size=6)), min_size=1, max_size=20)


@profile(max_examples=25, deadline=None)
@given(seen=observed, cuts=st.lists(st.integers(0, 20), max_size=3), most=st.integers(1, 6), order=st.randoms())
def test_what_is_kept_depends_on_what_was_seen_only(
    seen: list[tuple[int, list[Feature]]], cuts: list[int], most: int, order: random.Random
) -> None:
    engines = memory(), memory(), memory()
    mixed = order.sample(seen, len(seen))
    with engines[0].connect() as whole, engines[1].connect() as parts, engines[2].connect() as singly:
        add(whole, seen, most)
        bounds = [0, *sorted(cuts), len(seen)]
        for start, end in pairwise(bounds):
            add(parts, mixed[start:end], most)
        for one in reversed(mixed):
            add(singly, [one], most)
        # Rows that say something for good are the same, too, but for how often that was said.
        assert without_refusals(table(whole)) == without_refusals(table(parts)) == without_refusals(table(singly))
    for engine in engines:
        engine.dispose()


def without_refusals(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [row if row[4] != NO_ENUMERATION else row[:5] for row in rows if row[1] != "overflow"] + [
        row[:4] for row in rows if row[1] == "overflow"
    ]


def test_of_each_kind_so_many_are_kept_and_it_is_told_that_there_were_more():
    engine = memory()
    with engine.connect() as connection:
        add(connection, [(n, [Feature("query", f"k{n}", "word"), Feature("status", "", "200")]) for n in range(50)], 20)
        found = read_coverage(connection, Window("e", 0), 50)
    assert Counter(one.feature.kind for one in found.seen) == {"query": 20, "status": 1}
    assert found.overflowed == {"query"}
    engine.dispose()


def test_how_many_shapes_there_were_is_estimated_where_not_all_are_kept():
    """300 kept of 6,000: the standard error is 1/√300, about 6%."""
    engine = memory()
    with engine.connect() as connection:
        for start in range(0, 6_000, 500):
            # Every third request has a shape of its own; the others' come in twos.
            numbers = range(start, start + 500)
            add(connection, [(n, list(features(f"{n if n % 3 == 0 else n // 3 * 3 + 1}"))) for n in numbers])
        found = read_coverage(connection, Window("e", 0), 6_000)
    engine.dispose()
    assert "shape" in found.overflowed
    assert found.requests == 6_000
    assert found.shapes == pytest.approx(4_000, rel=0.2)
    assert found.once == pytest.approx(2_000, rel=0.25)
    assert found.unseen == pytest.approx(1 / 3, rel=0.25)


def test_the_number_of_requests_is_right_where_only_a_sample_of_them_is_kept(settings, observe, now):
    with open_store(settings, create=True) as store:
        store.record([observe(settings, digest(n), features=features(f"{n % 7}")) for n in range(40)])
        with store._database.writing() as connection:
            connection.execute(schema.epochs.update().values(sample_bits=3))
        (evidence,) = store.evidence(settings, now)
    assert evidence.coverage.requests == 40, "no more than were looked at"


# -- words -------------------------------------------------------------------------------------------------------------


def stored_words(settings) -> set[str]:
    with open_store(settings) as store, store._database.reading() as connection:
        c = schema.coverage.c
        return set(connection.scalars(select(c.value).where(c.kind == "response-value")))


def test_words_of_a_field_are_told(settings, observe, now):
    words = [Feature(*STATE, word) for word in ("open", "closed")]
    with open_store(settings, create=True) as store:
        store.record([observe(settings, n, features=features("a", words[n % 2])) for n in range(6)])
        (evidence,) = store.evidence(settings, now)
    assert {key[2]: number for key, number in counts(evidence.coverage).items() if key[0] == STATE[0]} == {
        "open": 3,
        "closed": 3,
    }


@pytest.mark.parametrize("first", [True, False])
def test_no_word_stays_of_a_field_that_one_worker_knows_to_hold_others(settings, observe, now, first):
    word, none = (
        observe(settings, n, features=features("a", Feature(*STATE, value)))
        for n, value in enumerate(["ada", NO_ENUMERATION])
    )
    with open_store(settings, create=True) as store:
        for observation in [none, word] if first else [word, none]:
            store.record([observation])
        (evidence,) = store.evidence(settings, now)
    assert stored_words(settings) == {NO_ENUMERATION}
    assert STATE not in {key[:2] for key in counts(evidence.coverage)}


def test_no_word_stays_of_a_field_that_has_too_many(settings, observe, now):
    """Each worker has seen few of them."""
    with open_store(settings, create=True) as store:
        for n in range(MOST_WORDS + 1):
            store.record([observe(settings, n, features=features("a", Feature(*STATE, f"person{n}")))])
            assert len(stored_words(settings)) == (n + 1 if n < MOST_WORDS else 1)
        store.record([observe(settings, 99, features=features("a", Feature(*STATE, "person1")))])
        (evidence,) = store.evidence(settings, now)
    assert stored_words(settings) == {NO_ENUMERATION}
    assert STATE not in {key[:2] for key in counts(evidence.coverage)}


def test_kept_pairs_hold_no_features(settings, observe):
    observation = observe(settings, 1, "aaaaaaaaaaaa", example=True, features=features("a", Feature(*STATE, "open")))
    with open_store(settings, create=True) as store:
        store.record([observation])
        with store._database.reading() as connection:
            from shadow.store.packing import unpack

            packed = connection.scalar(select(schema.pairs.c.observation))
    assert packed is not None
    assert unpack(packed).features == ()


def test_one_writer_or_two_leave_the_same_evidence(tmp_path: Path, settings_for, observe, now):
    found = []
    for writers in (1, 2):
        settings = settings_for(tmp_path / f"{writers}.db")
        observations = [
            observe(settings, n % 20, features=features(f"{n % 20 % 11}", Feature("query", "page", f"{n % 3}")))
            for n in range(30)
        ]
        stores = [open_store(settings, create=True) for _ in range(writers)]
        for number, observation in enumerate(observations):
            stores[number % writers].record([observation])
        found.append(stores[0].evidence(settings, now)[0].coverage)
        for store in stores:
            store.close()
    assert found[0] == found[1]
