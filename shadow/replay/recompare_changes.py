"""What comparing again has changed: each route's verdict and groups before, by the evidence that its pairs come from,
and now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from shadow.config import Settings
from shadow.evidence.past import PastEvidence
from shadow.replay.recompare import Outcome, Source
from shadow.replay.recompare_work import Group
from shadow.verdict.history import judge_past
from shadow.verdict.model import JudgedDifference, PastVersion, RouteVerdict, Verdict

__all__ = ["Change", "Standing", "befores", "changes"]


class Standing(NamedTuple):
    """What a route's evidence says."""

    verdict: Verdict
    distinct: int
    differing: int
    """Those of the distinct requests with an open difference."""
    groups: dict[str, Group]
    """Fingerprint → the group; open ones only."""
    shown: frozenset[str]
    """Fingerprints of all groups, open or not."""


class Change(NamedTuple):
    """What became of one route."""

    route: str
    pairs: int
    """Counted; 0 where there was nothing to do."""
    failed: int
    before: Standing | None
    """By the newest evidence that its pairs come from; None where that is no longer looked at."""
    now: Standing | None
    """None where the pairs are all of other versions than those of today."""
    gone: tuple[Group, ...]
    """Open before, and not shown any more."""
    new: tuple[Group, ...]
    """Open now, and not shown before."""
    unconfirmed: tuple[tuple[Group, int], ...]
    """Groups that nobody has asked about, and in how many pairs; those in most of them first."""


def befores(
    past: Mapping[str, Collection[PastEvidence]], wanted: Iterable[Source], settings: Settings, now: float
) -> dict[str, Standing]:
    """Route → how its pairs' evidence stands before they are compared again, judged under today's acceptances."""
    ids = {source.epoch.id for source in wanted}
    mine = {
        route: chosen
        for route, several in past.items()
        if (chosen := [one for one in several if one.evidence.epoch.id in ids])
    }
    judged = judge_past(mine, settings, now)
    return {route: _past(versions[0]) for route, versions in judged.items()}


def changes(
    outcomes: Mapping[str, Outcome], before: Mapping[str, Standing], verdicts: Iterable[RouteVerdict]
) -> list[Change]:
    """What became of each route that had pairs to compare, by name."""
    now = {verdict.route: _now(verdict) for verdict in verdicts if verdict.requests.get("seen")}
    return [_change(route, outcomes[route], before.get(route), now.get(route)) for route in sorted(outcomes)]


def _change(route: str, outcome: Outcome, before: Standing | None, now: Standing | None) -> Change:
    gone: tuple[Group, ...] = ()
    new: tuple[Group, ...] = ()
    if before is not None and now is not None:
        gone = tuple(group for name, group in before.groups.items() if name not in now.shown)
        new = tuple(group for name, group in now.groups.items() if name not in before.shown)
    return Change(
        route=route,
        pairs=outcome.counted,
        failed=outcome.failed,
        before=before,
        now=now,
        gone=gone,
        new=new,
        unconfirmed=tuple(outcome.unconfirmed.most_common()),
    )


def _past(one: PastVersion) -> Standing:
    return Standing(one.verdict, one.distinct, one.differing, *_groups(one.differences))


def _now(verdict: RouteVerdict) -> Standing:
    distinct = verdict.requests.get("distinct", 0)
    return Standing(verdict.verdict, distinct, verdict.divergence.distinct, *_groups(verdict.differences))


def _groups(differences: Iterable[JudgedDifference]) -> tuple[dict[str, Group], frozenset[str]]:
    several = list(differences)
    opens = {
        found.evidence.fingerprint: Group(found.evidence.where, found.evidence.path, found.evidence.class_)
        for found in several
        if found.status == "open"
    }
    return opens, frozenset(found.evidence.fingerprint for found in several)
