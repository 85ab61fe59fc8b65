"""Pairs of a store in one process and in several: all of them, and no trouble with one ends the work."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from msgspec.structs import replace

from shadow.config.load import load_settings
from shadow.replay.recompare import recompare, sources
from shadow.replay.recompare_changes import befores, changes
from shadow.report.build import document
from shadow.store import open_store, recorded
from tests.replay.test_recompared import observed, orders

TOML = '[legacy]\nurl = "https://l.test/kong"\n[candidate]\nurl = "https://c.test"\n[store]\nrecord = "all"\n'
RULE = '[[compare.rule]]\npath = "$.items"\nunordered = true\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store with 30 recorded pairs of a route whose rule has changed since."""
    file = tmp_path / "shadow.toml"
    file.write_text(TOML)
    settings = load_settings(file)
    at = time.time()
    with open_store(settings, create=True) as store:
        one = observed(orders(1, 2, 3), orders(3, 2, 1), under=settings)
        store.record(
            [
                replace(one, distinct=n.to_bytes(16, "big"), at=at - n, differences=one.example.differences)
                for n in range(30)
            ]
        )
    file.write_text(TOML + RULE)
    return tmp_path


@pytest.mark.parametrize("processes", [1, 2])
def test_all_pairs_are_compared_in_however_many_processes(folder, processes, monkeypatch):
    monkeypatch.setattr(recorded, "_MOST", 4)
    settings, told = load_settings(folder / "shadow.toml"), []
    with open_store(settings) as store:
        wanted = sources(settings, store)
        before = befores(store.history(settings), wanted, settings, time.time())
        outcomes = recompare(settings, store, wanted, processes=processes, alone=0, told=told.append)
        (change,) = changes(outcomes, before, document(settings, store, time.time()).verdicts)
        assert sources(settings, store) == []
    assert (sum(told), change.pairs, change.failed) == (30, 30, 0)
    assert (change.before.differing, change.now.differing, change.now.distinct) == (30, 0, 30)
    assert [group.class_ for group in change.gone] == ["list-order"]
    assert change.new == change.unconfirmed == ()


def test_a_pair_that_can_not_be_read_is_told_and_not_counted(folder):
    import sqlite3

    with sqlite3.connect(folder / "shadow.db") as connection:
        connection.execute("UPDATE shadow_pairs SET observation = x'00' WHERE id = (SELECT min(id) FROM shadow_pairs)")
    settings = load_settings(folder / "shadow.toml")
    with open_store(settings) as store:
        outcomes = recompare(settings, store, sources(settings, store))
        assert [(one.counted, one.failed) for one in outcomes.values()] == [(29, 1)]
        assert [found.pairs for found in sources(settings, store)] == [1]


def test_other_routes_are_left_alone(folder):
    settings = load_settings(folder / "shadow.toml")
    with open_store(settings) as store:
        assert sources(settings, store, {"GET /b"}) == []
        assert [found.pairs for found in sources(settings, store, {"GET /a"})] == [30]


def test_the_command_says_it_for_programs_too(folder, capsys, monkeypatch):
    from shadow.cli import main

    monkeypatch.chdir(folder)
    with pytest.raises(SystemExit) as ended:
        main(["recompare", "--format", "json", "GET /*"])
    assert ended.value.code == 0
    (route,) = json.loads(capsys.readouterr().out)["routes"]
    assert route["before"]["verdict"] == "not-ready"
    assert route["now"] == {"verdict": "inconclusive", "distinct": 30, "differing": 0}
    with pytest.raises(SystemExit) as ended:
        main(["recompare", "GET /b"])
    assert ended.value.code == 2
