"""Which epoch a route's evidence belongs to, under the settings of now."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from shadow.compare.rules import rules_for
from shadow.config import Settings
from shadow.evidence.observation import ALGORITHM, Epoch

__all__ = ["KnownEpoch", "current_epochs", "epoch_for", "unattributed"]


class KnownEpoch(msgspec.Struct, frozen=True):
    """An epoch of which there is evidence."""

    epoch: Epoch
    last_seen: float
    """Seconds since the epoch of time; the same goes for ``last_answered`` and ``first_seen``."""
    last_answered: float
    """When both sides last answered in it; 0 where they never did."""
    first_seen: float = 0.0
    distinct: int = 0
    """At least as many as the distinct requests that are kept; 0 where nothing was compared."""


def epoch_for(settings: Settings, route: str, legacy_version: str, candidate_version: str) -> Epoch:
    """The epoch of a route's evidence; only the route's own comparison rules count, so a rule for one route never
    resets another."""
    return Epoch(
        route=route,
        legacy_url=settings.legacy.url,
        candidate_url=settings.candidate.url,
        legacy_version=legacy_version,
        candidate_version=candidate_version,
        rules=rules_for(settings, route).digest,
        algorithm=ALGORITHM,
    )


def current_epochs(settings: Settings, known: Iterable[KnownEpoch]) -> dict[str, Epoch]:
    """Route → its current epoch, for each route that has one.

    Where `version_header` names the version, several epochs are possible; the one in which both sides answered last
    is current. (What is only counted, such as exchanges shed, comes with no version and decides nothing here.)
    """
    best: dict[str, KnownEpoch] = {}
    for candidate in known:
        route = candidate.epoch.route
        if _possible(settings, candidate.epoch) and (route not in best or _rank(candidate) > _rank(best[route])):
            best[route] = candidate
    return {route: found.epoch for route, found in best.items()}


def unattributed(settings: Settings, epoch: Epoch) -> Epoch | None:
    """Where exchanges are counted that never got an answer to read a version from; None if in ``epoch`` itself."""
    legacy = "" if settings.legacy.version_header else epoch.legacy_version
    candidate = "" if settings.candidate.version_header else epoch.candidate_version
    other = msgspec.structs.replace(epoch, legacy_version=legacy, candidate_version=candidate)
    return None if other == epoch else other


def _possible(settings: Settings, epoch: Epoch) -> bool:
    versions = (
        (settings.legacy.version, settings.legacy.version_header, epoch.legacy_version),
        (settings.candidate.version, settings.candidate.version_header, epoch.candidate_version),
    )
    if not all(by_header or wanted == version for wanted, by_header, version in versions):
        return False
    return epoch == epoch_for(settings, epoch.route, epoch.legacy_version, epoch.candidate_version)


def _rank(known: KnownEpoch) -> tuple[float, float, str]:
    return known.last_answered, known.last_seen, known.epoch.id
