"""Which evidence counts: that of the route's current epoch, and no older than asked for."""

from __future__ import annotations

import pytest

from shadow.compare.reach import Reach
from shadow.evidence.route_evidence import DistinctGroup
from shadow.evidence.rule_evidence import RuleEvidence
from shadow.store import open_store, schema

DAY = 86_400.0


def test_evidence_older_than_max_age_is_left_out(settings, settings_for, tmp_path, observe, now):
    shown = "aaaaaaaaaaaa"
    with open_store(settings, create=True) as store:
        store.record([observe(settings, 1, shown, noise=(shown,), example=True, at=now - 20 * DAY)])
        assert store.evidence(settings, now) == []
        store.record([observe(settings, 2, at=now)])
        (evidence,) = store.evidence(settings, now)
        longer = settings_for(tmp_path / "shadow.db", verdict={"max_age": "30d"})
        (everything,) = store.evidence(longer, now)
    assert (evidence.counters["compared"], evidence.first_seen) == (1, now)
    assert evidence.distinct == (DistinctGroup(frozenset(), 1),)
    assert evidence.fingerprints == ()
    assert everything.counters["compared"] == 2
    assert [(f.count, f.noise, len(f.examples)) for f in everything.fingerprints] == [(1, 1, 1)]


def test_a_difference_that_a_request_no_longer_shows_fades(settings, observe, now):
    with open_store(settings, create=True) as store:
        store.record([observe(settings, 1, "aaaaaaaaaaaa", at=now - 10 * DAY), observe(settings, 1, at=now)])
        (evidence,) = store.evidence(settings, now)
        (later,) = store.evidence(settings, now + 10 * DAY)
    assert evidence.distinct == (DistinctGroup(frozenset({"aaaaaaaaaaaa"}), 1),)
    assert later.distinct == (DistinctGroup(frozenset(), 1),)


def test_max_age_may_differ_by_route(settings_for, tmp_path, observe, now):
    settings = settings_for(tmp_path / "shadow.db", route=[{"match": "GET /long", "max_age": "60d"}])
    with open_store(settings, create=True) as store:
        for route in ("GET /long", "GET /short"):
            store.record([observe(settings, 1, route=route, at=now - 40 * DAY)])
        assert [evidence.epoch.route for evidence in store.evidence(settings, now)] == ["GET /long"]


def test_a_new_version_starts_afresh_and_the_old_one_is_still_there(settings_for, tmp_path, observe, now):
    old, new = (settings_for(tmp_path / "shadow.db", candidate={"version": version}) for version in ("1", "2"))
    with open_store(old, create=True) as store:
        store.record([observe(old, 1, "aaaaaaaaaaaa")])
        assert store.evidence(new, now) == []
        store.record([observe(new, 1)])
        ((before,), (after,)) = store.evidence(old, now), store.evidence(new, now)
    assert (before.epoch.candidate_version, len(before.fingerprints)) == ("1", 1)
    assert (after.epoch.candidate_version, len(after.fingerprints)) == ("2", 0)


def test_routes_that_legacy_served_are_known_across_versions_and_rules_but_not_for_ever(
    settings_for, tmp_path, observe, now
):
    """A new build or a new rule starts the evidence afresh, which does not mean that the route is gone."""
    old, new, elsewhere = (
        settings_for(tmp_path / "shadow.db", candidate=candidate)
        for candidate in ({"version": "1"}, {"version": "2"}, {"url": "https://other.example.com"})
    )
    with open_store(old, create=True) as store:
        store.record([observe(old, 1, route="GET /a"), observe(old, 1, route="GET /old", at=now - 40 * DAY)])
        assert store.served(new, now) == {"GET /a"}
        assert store.served(elsewhere, now) == set()
        store.forget("GET /a")
        assert store.served(new, now) == set()


def test_a_comparison_rule_resets_the_routes_that_it_is_for_and_no_other(
    settings, settings_for, tmp_path, observe, now
):
    rule = {"routes": ["GET /orders"], "path": "$.items", "unordered": True}
    ruled = settings_for(tmp_path / "shadow.db", compare={"rule": [rule]})
    with open_store(settings, create=True) as store:
        store.record([observe(settings, 1, route=route) for route in ("GET /orders", "GET /users")])
        assert [evidence.epoch.route for evidence in store.evidence(ruled, now)] == ["GET /users"]


@pytest.mark.parametrize("changed", ["legacy", "candidate"])
def test_other_base_urls_are_other_evidence(settings, settings_for, tmp_path, observe, now, changed):
    other = settings_for(tmp_path / "shadow.db", **{changed: {"url": "https://elsewhere.example.com"}})
    with open_store(settings, create=True) as store:
        store.record([observe(settings, 1)])
        assert store.evidence(other, now) == []


def test_with_a_version_header_the_version_that_answered_last_counts(settings_for, tmp_path, observe, now):
    settings = settings_for(tmp_path / "shadow.db", candidate={"version_header": "x-version"})
    with open_store(settings, create=True) as store:
        store.record(
            [
                observe(settings, 1, versions=("", "1"), at=now),
                observe(settings, 1, versions=("", "2"), at=now + 1),
            ]
        )
        store.record([observe(settings, 2, versions=("", "1"), at=now - 1)])
        (evidence,) = store.evidence(settings, now)
    assert evidence.epoch.candidate_version == "2"


def test_exchanges_that_no_version_is_known_of_are_counted_with_the_current_one(settings_for, tmp_path, observe, now):
    """What was shed came with no response, so no header; it must neither hide the evidence nor be hidden."""
    settings = settings_for(tmp_path / "shadow.db", candidate={"version_header": "x-version"})
    with open_store(settings, create=True) as store:
        store.record(
            [
                observe(settings, 1, versions=("", "7")),
                observe(settings, outcome="shed", weight=30, versions=("", ""), at=now + 9),
                observe(settings, outcome="shed", weight=100, versions=("", ""), at=now - 3 * DAY),
            ]
        )
        (evidence,) = store.evidence(settings, now)
    assert evidence.epoch.candidate_version == "7"
    assert evidence.counters == {"compared": 1, "ok": 31, "shed": 30}


def test_what_rules_have_found_is_kept_apart_from_what_became_of_exchanges(settings, observe, now):
    met, unmet = (Reach("aa", "fits"), Reach("bb", "absent")), (Reach("aa", "unfit", "null"), Reach("bb", "absent"))
    with open_store(settings, create=True) as store:
        store.record([observe(settings, 1, reach=unmet), observe(settings, 2, reach=unmet, at=now - DAY)])
        store.record([observe(settings, 3, reach=met), observe(settings, 4)])
        store.record([observe(settings, 5, reach=met, at=now - 20 * DAY)])
        (evidence,) = store.evidence(settings, now)
    assert evidence.rules == {"aa": RuleEvidence(fits=1, unfit={"null": 2}), "bb": RuleEvidence(absent=3)}
    assert evidence.counters == {"compared": 4, "ok": 4}
    assert evidence.seen == 4


def test_a_difference_that_sampling_has_dropped_still_counts_as_one_request(settings, observe, now):
    """As if the digest of the one request that differed were not in the sample."""
    with open_store(settings, create=True) as store:
        store.record([observe(settings, 1), observe(settings, 2, "aaaaaaaaaaaa")])
        with store._database.writing() as connection:
            connection.execute(schema.distinct_requests.delete().where(schema.distinct_requests.c.signature != ""))
        (evidence,) = store.evidence(settings, now)
    assert set(evidence.distinct) == {DistinctGroup(frozenset(), 1), DistinctGroup(frozenset({"aaaaaaaaaaaa"}), 1)}
