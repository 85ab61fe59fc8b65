"""Recorded pairs are given to another epoch exactly once, whatever happens in between."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from msgspec.structs import replace

from shadow.evidence.coverage import Feature
from shadow.store import open_store, recorded
from shadow.store.packing import unpack

DAY = 86_400.0


@pytest.fixture
def recording(settings_for, tmp_path):
    return settings_for(tmp_path / "shadow.db", store={"record": "all"})


@pytest.fixture
def ruled(settings_for, tmp_path):
    """The same store under another rule."""
    return settings_for(
        tmp_path / "shadow.db", store={"record": "all"}, compare={"rule": [{"path": "$.a", "unordered": True}]}
    )


def given(store, found, ruled, observe):
    """The pairs as they are to be counted under the other rule."""
    target = observe(ruled).epoch
    return [
        (pair.id, replace(observation, epoch=target, differences=observation.example.differences))
        for piece in store.pieces(found.epoch, target)
        for pair in piece
        for observation in [unpack(pair.content)]
    ]


def compared(store, settings, now) -> int:
    return sum(found.counters["compared"] for found in store.evidence(settings, now))


def test_each_pair_is_counted_once_in_whatever_pieces(recording, ruled, observe, now, monkeypatch):
    monkeypatch.setattr(recorded, "_PAGE", 7)
    monkeypatch.setattr(recorded, "_MOST", 3)
    pairs = [observe(recording, n, "f", example=True, at=now - n) for n in range(20)]
    with open_store(recording, create=True) as store:
        store.record(pairs)
        (found,) = store.recorded()
        target = observe(ruled).epoch
        assert (found.epoch, found.pairs, store.waiting(found.epoch, target)) == (pairs[0].epoch, 20, 20)
        several = given(store, found, ruled, observe)
        assert len({pair for pair, _ in several}) == 20
        assert store.carry_over(found.epoch, several[:5], now=now) == 5
        assert store.waiting(found.epoch, target) == 15
        assert len(given(store, found, ruled, observe)) == 15
        # A batch that overlaps with what is counted already, as another command's would.
        assert store.carry_over(found.epoch, several[3:], now=now) == 15
        assert store.carry_over(found.epoch, several, now=now) == 0
        assert compared(store, ruled, now) == compared(store, recording, now) == 20
        assert store.waiting(found.epoch, target) == 0


def test_pieces_are_small_however_large_a_pair_is():
    found = [(bytes([n]), size) for n, size in enumerate([10, 5 * 2**20, 2**20, 2**20, 3 * 2**20])]
    assert [len(piece) for piece in recorded.pieces(found)] == [1, 1, 2, 1]


def test_the_pairs_stay_with_their_epoch_and_the_new_one_keeps_examples_only(recording, ruled, observe, now):
    with open_store(recording, create=True) as store:
        store.record([observe(recording, n, "f", example=True, at=now - n) for n in range(20)])
        (found,) = store.recorded()
        store.carry_over(found.epoch, given(store, found, ruled, observe), now=now)
        assert store.recorded() == [found]
        assert store.status(now).pairs == 20 + recording.store.examples
        (evidence,) = store.evidence(ruled, now)
        assert len(evidence.fingerprints[0].examples) == recording.store.examples


def test_after_upkeep_nothing_is_counted_again(recording, ruled, observe, now):
    with open_store(recording, create=True) as store:
        store.record([observe(recording, n, "f", example=True, at=now) for n in range(3)])
        (found,) = store.recorded()
        several = given(store, found, ruled, observe)
        store.carry_over(found.epoch, several, now=now)
        keep = recording.store.keep
        for later in (8 * DAY, keep - DAY, keep + 2 * DAY):
            store.prune(now + later)
            assert store.waiting(found.epoch, several[0][1].epoch) == 0
            assert store.carry_over(found.epoch, several, now=now + later) == 0
        assert store.recorded() == []
        assert store.committed(f"recompare:{several[0][1].epoch.id}", range(2**20)) == set()


def test_what_is_forgotten_meanwhile_does_not_come_back(recording, ruled, observe, now):
    with open_store(recording, create=True) as store:
        store.record([observe(recording, 1, "f", example=True, at=now)])
        (found,) = store.recorded()
        several = given(store, found, ruled, observe)
        store.forget()
        assert store.carry_over(found.epoch, several, now=now) == 0
        assert store.routes() == []


def test_two_commands_at_once_count_each_pair_once(recording, ruled, observe, now):
    with open_store(recording, create=True) as store:
        store.record([observe(recording, n, "f", example=True, at=now) for n in range(40)])
        (found,) = store.recorded()
        several = given(store, found, ruled, observe)
        windows = [several[start : start + 15] for start in range(0, 40, 5)]
        with ThreadPoolExecutor(4) as threads:
            done = list(threads.map(lambda window: store.carry_over(found.epoch, window, now=now), windows * 2))
        assert sum(done) == compared(store, ruled, now) == 40


def test_a_recorded_pair_keeps_its_features(recording, ruled, observe, now):
    features = (Feature("status", "", "200"), Feature("shape", "", "s"))
    with open_store(recording, create=True) as store:
        store.record([observe(recording, 1, example=True, at=now, features=features)])
        (found,) = store.recorded()
        store.carry_over(found.epoch, given(store, found, ruled, observe), now=now)
        (before,), (after,) = store.evidence(recording, now), store.evidence(ruled, now)
        assert before.coverage.requests == 1
        assert after.coverage == before.coverage
