"""How the routes stand under each version of the candidate, and what has changed since the version before.

All by their differences alone: what is known of a past version says nothing of its latency.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator

import msgspec

from shadow.report.charts.axis import moment
from shadow.report.document import Document
from shadow.verdict.model import RouteVerdict, Verdict
from shadow.verdict.wording import one_line, plural

__all__ = ["VersionLine", "VersionTrend", "version_trend"]

_MOST = 4
"""Versions that are listed; the others are said to be left out."""
_LONGEST = 60
_UNNAMED = "without a version"


class VersionLine(msgspec.Struct, frozen=True):
    version: str
    current: bool
    last_seen: str
    """"" where nothing has been compared."""
    routes: int
    """Those that have been compared under it; others say nothing about it."""
    verdicts: dict[Verdict, int]
    """What the differences of so many routes say, zeros included."""
    other_rules: int
    """Routes that were compared under other rules then."""


class VersionTrend(msgspec.Struct, frozen=True):
    lines: tuple[VersionLine, ...]
    """This version first, then those seen last."""
    left_out: int
    sentence: str
    """What has changed; "" where there is nothing to hold this version against."""


class _Seen(msgspec.Struct, frozen=True):
    """One route under one version."""

    verdict: Verdict
    last_seen: float
    alike: bool = True


def version_trend(document: Document) -> VersionTrend | None:
    """None where only one version has been compared: then there is no trend."""
    by_version: dict[str, list[_Seen]] = {}
    for verdict in document.verdicts:
        for version, seen in _by_version(verdict).items():
            by_version.setdefault(version, []).append(seen)
    current = document.candidate_version
    if len(by_version.keys() | {current}) < 2 or not by_version:
        return None
    past = sorted(by_version.keys() - {current}, key=lambda version: (-_last_seen(by_version[version]), version))
    ordered = [current, *past]
    year = dt.datetime.fromtimestamp(document.generated_at, dt.UTC).year
    lines = tuple(_line(version, by_version.get(version, []), year, current=version == current) for version in ordered)
    return VersionTrend(lines[:_MOST], max(0, len(lines) - _MOST), _sentence(document))


def _by_version(verdict: RouteVerdict) -> dict[str, _Seen]:
    """Version of the candidate → what the route has shown under it. Of a version that was compared several times, with
    other rules or another legacy, the last time counts."""
    found: dict[str, _Seen] = {}
    if verdict.parity is not None:
        found[verdict.candidate_version] = _Seen(verdict.parity, verdict.last_seen or 0.0)
    for one in verdict.history.versions:
        found.setdefault(one.candidate_version, _Seen(one.verdict, one.last_seen, one.alike))
    return found


def _last_seen(seen: list[_Seen]) -> float:
    return max(one.last_seen for one in seen)


def _line(version: str, seen: list[_Seen], year: int, *, current: bool) -> VersionLine:
    counted = Counter(one.verdict for one in seen)
    return VersionLine(
        version=one_line(version, _LONGEST) or _UNNAMED,
        current=current,
        last_seen=moment(_last_seen(seen), year) if seen else "",
        routes=len(seen),
        verdicts={verdict: counted[verdict] for verdict in Verdict},
        other_rules=sum(not one.alike for one in seen),
    )


def _sentence(document: Document) -> str:
    held = [verdict for verdict in document.verdicts if verdict.history.trend]
    if not held:
        return ""
    before = _before(held)
    return f"{'; '.join((_routes(held, before), *_groups(held)))}."


def _before(held: list[RouteVerdict]) -> str:
    """What the routes are held against, where that is the same for all: ``version 41``."""
    versions = {last.candidate_version for verdict in held if (last := verdict.history.last) is not None}
    own = {verdict.candidate_version for verdict in held}
    if len(versions) == 1 and versions.isdisjoint(own):
        (version,) = versions
        return f"version {one_line(version, _LONGEST)}" if version else "the build without a version"
    return "the version before"


def _routes(held: list[RouteVerdict], before: str) -> str:
    """``2 routes are better than under version 41, 1 is worse``."""
    trends = Counter(verdict.history.trend for verdict in held)
    told = [(trends[trend], trend) for trend in ("better", "worse") if trends[trend]]
    if not told:
        return f"No route is clearly better or worse than under {before}"
    (number, trend), *others = told
    first = f"{plural(number, 'route')} {_are(number)} {trend} than under {before}"
    return ", ".join([first, *(f"{number:,} {_are(number)} {trend}" for number, trend in others)])


def _groups(held: list[RouteVerdict]) -> Iterator[str]:
    """``3 groups of differences are gone, 1 is new, 1 is back``; nothing where nothing came or went."""
    changes = Counter(found.change for verdict in held for found in verdict.differences if found.status == "open")
    numbers = {
        "gone": sum(len(verdict.history.gone) for verdict in held),
        "new": changes["new"],
        "back": changes["back"],
    }
    told = [(number, word) for word, number in numbers.items() if number]
    if told:
        (number, word), *others = told
        noun = plural(number, "group of differences", "groups of differences")
        yield ", ".join([f"{noun} {_are(number)} {word}", *(f"{n:,} {_are(n)} {word}" for n, word in others)])


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
