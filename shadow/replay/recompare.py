"""`shadow recompare`: the recorded pairs of past rules, compared again under those of today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from shadow.config import Settings
from shadow.evidence.observation import Epoch
from shadow.replay.recompare_work import ALONE, Group, Piece, cores, work_through
from shadow.replay.recompared import target_of
from shadow.store import Store

__all__ = ["Outcome", "Source", "recompare", "sources"]


class Source(NamedTuple):
    """Recorded pairs of one epoch that today's epoch of the same versions has not been given yet."""

    epoch: Epoch
    target: Epoch
    pairs: int


@dataclass
class Outcome:
    """What became of one route's pairs."""

    counted: int = 0
    failed: int = 0
    unconfirmed: Counter[Group] = field(default_factory=Counter)


def sources(settings: Settings, store: Store, routes: Collection[str] | None = None) -> list[Source]:
    """Where there is anything to do, by route; of these ``routes`` only."""
    found = []
    for epoch, _ in store.recorded():
        target = target_of(settings, epoch) if routes is None or epoch.route in routes else None
        if target is not None and (pairs := store.waiting(epoch, target)):
            found.append(Source(epoch, target, pairs))
    return found


def recompare(
    settings: Settings,
    store: Store,
    wanted: Collection[Source],
    *,
    processes: int | None = None,
    alone: float = ALONE,
    told: Callable[[int], None] = lambda _: None,
) -> dict[str, Outcome]:
    """Compare all pairs of the sources again, and count what they prove in the epochs of today: route → what became of
    its pairs. ``told`` hears of so many more pairs that are done. ``processes`` (by default one for each core) and
    ``alone`` are those of `work_through`.

    May be broken off at any time, and called again: what has been counted is not counted twice. Raises StoreError
    where the store fails, and ShadowError where a process does.
    """
    outcomes = {source.epoch.route: Outcome() for source in wanted}
    for done in work_through(settings, _pieces(store, wanted), processes or cores(), alone=alone):
        outcome = outcomes[done.source.route]
        outcome.counted += store.carry_over(done.source, done.compared)
        outcome.failed += done.failed
        outcome.unconfirmed += done.unconfirmed
        told(len(done.compared) + done.failed)
    return outcomes


def _pieces(store: Store, wanted: Collection[Source]) -> Iterator[Piece]:
    for source in wanted:
        for pairs in store.pieces(source.epoch, source.target):
            yield Piece(source.epoch, pairs)
