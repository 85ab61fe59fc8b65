"""A store's revision changes with what a report tells, and with nothing else."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from shadow.config import Settings
from shadow.evidence.observation import Observation
from shadow.store import open_store


def test_it_changes_with_evidence_with_pauses_and_with_what_is_forgotten(
    settings: Settings, observe: Callable[..., Observation]
) -> None:
    with open_store(settings, create=True) as store:
        seen = [store.revision()]
        for change in (
            lambda: store.record([observe(settings, 1)]),
            lambda: store.record([observe(settings, 1)]),
            lambda: store.record([observe(settings, 1, outcome="failed")]),
            store.pause,
            store.resume,
            store.forget,
        ):
            change()
            seen.append(store.revision())
    assert all(before != after for before, after in pairwise(seen)), seen


def test_signs_of_life_leave_it_as_it_is(settings: Settings, observe: Callable[..., Observation]) -> None:
    with open_store(settings, create=True) as store:
        store.record([observe(settings, 1)])
        before = store.revision()
        store.heartbeat("run", pid=1, host="here", listen="127.0.0.1:8080", queue=3, shed=0, held="a side is silent")
        store.lease("report", "me", 30.0)
        assert store.revision() == before
