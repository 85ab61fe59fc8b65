"""Recording, from the outside: what is recorded is counted once, by however many processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from shadow.evidence.latency import bucket
from shadow.evidence.observation import ColdStart, LatencySample
from shadow.evidence.route_evidence import DistinctGroup
from shadow.store import open_store

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
        store.record(observations[start:start + 7], run=sys.argv[2], numbers=range(start, start + 7))
"""


def test_what_was_recorded_is_read_back(settings, observe, now):
    """Counters, distinct requests, fingerprints, latency and examples all come back as the verdict wants them."""
    observations = [
        observe(settings, 1, latency=(LatencySample(10.0, 30.0),)),
        observe(settings, 2, "bbbbbbbbbbbb", at=now + 1, example=True, cold=(ColdStart("timeout", 4000.0),)),
        observe(settings, outcome="raced", at=now + 2),
        observe(settings, outcome="skipped", skip="write", weight=5, legacy_ok=False, at=now + 3),
        observe(settings, outcome="failed", candidate_error="timeout", at=now + 4),
        observe(settings, outcome="unproductive", same_backend=True, at=now + 5),
    ]
    with open_store(settings, create=True) as store:
        store.record(observations)
        (evidence,) = store.evidence(settings, now)
    assert evidence.epoch == observations[0].epoch
    assert (evidence.first_seen, evidence.last_seen) == (now, now + 5)
    assert evidence.counters == {
        "compared": 2,
        "raced": 1,
        "skipped:write": 5,
        "failed": 1,
        "unproductive": 1,
        "ok": 5,
        "cold": 1,
        "cold:timeout": 1,
        "error:timeout": 1,
        "same-backend": 1,
    }
    assert evidence.seen == 10
    assert set(evidence.distinct) == {
        DistinctGroup(frozenset(), 1),
        DistinctGroup(frozenset({"bbbbbbbbbbbb"}), 1),
    }
    (found,) = evidence.fingerprints
    assert (found.fingerprint, found.path, found.count, found.noise) == (
        "bbbbbbbbbbbb",
        "$.items[*].bbbbbbbbbbbb",
        1,
        0,
    )
    assert (found.first_seen, found.last_seen) == (now + 1, now + 1)
    assert found.examples == (observations[1].example,)
    assert evidence.latency.pairs == {(bucket(10.0), bucket(30.0)): 1}
    assert evidence.latency.cold == {bucket(4000.0): 1}


def test_the_statuses_of_a_status_difference_are_kept(settings, observe, differ, now):
    changed = differ("cccccccccccc", where="status", kind="status-changed", legacy=200, candidate=204)
    with open_store(settings, create=True) as store:
        store.record([observe(settings, 1, changed, "dddddddddddd")])
        (evidence,) = store.evidence(settings, now)
    assert {f.fingerprint: f.statuses for f in evidence.fingerprints} == {
        "cccccccccccc": (200, 204),
        "dddddddddddd": None,
    }


def test_notices_are_counted_but_are_no_part_of_signatures(settings, observe, differ, now):
    with open_store(settings, create=True) as store:
        store.record([observe(settings, 1, differ("eeeeeeeeeeee", severity="notice"))])
        (evidence,) = store.evidence(settings, now)
    assert [f.severity for f in evidence.fingerprints] == ["notice"]
    assert evidence.distinct == (DistinctGroup(frozenset(), 1),)


def test_more_fingerprints_than_the_limit_end_in_one_that_stands_for_the_rest(settings, observe, now):
    many = [f"{number:012x}" for number in range(100)]
    with open_store(settings, create=True) as store:
        store.record([observe(settings, 1, *many)])
        (evidence,) = store.evidence(settings, now)
    assert [group.fingerprints for group in evidence.distinct] == [frozenset([*many[:64], "overflow"])]
    assert {f.fingerprint for f in evidence.fingerprints} == {*many[:64], "overflow"}


def test_a_request_that_once_differed_is_one_request_that_shows_all_it_ever_showed(settings, observe, now):
    with open_store(settings, create=True) as store:
        store.record([observe(settings, 1), observe(settings, 2)])
        store.record([observe(settings, 1, "aaaaaaaaaaaa"), observe(settings, 1, "bbbbbbbbbbbb")])
        (evidence,) = store.evidence(settings, now)
    assert set(evidence.distinct) == {
        DistinctGroup(frozenset(), 1),
        DistinctGroup(frozenset({"aaaaaaaaaaaa", "bbbbbbbbbbbb"}), 1),
    }


