"""When things were compared: counted finely, added up later, in bounded room, and the same whoever did what when."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack, closing
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from shadow.evidence.activity import Activity
from shadow.store import open_store, schema
from shadow.store.activity import MOST, coarsen, read_activity
from shadow.store.window import Epochs
from tests.store.conftest import make_observation, make_settings

MINUTE, HOUR, DAY = 60, 3600, 86_400
NOW = 1_800_000_000.0  # 08:00 UTC
A, B = "aaaaaaaaaaaa", "bbbbbbbbbbbb"


def activity(chosen, now=NOW, route="GET /orders"):
    with open_store(chosen) as store:
        return [
            one
            for evidence in store.evidence(chosen, now)
            if evidence.epoch.route == route
            for one in evidence.activity
        ]


def rows(chosen):
    with open_store(chosen) as store, store._database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(schema.activity))


def test_requests_are_counted_by_five_minutes_and_by_what_they_showed(settings, observe, now):
    with open_store(settings, create=True) as store:
        store.record(
            [observe(settings, 1, at=now), observe(settings, 2, at=now + 299), observe(settings, 3, at=now + 300)]
        )
        store.record([observe(settings, 1, A, B, at=now + 299), observe(settings, outcome="raced", at=now)])
    start = int(now)
    assert activity(settings, now + 300) == [
        Activity(start, 300, (), 2),
        Activity(start, 300, (A, B), 1),
        Activity(start + 300, 300, (), 1),
    ]


def test_upkeep_adds_up_what_is_old_to_hours_and_then_to_days(settings, observe, now):
    ages = [0, 6 * HOUR, 6 * HOUR + 300, 6 * HOUR + 600, 3 * DAY - HOUR, 3 * DAY + HOUR, 3 * DAY + 5 * HOUR]
    with open_store(settings, create=True) as store:
        store.record([observe(settings, 1, at=now - age) for age in ages])
        store.prune(now)
        store.prune(now)
    midnight = int(now) - 8 * HOUR
    assert activity(settings) == [
        Activity(midnight - 3 * DAY, DAY, (), 2),
        Activity(int(now) - 3 * DAY + HOUR, HOUR, (), 1),
        Activity(midnight + HOUR, HOUR, (), 2),
        Activity(int(now) - 6 * HOUR, 300, (), 1),
        Activity(int(now), 300, (), 1),
    ]


def test_upkeep_takes_so_many_routes_at_once_and_leaves_the_rest_to_the_next_transaction(settings, observe, now):
    routes = [f"GET /{letter}" for letter in "abc"]
    with open_store(settings, create=True) as store:
        ages = 7 * HOUR, 4 * DAY
        store.record([observe(settings, 1, route=route, at=now - age) for route in routes for age in ages])
        for left in (2, 1, 0):
            with store._database.writing() as connection:
                assert coarsen(connection, now, at_once=1)
            widths = {route: [one.width for one in activity(settings, route=route)] for route in routes}
            assert sorted(widths.values()) == [[300, 300]] * left + [[DAY, HOUR]] * (3 - left)
        with store._database.writing() as connection:
            assert not coarsen(connection, now, at_once=1)
        assert not store.prune(now)


def test_what_is_too_old_to_count_is_not_read(settings, observe, now):
    with open_store(settings, create=True) as store:
        store.record([observe(settings, 1, at=now - 40 * DAY), observe(settings, 1, at=now)])
        store.prune(now)
    assert [one.requests for one in activity(settings)] == [1]
    assert sum(one.requests for one in activity(settings, now - 39 * DAY)) == 2


def test_there_is_room_for_so_many_signatures_and_the_others_are_counted_together(settings, observe, now):
    with open_store(settings, create=True) as store:
        store.record([observe(settings, n, f"{n:012x}", at=now) for n in range(40)])
        store.record([observe(settings, n, f"{n:012x}", at=now) for n in range(40)])
        store.record([observe(settings, 99, at=now)])
    found = activity(settings)
    assert len(found) == MOST + 2 == rows(settings)
    assert {one.fingerprints: one.requests for one in found}[()] == 1
    assert {one.fingerprints: one.requests for one in found}[None] == 2 * (40 - MOST)


def test_past_versions_have_theirs(settings_for, tmp_path, observe, now):
    old, new = (settings_for(tmp_path / "shadow.db", candidate={"version": version}) for version in "12")
    with open_store(old, create=True) as store:
        store.record([observe(old, 1, A, at=now - DAY), observe(new, 1, at=now)])
        ((past,),) = store.history(new).values()
    assert [(one.fingerprints, one.requests) for one in past.evidence.activity] == [((A,), 1)]


def random_observations(randomness, chosen, number):
    """At any time of the last weeks, with more signatures than there is room for."""
    shown = [(), (A,), (A, B), *((f"{n:012x}",) for n in range(MOST + 9))]
    moments = [NOW - randomness.random() * randomness.choice([600, 8 * HOUR, 4 * DAY, 20 * DAY]) for _ in range(9)]
    return [
        make_observation(chosen, randomness.randrange(50), *randomness.choice(shown), at=randomness.choice(moments))
        for _ in range(number)
    ]


@settings(max_examples=30)
@given(number=st.integers(1, 150), seed=st.integers(0, 2**32), processes=st.sampled_from([1, 3]))
def test_nothing_is_lost_whoever_writes_and_adds_up_in_whatever_order(tmp_path_factory, number, seed, processes):
    randomness = random.Random(seed)
    folder = tmp_path_factory.mktemp("activity")
    plain, busy = make_settings(folder / "plain.db"), make_settings(folder / "busy.db")
    seen = random_observations(randomness, plain, number)
    with open_store(plain, create=True) as store:
        store.record(seen)
        store.prune(NOW)
    randomness.shuffle(seen)
    clock = NOW - 21 * DAY
    with ExitStack() as stack:
        stores = [stack.enter_context(open_store(busy, create=True)) for _ in range(processes)]
        while seen:
            size = randomness.choice([1, 2, 20])
            batch, seen = seen[:size], seen[size:]
            randomness.choice(stores).record(batch)
            clock = randomness.uniform(clock, NOW)
            randomness.choice(stores).prune(clock)
        stores[0].prune(NOW)
    expected = activity(plain, NOW - 9 * DAY)
    assert activity(busy, NOW - 9 * DAY) == expected
    assert sum(one.requests for one in expected) == number
    per_bucket = Counter((one.start, one.width) for one in expected)
    assert max(per_bucket.values()) <= MOST + 2


WRITER = """
import sys
from pathlib import Path
import msgspec
from shadow.config import Settings
from shadow.evidence.observation import Observation
from shadow.store import open_store

