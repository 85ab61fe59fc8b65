"""A route's history as a page shows it: one line per version, and lists of what came and went."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from shadow.report.wording import count, percent, utc
from shadow.verdict.model import JudgedDifference, PastVersion, RouteVerdict, Verdict
from shadow.verdict.wording import one_line

__all__ = ["HistoryList", "HistoryView", "VersionRow", "trend_phrase", "versions_of", "view_history"]

_UNNAMED = "without a version"
_MOST_LISTED = 10
_MOST_NAMED = 3
"""Versions that are named in a sentence."""
_LONGEST = 60
"""Characters of a version; it may come from traffic."""


class VersionRow(msgspec.Struct, frozen=True):
    """One version of the table."""

    verdict: Verdict
    """What its differences say, taken alone."""
    version: str
    about: str
    """What to know before comparing it with the others; "" for nothing."""
    when: str
    distinct: str
    differ: str


class HistoryList(msgspec.Struct, frozen=True):
    """Groups of differences that have the same fate."""

    title: str
    meaning: str
    amount: int
    differences: tuple[JudgedDifference, ...]
    """As many of them as there is room for."""


class HistoryView(msgspec.Struct, frozen=True):
    sentence: str
    rows: tuple[VersionRow, ...]
    """Past versions, those that answered last first."""
    left_out: int
    """Versions for which there was no room."""
    lists: tuple[HistoryList, ...]


def view_history(verdict: RouteVerdict, room: int) -> HistoryView | None:
    """None for a route without a past. ``room`` is how many lines there may be of a kind."""
    history = verdict.history
    if not history.versions:
        return None
    rows = tuple(map(_row, history.versions[:room]))
    return HistoryView(
        sentence=history.sentence,
        rows=rows,
        left_out=len(history.versions) - len(rows),
        lists=tuple(_lists(verdict, min(room, _MOST_LISTED))) if room else (),
    )


def _lists(verdict: RouteVerdict, room: int) -> Iterator[HistoryList]:
    """What is new, back, gone or not seen yet, as far as anything is."""
    changed = [found for found in verdict.differences if found.status == "open"]
    for title, meaning, differences in (
        ("New", "not shown by the version before", [found for found in changed if found.change == "new"]),
        ("Back", "shown by an earlier version, not by the one before", [f for f in changed if f.change == "back"]),
        ("Gone", "shown by the version before, and no more", verdict.history.gone),
        ("Not seen yet", "shown by the version before; too few requests to call it gone", verdict.history.not_seen_yet),
    ):
        if differences:
            yield HistoryList(title, meaning, len(differences), tuple(differences[:room]))


def versions_of(verdict: RouteVerdict, groups: Iterable[JudgedDifference]) -> dict[str, str]:
    """Fingerprint → which versions showed that group of the route's differences: ``in this version and in 41, 40``,
    ``new in this version``; nothing where no other version is known."""
    if not verdict.history.versions:
        return {}
    showed: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for one in verdict.history.versions:
        # The same version under other rules tells nobody anything.
        if one.candidate_version != verdict.candidate_version:
            for found in one.differences:
                showed[found.evidence.fingerprint][one.candidate_version] = None
    return {
        judged.evidence.fingerprint: _showed(judged, list(showed.get(judged.evidence.fingerprint, ())))
        for judged in groups
    }


def _showed(judged: JudgedDifference, versions: list[str]) -> str:
    if not versions:
        return "new in this version" if judged.change == "new" else "only seen in this version"
    named = [one_line(version, _LONGEST) or "a build without a version" for version in versions[:_MOST_NAMED]]
    more = f" and {len(versions) - _MOST_NAMED} more" if len(versions) > _MOST_NAMED else ""
    return f"in this version and in {', '.join(named)}{more}"


def trend_phrase(verdict: RouteVerdict) -> str:
    """``worse than before``, ``better than before``; "" where there is no clear change."""
    trend = verdict.history.trend
    return f"{trend} than before" if trend in ("better", "worse") else ""


def _row(one: PastVersion) -> VersionRow:
    about = ("" if one.alike else "other comparison rules", "" if one.before else "a later version")
    return VersionRow(
        verdict=one.verdict,
        version=_label(one),
        about=", ".join(filter(None, (*about, "a sample" if one.sampled else ""))),
        when=f"{utc(one.first_seen)} to {utc(one.last_seen)}",
        distinct=count(one.distinct),
        differ=f"{count(one.differing)} ({percent(one.rate)})",
    )


def _label(one: PastVersion) -> str:
    candidate = one.candidate_version or _UNNAMED
    return f"{candidate}, legacy {one.legacy_version}" if one.legacy_version else candidate
