"""What past epochs have shown is read in few statements, reduced to what a history needs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.dialects import postgresql

from shadow.config import Settings
from shadow.evidence.past import MOST, PastEvidence
from shadow.evidence.route_evidence import DistinctGroup
from shadow.store import Store, open_store
from shadow.store.history import read_history

DAY = 86_400.0
PRICE, DATE = "aaaaaaaaaaaa", "bbbbbbbbbbbb"


@pytest.fixture
def at_version(settings_for: Callable[..., Settings], tmp_path: Any) -> Callable[..., Settings]:
    def build(version: str, **sections: Any) -> Settings:
        return settings_for(tmp_path / "shadow.db", candidate={"version": version}, **sections)

    return build


def versions(found: tuple[PastEvidence, ...]) -> list[str]:
    return [one.evidence.epoch.candidate_version for one in found]


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """All that is asked of the database meanwhile."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(store._database._engine, "before_cursor_execute", note)
    yield asked
    event.remove(store._database._engine, "before_cursor_execute", note)


def test_past_versions_come_with_groups_and_fingerprints_but_without_examples(at_version, observe, now):
    old, new = at_version("1"), at_version("2")
    with open_store(old, create=True) as store:
        store.record([observe(old, 1), observe(old, 2, PRICE, example=True), observe(old, 2, DATE, at=now + 1)])
        store.record([observe(old, 3, DATE, noise=(DATE,)), observe(old, outcome="failed", candidate_error="timeout")])
        store.record([observe(new, 1, at=now + 9)])
        ((route, (past,)),) = store.history(new).items()
        (current,) = store.evidence(new, now + 9)
        (before,) = store.evidence(old, now + 9)
    assert route == "GET /orders"
    assert current.epoch.candidate_version == "2"
    assert past.evidence.epoch == before.epoch
    assert past.evidence.distinct == before.distinct
    assert set(past.evidence.distinct) == {
        DistinctGroup(frozenset(), 1),
        DistinctGroup(frozenset({PRICE, DATE}), 1),
        DistinctGroup(frozenset({DATE}), 1),
    }
    assert [(f.fingerprint, f.count, f.noise) for f in past.evidence.fingerprints] == [
        (f.fingerprint, f.count, f.noise) for f in before.fingerprints
    ]
    assert [f.noise for f in past.evidence.fingerprints if f.fingerprint == DATE] == [1]
    assert [f.examples for f in past.evidence.fingerprints] == [(), ()]
    assert past.evidence.counters == {"error:timeout": 1}
    assert (past.evidence.first_seen, past.evidence.last_seen, past.sampled) == (now, now + 1, False)


def test_it_says_the_same_in_whatever_order_it_was_written(at_version, settings_for, observe, tmp_path, now):
    new = at_version("3")
    parts = [
        [observe(at_version("1"), number, PRICE, at=now + number) for number in range(3)],
        [observe(at_version("2"), number, DATE, at=now + 10 + number) for number in range(3)],
        [observe(at_version("1"), number, at=now + 5 + number) for number in range(2, 4)],
        [observe(new, 1, at=now + 20)],
    ]
    found = []
    for number, order in enumerate(permutations(parts)):
        elsewhere = settings_for(tmp_path / f"{number}.db")
        with open_store(elsewhere, create=True) as store:
            for part in order:
                store.record(part)
            found.append(store.history(new))
    assert versions(found[0]["GET /orders"]) == ["2", "1"]
    assert all(one == found[0] for one in found)


def test_age_does_not_matter_and_forgetting_does(at_version, observe, now):
    old, new = at_version("1"), at_version("2")
    with open_store(old, create=True) as store:
        for route in ("GET /a", "GET /b"):
            store.record([observe(old, 1, PRICE, route=route, at=now - 900 * DAY)])
        assert set(store.history(new)) == {"GET /a", "GET /b"}
        store.forget("GET /a")
        assert set(store.history(new)) == {"GET /b"}
        store.forget()
        assert store.history(new) == {}


def test_what_was_never_compared_is_no_history(at_version, observe, now):
    old, new = at_version("1"), at_version("2")
    with open_store(old, create=True) as store:
        store.record([observe(old, outcome="raced"), observe(old, outcome="shed", weight=30)])
        assert store.history(new) == {}


def test_a_new_rule_makes_a_past_of_its_route_and_of_no_other(at_version, observe, now):
    before = at_version("1")
    after = at_version("1", compare={"rule": [{"routes": ["GET /a"], "path": "$.items", "unordered": True}]})
    with open_store(before, create=True) as store:
        store.record([observe(before, 1, PRICE, route=route) for route in ("GET /a", "GET /b")])
        ((route, (past,)),) = store.history(after).items()
    assert (route, past.epoch.alike, versions((past,))) == ("GET /a", False, ["1"])


