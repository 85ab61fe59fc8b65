"""The headers of both responses side by side, by name."""

from __future__ import annotations

from collections.abc import Collection
from itertools import zip_longest

import msgspec

from shadow.exchange import Response
from shadow.report.example.words import Segment, shortened, whole, words_marked
from shadow.report.visible import clip

__all__ = ["HeaderRow", "header_rows"]

_MOST_HEADERS = 80
_LONGEST = 1_000


class HeaderRow(msgspec.Struct, frozen=True):
    """One value of each side, cut where they differ; None where the side has none."""

    name: str
    legacy: tuple[Segment, ...] | None
    candidate: tuple[Segment, ...] | None
    differs: bool
    here: bool = False
    """It is what was asked for."""


def header_rows(legacy: Response, candidate: Response, places: Collection[str] = ()) -> tuple[HeaderRow, ...]:
    """Names of both sides, a name that occurs more than once in as many rows: first those of ``places`` (in lower
    case), then others that differ, then the rest, each in legacy's order."""
    ours, theirs = _by_name(legacy), _by_name(candidate)
    rows = [
        _row(name, one, other, name in places)
        for name in {**ours, **theirs}
        for one, other in zip_longest(ours.get(name, []), theirs.get(name, []))
    ]
    return tuple(sorted(rows, key=lambda row: (not row.here, not row.differs))[:_MOST_HEADERS])


def _row(name: str, one: str | None, other: str | None, wanted: bool) -> HeaderRow:
    shown = clip(name, 100)
    if one is None or other is None or one == other:
        cells = (None if one is None else whole(one), None if other is None else whole(other))
        return HeaderRow(shown, *cells, one != other, wanted and one != other)
    left, right = words_marked(one, other)
    return HeaderRow(shown, shortened(left), shortened(right), True, wanted)


def _by_name(response: Response) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in response.headers:
        found.setdefault(name.lower(), []).append(clip(value, _LONGEST))
    return found