settings = Settings.model_validate_json(Path(sys.argv[1]).read_bytes())
observations = msgspec.msgpack.decode(Path(sys.argv[2]).read_bytes(), type=list[Observation])
sys.stdin.readline()
with open_store(settings, create=True) as store:
    for start in range(0, len(observations), 7):
        store.record(observations[start:start + 7])
        store.prune(float(sys.argv[3]))
"""


def test_real_processes_write_and_add_up_at_once(settings, tmp_path):
    seen = random_observations(random.Random(2), settings, 400)
    alone = make_settings(tmp_path / "alone.db")
    with open_store(alone, create=True) as store:
        store.record(seen)
        store.prune(NOW)
    (tmp_path / "settings.json").write_text(settings.model_dump_json(by_alias=True))
    writers = []
    for number in range(4):
        file = tmp_path / f"{number}.observations"
        file.write_bytes(msgspec.msgpack.encode(seen[number::4]))
        command = [sys.executable, "-c", WRITER, str(tmp_path / "settings.json"), str(file), str(NOW)]
        writers.append(subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
    for process in writers:
        _, errors = process.communicate("go\n", timeout=120)
        assert process.returncode == 0, errors
    with open_store(settings) as store:
        store.prune(NOW)
    assert activity(settings) == activity(alone)
    assert rows(settings) == rows(alone)


@pytest.mark.parametrize("create", [True, False])
def test_a_store_of_the_second_format_keeps_its_counts_by_day(settings, tmp_path, create):
    """`format_2.sql` is what that format's own code wrote: two days of one route, and a route with 20 signatures."""
    with closing(sqlite3.connect(tmp_path / "shadow.db")) as raw:
        raw.executescript(Path(__file__).with_name("format_2.sql").read_text())
        raw.execute("PRAGMA journal_mode=WAL")
    for _ in range(2):
        with open_store(settings, create=create) as store, store._database.reading() as connection:
            version = connection.scalar(select(schema.meta.c.value).where(schema.meta.c.key == "version"))
            ids = dict(connection.execute(select(schema.epochs.c.route, schema.epochs.c.id)).all())
            found = read_activity(connection, Epochs(tuple(ids.values())))
        assert version == "3"
        midnight = int(NOW) - 8 * HOUR
        assert found[ids["GET /orders"]] == (
            Activity(midnight - DAY, DAY, (A,), 2),
            Activity(midnight - DAY, DAY, (A, B), 1),
            Activity(midnight, DAY, (), 1),
        )
        busy = found[ids["GET /busy"]]
        assert len(busy) == MOST + 1
        assert (busy[-1].fingerprints, busy[-1].requests) == (None, 20 - MOST)