def test_versions_that_answer_in_turn_are_each_other_s_past_but_one_comes_before(settings_for, tmp_path, observe, now):
    """A rolling deployment, of which `version_header` tells."""
    own = settings_for(tmp_path / "shadow.db", candidate={"version_header": "x-version"})
    with open_store(own, create=True) as store:
        store.record([observe(own, 1, versions=("", "1"), at=now), observe(own, 1, versions=("", "2"), at=now + 1)])
        (later,) = store.history(own)["GET /orders"]
        store.record([observe(own, 2, versions=("", "1"), at=now + 2)])
        (earlier,) = store.history(own)["GET /orders"]
        store.record([observe(own, outcome="shed", versions=("", ""), at=now + 3)])
        (same,) = store.history(own)["GET /orders"]
    assert (versions((later,)), later.epoch.before) == (["1"], True)
    assert (versions((earlier,)), earlier.epoch.before) == (["2"], False)
    assert same == earlier


def test_only_the_latest_versions_of_each_route_are_read(at_version, observe, now):
    with open_store(at_version("0"), create=True) as store:
        for number in range(MOST + 4):
            old = at_version(str(number))
            store.record([observe(old, 1, route=route, at=now + number) for route in ("GET /a", "GET /b")])
        found = store.history(at_version("new"))
    assert [versions(found[route]) for route in ("GET /a", "GET /b")] == [["8", "7", "6", "5", "4"]] * 2


def test_the_number_of_statements_does_not_grow_with_routes_and_versions(at_version, observe, now):
    counts = []
    with open_store(at_version("0"), create=True) as store:
        for routes in (1, 40):
            for number in range(5):
                old = at_version(str(number))
                store.record([observe(old, 1, PRICE, route=f"GET /{route}", at=now) for route in range(routes)])
            with statements(store) as asked:
                found = store.history(at_version("new"))
            assert sum(map(len, found.values())) == 5 * routes
            counts.append(len(asked))
    assert counts[0] == counts[1] < 15


def test_of_a_huge_epoch_a_fair_sample_is_read_and_no_difference_is_lost(at_version, observe, now):
    old, small, new = at_version("1"), at_version("2"), at_version("3")
    digests = [blake2b(bytes([n >> 8, n & 255]), digest_size=16).digest() for n in range(2_000)]
    rare = max(digests)  # The last that a sample would hold.
    shown = {digest: (PRICE,) for digest in digests[:1_000] if digest != rare} | {rare: (DATE,)}
    with open_store(old, create=True) as store:
        store.record([observe(old, digest, *shown.get(digest, ())) for digest in digests])
        store.record([observe(small, digest, at=now + 1) for digest in digests[:100]])
        with store._database.reading() as connection:
            found, whole = (read_history(connection, new, requests=n, fewest=n)["GET /orders"] for n in (300, 9_999))
    few, huge = found
    assert (versions(found), few.sampled, huge.sampled) == (["2", "1"], False, True)
    assert few == whole[0]
    groups = {tuple(group.fingerprints): group.requests for group in huge.evidence.distinct}
    assert groups[DATE,] == 1
    assert 150 < groups[()] + groups[PRICE,] <= 300
    assert groups[()] / groups[PRICE,] == pytest.approx(1, abs=0.35)
    assert huge.evidence.fingerprints == whole[1].evidence.fingerprints
    assert not whole[1].sampled


def test_requests_that_were_seen_often_are_not_taken_for_many(at_version, observe, now):
    old = at_version("1")
    digests = [random.Random(n).randbytes(16) for n in range(20)]
    with open_store(old, create=True) as store:
        for round_ in range(30):
            store.record([observe(old, digest, at=now + round_) for digest in digests])
        with store._database.reading() as connection:
            (past,) = read_history(connection, at_version("2"), requests=50, fewest=50)["GET /orders"]
    assert past.evidence.distinct == (DistinctGroup(frozenset(), 20),)
    assert not past.sampled


def test_its_statements_are_sql_for_postgresql_too(at_version, observe, now):
    old = at_version("1")
    compiled: list[str] = []
    with open_store(old, create=True) as store:
        store.record([observe(old, 1, PRICE)])
        with store._database.reading() as connection:

            def note(_connection: Any, element: Any, *_: Any) -> None:
                compiled.append(str(element.compile(dialect=postgresql.dialect())))

            event.listen(connection, "before_execute", note)
            read_history(connection, at_version("2"), requests=0, fewest=1)
    assert len(compiled) > 5
    assert all(statement.startswith("SELECT") for statement in compiled)