def test_numbers_are_committed_with_their_evidence_and_struck_out_later(settings, observe):
    with open_store(settings, create=True) as store:
        store.record([observe(settings, 1)], run="r", numbers=[1, 2, 3])
        store.record([], run="r", numbers=[4], oldest=3)
        assert store.committed("r", range(10)) == {3, 4}
        assert store.committed("another run", range(10)) == set()


def test_a_batch_that_got_through_after_all_is_not_counted_twice(settings, observe, now):
    """After a lost connection nobody knows whether the batch is in; it is sent again, and counts once."""
    with open_store(settings, create=True) as store:
        for _ in range(2):
            store.record([observe(settings, 1), observe(settings, 2)], run="r", numbers=[7, 8])
        (evidence,) = store.evidence(settings, now)
    assert evidence.counters["compared"] == 2


def test_a_number_that_is_known_already_does_not_keep_new_ones_out(settings, observe, now):
    with open_store(settings, create=True) as store:
        store.record([observe(settings, 1)], run="r", numbers=[1])
        store.record([observe(settings, 2)], run="r", numbers=[1, 2])
        (evidence,) = store.evidence(settings, now)
        assert store.committed("r", [1, 2]) == {1, 2}
    assert evidence.counters["compared"] == 2


def test_a_batch_that_fails_leaves_no_trace(settings, observe, now):
    with open_store(settings, create=True) as store:
        with pytest.raises(AssertionError):
            store.record([observe(settings, 1), observe(settings, 2, distinct=None)], run="r", numbers=[1, 2])
        assert store.evidence(settings, now) == []
        assert store.committed("r", [1, 2]) == set()


def test_nothing_recorded_is_nothing_read(settings, now):
    with open_store(settings, create=True) as store:
        store.record([])
        assert store.evidence(settings, now) == []
        assert store.routes() == []


def test_text_that_databases_can_not_hold_is_escaped(settings, observe, differ, now):
    odd = differ(legacy="\ud800", candidate=2**70, summary="half \ud800 and \0", pattern="$.\udfff")
    with open_store(settings, create=True) as store:
        store.record([observe(settings, 1, odd, example=True)])
        (evidence,) = store.evidence(settings, now)
    (found,) = evidence.fingerprints
    assert (found.summary, found.path) == ("half \\ud800 and \\x00", "$.\\udfff")
    (shown,) = found.examples[0].differences
    assert (shown.legacy, shown.candidate) == ("\\ud800", 2**70)


def test_many_processes_write_at_once_and_every_observation_counts_once(settings, observe, now, tmp_path: Path):
    """Four processes that all start at the same moment, and whose first act is to create the store."""
    import msgspec

    (tmp_path / "settings.json").write_text(settings.model_dump_json(by_alias=True))
    writers = []
    for writer in range(4):
        mine = [
            observe(settings, number % 30, *(["aaaaaaaaaaaa"] if number % 3 == 0 else []), example=number % 5 == 0)
            for number in range(writer, 140 + writer)
        ]
        file = tmp_path / f"{writer}.observations"
        file.write_bytes(msgspec.msgpack.encode(mine))
        command = [sys.executable, "-c", WRITER, str(tmp_path / "settings.json"), str(file)]
        writers.append(subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
    for process in writers:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in writers:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    with open_store(settings) as store:
        (evidence,) = store.evidence(settings, now)
        committed = [len(store.committed(str(tmp_path / f"{writer}.observations"), range(140))) for writer in range(4)]
    assert evidence.counters == {"compared": 560, "ok": 560}
    assert evidence.fingerprints[0].count == sum(n % 3 == 0 for w in range(4) for n in range(w, 140 + w))
    assert {group.fingerprints: group.requests for group in evidence.distinct} == {
        frozenset(): 20,
        frozenset({"aaaaaaaaaaaa"}): 10,
    }
    assert committed == [140] * 4


def test_recordings_hold_every_pair_where_that_is_wanted(tmp_path, settings_for, observe):
    settings = settings_for(tmp_path / "all.db", store={"record": "all", "examples": 1})
    observations = [observe(settings, n, at=n * 1.0, example=True, route=f"GET /{n % 2}") for n in range(4)]
    with open_store(settings, create=True) as store:
        store.record(observations)
        assert [found.distinct for found in store.recordings()] == [o.distinct for o in observations]
        assert [found.example for found in store.recordings("GET /1")] == [o.example for o in observations[1::2]]


def test_without_that_wish_pairs_that_match_are_not_kept(settings, observe):
    with open_store(settings, create=True) as store:
        store.record([observe(settings, 1, example=True), observe(settings, 2, "aaaaaaaaaaaa", example=True)])
        assert list(store.recordings()) == []
        assert store.status(0.0).pairs == 1
