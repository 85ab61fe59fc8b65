"""Better or worse than before? A route's past versions, each judged under today's acceptances and limits.

Nothing here changes a verdict, which is about the evidence of the current version alone.

What a version has *not* shown proves something only if it was asked enough. Of m distinct requests to one version k
showed a difference, of n to the other none: at an unchanged share the chance of that is about (1 - k/(m+1))^n, and
only where it is below 5% is the difference called gone, new or back. (The one more request that would not have shown
it stands for how little is known of the share: one of one proves nothing.) For 3% that takes 100 requests, for 1 of
400 it takes 1,200. The trend asks the same of all that differ: would so few of one version, by the binomial
distribution, be that improbable at the rate of the other?
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from shadow.config import Settings, route_settings
from shadow.evidence.observation import Epoch
from shadow.evidence.past import PastEvidence
from shadow.verdict.acceptance import Acceptances
from shadow.verdict.case import Case
from shadow.verdict.credentials import Refusal, refusals
from shadow.verdict.model import Change, History, JudgedDifference, PastVersion, Trend
from shadow.verdict.tally import tally
from shadow.verdict.timeline import timeline
from shadow.verdict.wording import one_line, plural

__all__ = [
    "history_of",
    "is_surprising",
    "judge_past",
    "newest_of",
    "only_rules_changed",
    "version_name",
    "with_changes",
]

_CHANCE = 0.05
"""What is less probable than this is no chance."""
_LONGEST = 60
"""Characters of a version; it may come from traffic."""
_Refusals = dict[tuple[str, str], tuple[Refusal, ...]]
"""(legacy's version, the candidate's) → the sides whose credentials were at fault then."""


def judge_past(
    past: Mapping[str, Sequence[PastEvidence]], settings: Settings, now: float
) -> dict[str, tuple[PastVersion, ...]]:
    """Route → its past versions as they stand today, in the order in which they are given."""
    refused = _refusals(past)
    return {route: _judge(route, several, refused, settings, now) for route, several in past.items()}


def history_of(past: Sequence[PastVersion], case: Case, epoch: Epoch) -> History:
    """The past beside the case of now, whose evidence is that of ``epoch``."""
    last = _last(past)
    if last is None or not case.trials:
        return History(versions=tuple(past), sentence=_incomparable(past, epoch) if case.trials else "")
    shown = {found.evidence.fingerprint for found in case.tally.differences}
    missing = [found for found in last.open if found.evidence.fingerprint not in shown]
    gone = [found for found in missing if is_surprising(case.tally.distinct, 0, _share(found, last.distinct))]
    trend = _trend(last, case)
    return History(
        versions=tuple(past),
        trend=trend,
        sentence=f"{_TREND[trend]} {version_name(last, epoch)}: {_then_and_now(last, case)}",
        gone=tuple(gone),
        not_seen_yet=tuple(found for found in missing if found not in gone),
    )


def newest_of(past: Sequence[PastVersion], epoch: Epoch) -> str:
    """Whose evidence is the newest that there is beside that of ``epoch``: ``v1 (412 distinct requests)``."""
    newest = _newest(past)
    if newest is None:
        return ""
    rules = "" if newest.alike else " under other rules"
    return f"{version_name(newest, epoch)}{rules} ({plural(newest.distinct, 'distinct request')})"


def only_rules_changed(past: Sequence[PastVersion], epoch: Epoch) -> bool:
    """Whether that is evidence of the versions of ``epoch``, under other comparison rules."""
    newest = _newest(past)
    if newest is None or newest.alike:
        return False
    return newest.legacy_version == epoch.legacy_version and newest.candidate_version == epoch.candidate_version


def _newest(past: Sequence[PastVersion]) -> PastVersion | None:
    return max(past, key=lambda one: one.last_seen, default=None)


def with_changes(past: Sequence[PastVersion], case: Case) -> tuple[JudgedDifference, ...]:
    """The differences of now, with what is new or back among them marked."""
    last = _last(past)
    if last is None:
        return case.tally.differences
    in_last = _shown_by([last])
    earlier = _shown_by([one for one in past if one.before])

    def change(found: JudgedDifference) -> Change:
        fingerprint = found.evidence.fingerprint
        if fingerprint in in_last or not is_surprising(last.distinct, 0, _share(found, case.tally.distinct)):
            return ""
        return "back" if fingerprint in earlier else "new"

    return tuple(replace(found, change=change(found)) for found in case.tally.differences)


def is_surprising(n: int, s: int, share: float) -> bool:
    """Whether ``s`` hits or fewer among ``n`` are less probable than 5% where ``share`` (< 1) of all are hits."""
    if s >= n * share:  # The median of a binomial distribution is no more than its mean, rounded up.
        return False
    term = math.exp(
        math.lgamma(n + 1)
        - math.lgamma(s + 1)
        - math.lgamma(n - s + 1)
        + s * math.log(share)
        + (n - s) * math.log1p(-share)
    )
    total = term
    # Below the mean each probability is a smaller part of the next, so a few of them are the whole sum.
    while s and term > total * 1e-12 and total < _CHANCE:
        term *= s * (1 - share) / ((n - s + 1) * share)
        total += term
        s -= 1
    return total < _CHANCE


def version_name(one: PastVersion, epoch: Epoch) -> str:
    """What tells a past version from that of ``epoch``: ``v1``, ``v1 with legacy 3``."""
    candidate = one_line(one.candidate_version, _LONGEST) or "the build without a version"
    if one.legacy_version == epoch.legacy_version:
        return candidate
    legacy = f"legacy {one_line(one.legacy_version, _LONGEST) or 'without a version'}"
    return f"{'the same build' if one.candidate_version == epoch.candidate_version else candidate} with {legacy}"


def _refusals(past: Mapping[str, Sequence[PastEvidence]]) -> _Refusals:
    """A token that was missing then says nothing about the code of then, as it says nothing about that of now."""
    together = defaultdict(list)
    for several in past.values():
        for one in several:
            together[_versions(one)].append(one.evidence)
    return {versions: refusals(evidences) for versions, evidences in together.items()}


def _versions(one: PastEvidence) -> tuple[str, str]:
    return one.evidence.epoch.legacy_version, one.evidence.epoch.candidate_version


def _judge(
    route: str, past: Sequence[PastEvidence], refused: _Refusals, settings: Settings, now: float
) -> tuple[PastVersion, ...]:
    limits, acceptances = route_settings(settings, route).verdict, Acceptances.of(settings, route, now)
    versions = []
    for one in past:
        refusing = refused[_versions(one)]
        case = Case(
            route=route,
            limits=limits,
            counters=one.evidence.counters,
            seen=one.evidence.seen,
            latency=one.evidence.latency,
            tally=tally(one.evidence, acceptances, [refusal.side for refusal in refusing]),
            paused=False,
            refusals=refusing,
        )
        versions.append(_version(one, case))
    return tuple(versions)


def _version(one: PastEvidence, case: Case) -> PastVersion:
    legacy, candidate = _versions(one)
    return PastVersion(
        legacy_version=legacy,
        candidate_version=candidate,
        before=one.epoch.before,
        alike=one.epoch.alike,
        sampled=one.sampled,
        first_seen=one.evidence.first_seen,
        last_seen=one.evidence.last_seen,
        distinct=case.tally.distinct,
        differing=case.tally.differing,
        unanswered=case.unanswered,
        upper=case.bound,
        verdict=case.parity,
        differences=case.tally.differences,
        timeline=timeline(one.evidence.activity, case.tally),
    )


def _last(past: Sequence[PastVersion]) -> PastVersion | None:
    return History(versions=tuple(past)).last


def _shown_by(versions: Sequence[PastVersion]) -> set[str]:
    return {found.evidence.fingerprint for one in versions for found in one.differences}


def _share(found: JudgedDifference, distinct: int) -> float:
    """Of ``distinct`` requests to its version the share that showed it, cautiously."""
    if found.distinct:
        return found.distinct / (distinct + 1 if distinct >= found.distinct else found.distinct + 1)
    if found.evidence.where == "transport":  # Where no answer came, the request is not in ``distinct``.
        return found.evidence.count / (distinct + found.evidence.count + 1)
    return 1 / (max(distinct, 1) + 1)


def _trend(last: PastVersion, case: Case) -> Trend:
    then, now = (last.trials, last.hits), (case.trials, case.hits)
    if is_surprising(*now, _rate(*then)):
        return "better"
    return "worse" if is_surprising(*then, _rate(*now)) else "same"


def _rate(trials: int, hits: int) -> float:
    return hits / (trials + 1)


_TREND: dict[Trend, str] = {"better": "better than", "worse": "worse than", "same": "no clear change from"}


def _then_and_now(last: PastVersion, case: Case) -> str:
    tally = case.tally
    then = f"{last.differing:,} of {plural(last.distinct, 'distinct request')} differed"
    return f"{then}{_and(last.unanswered)}, now {tally.differing:,} of {tally.distinct:,}{_and(case.unanswered)}"


def _and(unanswered: int) -> str:
    return f" and {unanswered:,} got no answer" if unanswered else ""


def _incomparable(past: Sequence[PastVersion], epoch: Epoch) -> str:
    before = next((one for one in past if one.before), None)
    if before is None:
        return ""
    if (before.legacy_version, before.candidate_version) == (epoch.legacy_version, epoch.candidate_version):
        return "the comparison rules have changed, so this can't be held against what was seen before"
    return f"compared under other rules than {version_name(before, epoch)}, so the two can't be held against each other"
