"""The past of a route: the epochs before the current one, and beside it, that there is evidence of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec

from shadow.config import Settings
from shadow.evidence.epochs import KnownEpoch, current_epochs, epoch_for
from shadow.evidence.route_evidence import RouteEvidence

__all__ = ["MOST", "PastEpoch", "PastEvidence", "past_epochs"]

MOST = 5
"""Past epochs of one route that are looked at."""


class PastEpoch(msgspec.Struct, frozen=True):
    """An epoch in which something was compared, and which is not the current one."""

    known: KnownEpoch
    before: bool
    """It was first seen before the current one was, or is of the very same builds: it is no later build that a rollback
    or a rolling deployment has put aside for now. (Pairs that are compared again take their times along.)"""
    alike: bool
    """It was compared under today's rules and by today's algorithm; otherwise what it did not show says nothing."""


class PastEvidence(msgspec.Struct, frozen=True):
    """The evidence of a past epoch, of whatever age: its distinct requests and fingerprints without examples, and of
    the counters those that say that no answer came."""

    epoch: PastEpoch
    evidence: RouteEvidence
    sampled: bool = False
    """Only a sample of its distinct requests was read."""


def past_epochs(settings: Settings, known: Iterable[KnownEpoch]) -> dict[str, list[PastEpoch]]:
    """Route → its past epochs between today's base URLs, those that answered last first, at most `MOST`."""
    known = [one for one in known if _between_these(settings, one)]
    current = current_epochs(settings, known)
    began = {one.epoch.route: one for one in known if one.epoch == current.get(one.epoch.route)}
    found: defaultdict[str, list[KnownEpoch]] = defaultdict(list)
    for one in known:
        if one.distinct and one.epoch != current.get(one.epoch.route):
            found[one.epoch.route].append(one)
    return {
        route: [
            PastEpoch(one, before=_is_before(one, began.get(route)), alike=_alike(settings, one))
            for one in sorted(past, key=_by_age)[:MOST]
        ]
        for route, past in found.items()
    }


def _is_before(one: KnownEpoch, current: KnownEpoch | None) -> bool:
    return current is None or one.first_seen < current.first_seen or _builds(one) == _builds(current)


def _builds(one: KnownEpoch) -> tuple[str, str]:
    return one.epoch.legacy_version, one.epoch.candidate_version


def _between_these(settings: Settings, one: KnownEpoch) -> bool:
    return (one.epoch.legacy_url, one.epoch.candidate_url) == (settings.legacy.url, settings.candidate.url)


def _alike(settings: Settings, one: KnownEpoch) -> bool:
    epoch = one.epoch
    return epoch == epoch_for(settings, epoch.route, epoch.legacy_version, epoch.candidate_version)


def _by_age(one: KnownEpoch) -> tuple[float, float, str]:
    return -one.last_answered, -one.last_seen, one.epoch.id
