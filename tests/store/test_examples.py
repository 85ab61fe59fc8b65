"""Of each fingerprint the newest pairs are kept, and nothing that is nobody's example."""

from __future__ import annotations

from shadow.store import open_store


def test_the_newest_pairs_of_each_fingerprint_are_kept(settings_for, tmp_path, observe, now):
    settings = settings_for(tmp_path / "shadow.db", store={"examples": 2})
    with open_store(settings, create=True) as store:
        for at in (3, 1, 4, 2):
            store.record([observe(settings, at, "aaaaaaaaaaaa", at=now + at, example=True)])
        (evidence,) = store.evidence(settings, now)
        assert store.status(now).pairs == 2
    assert [example.pair.legacy.started for example in evidence.fingerprints[0].examples] == [now + 4, now + 3]


def test_a_pair_that_shows_several_fingerprints_is_stored_once(settings, observe, now):
    with open_store(settings, create=True) as store:
        store.record([observe(settings, 1, "aaaaaaaaaaaa", "bbbbbbbbbbbb", example=True)])
        (evidence,) = store.evidence(settings, now)
        assert store.status(now).pairs == 1
    assert [len(found.examples) for found in evidence.fingerprints] == [1, 1]


def test_a_pair_stays_while_it_is_anybodys_example(settings_for, tmp_path, observe, now):
    settings = settings_for(tmp_path / "shadow.db", store={"examples": 1})
    with open_store(settings, create=True) as store:
        store.record([observe(settings, 1, "aaaaaaaaaaaa", "bbbbbbbbbbbb", at=now, example=True)])
        store.record([observe(settings, 2, "aaaaaaaaaaaa", at=now + 1, example=True)])
        (evidence,) = store.evidence(settings, now)
        shown = {f.fingerprint: [e.pair.legacy.started for e in f.examples] for f in evidence.fingerprints}
        assert store.status(now).pairs == 2
    assert shown == {"aaaaaaaaaaaa": [now + 1], "bbbbbbbbbbbb": [now]}


def test_no_examples_are_kept_where_none_are_wanted(settings_for, tmp_path, observe, now):
    settings = settings_for(tmp_path / "shadow.db", store={"examples": 0})
    with open_store(settings, create=True) as store:
        store.record([observe(settings, 1, "aaaaaaaaaaaa", example=True)])
        (evidence,) = store.evidence(settings, now)
        assert store.status(now).pairs == 0
    assert evidence.fingerprints[0].examples == ()
