"""Whoever writes, in whatever order and batches: the evidence read is the same."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from shadow.evidence.observation import LatencySample
from shadow.store import noise, open_store

FINGERPRINTS = ["aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc"]


@st.composite
def facts(draw: st.DrawFn) -> dict[str, object]:
    """What an observation is made of, apart from its settings."""
    outcome = draw(st.sampled_from(["compared", "compared", "compared", "raced", "skipped", "failed", "shed"]))
    shown = draw(st.sets(st.sampled_from(FINGERPRINTS))) if outcome in ("compared", "failed") else set()
    return {
        "request": draw(st.integers(0, 5)),
        "shown": sorted(shown),
        "summary": draw(st.sampled_from(["one", "other"])),
        "route": draw(st.sampled_from(["GET /a", "GET /b"])),
        "days": draw(st.integers(-3, 0)),
        "seconds": draw(st.sampled_from([0.0, 0.25, 7.0])),
        "outcome": outcome,
        "skip": draw(st.sampled_from(["write", "rate"])) if outcome == "skipped" else "",
        "weight": draw(st.integers(1, 9)) if outcome == "shed" else 1,
        "noise": tuple(sorted(draw(st.sets(st.sampled_from(sorted(shown)))))) if shown else (),
        "latency": tuple(
            LatencySample(milliseconds, milliseconds + 1)
            for milliseconds in draw(st.lists(st.floats(0.01, 1e4), max_size=2))
        ),
        "example": draw(st.booleans()) if outcome == "compared" else False,
    }


@profile(max_examples=25, deadline=None)
@given(all_facts=st.lists(facts(), min_size=1, max_size=14), data=st.data())
def test_the_order_the_batches_and_the_writers_make_no_difference(settings_for, observe, differ, now, all_facts, data):
    def observation(where, facts):
        own = dict(facts)
        shown = [differ(fingerprint, summary=own["summary"]) for fingerprint in own.pop("shown")]
        del own["summary"]
        at = now + own.pop("days") * 86_400 + own.pop("seconds")
        return observe(where, own.pop("request"), *shown, at=at, **own)

    order = data.draw(st.permutations(range(len(all_facts))))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(all_facts)), max_size=4)) | {len(all_facts)})
    with tempfile.TemporaryDirectory() as folder:
        one, many = (settings_for(Path(folder) / name, store={"examples": 2}) for name in ("one.db", "many.db"))
        max_age = {"verdict": {"max_age": 86_400}}
        with open_store(one, create=True) as store:
            store.record([observation(one, facts) for facts in all_facts])
            expected = [store.evidence(one, now), store.evidence(settings_for("x.db", **max_age), now)]
        start = 0
        with open_store(many, create=True) as writer, open_store(many, create=True) as other:
            for turn, cut in enumerate(cuts):
                mine = [observation(many, all_facts[place]) for place in order[start:cut]]
                (writer, other)[turn % 2].record(mine)
                start = cut
        with open_store(many) as store:
            assert [store.evidence(many, now), store.evidence(settings_for("x.db", **max_age), now)] == expected


def test_noise_is_counted_per_distinct_request(settings, observe, now):
    """The same request twice is one; a request whose difference was confirmed is none."""
    shown = "aaaaaaaaaaaa"
    with open_store(settings, create=True) as store:
        store.record([observe(settings, n, shown, noise=(shown,)) for n in (1, 1, 2)] + [observe(settings, 3, shown)])
        ((found,),) = [evidence.fingerprints for evidence in store.evidence(settings, now)]
    assert (found.count, found.noise) == (4, 2)


def test_of_very_frequent_noise_only_the_latest_requests_are_kept(settings, observe, now):
    """Old noise fades, so what is kept must be the newest, also where it came first."""
    shown, day = "aaaaaaaaaaaa", 86_400
    old = [observe(settings, n, shown, noise=(shown,), at=now - day) for n in range(noise.LIMIT)]
    new = [observe(settings, 1000 + n, shown, noise=(shown,)) for n in range(noise.LIMIT - 1)]
    with open_store(settings, create=True) as store:
        store.record(new)
        store.record(old)
        ((found,),) = [evidence.fingerprints for evidence in store.evidence(settings, now)]
        ((today,),) = [evidence.fingerprints for evidence in store.evidence(settings, now + 14 * day)]
    assert (found.noise, today.noise) == (noise.LIMIT, noise.LIMIT - 1)
