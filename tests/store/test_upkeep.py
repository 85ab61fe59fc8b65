"""Forgetting and pruning delete what they should, and nothing else."""

from __future__ import annotations

from sqlalchemy import func, select

from shadow.evidence.coverage import Feature
from shadow.store import open_store, schema

DAY = 86_400.0


def rows_of_evidence(store) -> int:
    with store._database.reading() as connection:
        tables = (*schema.EVIDENCE, schema.epochs)
        return sum(connection.scalar(select(func.count()).select_from(table)) for table in tables)


def full(settings, observe, **changed):
    """An observation that leaves a row in every table of evidence."""
    seen = (Feature("shape", "", "s"),)
    return observe(settings, 1, "aaaaaaaaaaaa", noise=("aaaaaaaaaaaa",), example=True, features=seen, **changed)


def test_forgetting_a_route_leaves_the_others(settings, observe, now):
    with open_store(settings, create=True) as store:
        store.record([full(settings, observe, route="GET /a"), full(settings, observe, route="GET /b")])
        assert store.forget("GET /a") == 1
        assert store.routes() == ["GET /b"]
        (evidence,) = store.evidence(settings, now)
        assert len(evidence.fingerprints[0].examples) == 1


def test_forgetting_everything_leaves_no_row_of_evidence(settings, observe, now):
    with open_store(settings, create=True) as store:
        store.record([full(settings, observe, route=f"GET /{n}") for n in range(3)], run="r", numbers=[1])
        store.record([full(settings, observe, route="GET /0", versions=("", "2"))])
        store.pause()
        assert store.forget(None) == 4
        assert rows_of_evidence(store) == 0
        assert store.evidence(settings, now) == []
        assert store.paused(), "the kill switch is no evidence"
        assert store.committed("r", [1]) == {1}, "what the proxy still waits for is no evidence"


def test_forgetting_what_is_not_there_forgets_nothing(settings, observe):
    with open_store(settings, create=True) as store:
        store.record([full(settings, observe)])
        before = rows_of_evidence(store)
        assert store.forget("GET /nowhere") == 0
        assert rows_of_evidence(store) == before


def test_pruning_deletes_old_examples_and_recordings_but_no_evidence(settings_for, tmp_path, observe, now):
    settings = settings_for(tmp_path / "shadow.db", store={"keep": "5d", "record": "all"}, verdict={"max_age": "30d"})
    with open_store(settings, create=True) as store:
        store.record([full(settings, observe, at=now - 6 * DAY), full(settings, observe, at=now - 4 * DAY)])
        store.prune(now)
        (evidence,) = store.evidence(settings, now)
        assert store.status(now).pairs == len(list(store.recordings())) == 1
    assert evidence.counters["compared"] == 2
    assert [len(found.examples) for found in evidence.fingerprints] == [1]


def test_pruning_deletes_the_traces_of_runs_that_ended_long_ago(settings, now):
    with open_store(settings, create=True) as store:
        store.record([], run="old", numbers=[1], now=now - 30 * DAY)
        store.record([], run="new", numbers=[1], now=now)
        store.prune(now)
        assert store.committed("old", [1]) == set()
        assert store.committed("new", [1]) == {1}


def test_whoever_remembers_evidence_can_see_that_it_was_forgotten(settings, observe):
    with open_store(settings, create=True) as store:
        store.record([observe(settings, 1)])
        assert store.forgotten() == ""
        store.forget("GET /orders")
        first = store.forgotten()
        store.forget()
        assert len({"", first, store.forgotten()}) == 3
