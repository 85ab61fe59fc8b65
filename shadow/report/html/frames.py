"""Routes without their differences: as much of each as there is room for all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import msgspec
from markupsafe import Markup

from shadow.report.charts import sparkline_axis
from shadow.report.document import Document
from shadow.report.html.environment import rendered
from shadow.report.html.page_size import level
from shadow.verdict.model import RouteVerdict

__all__ = ["Frame", "frames"]

_DETAIL = (100, 25, 5, 0)
"""Rows of a table of history or coverage: the most that are in order, then ever fewer."""
_SLOT = Markup("\0")
"""Where the differences go. No text can have it, because hidden characters are written out."""


class Frame(msgspec.Struct, frozen=True):
    verdict: RouteVerdict
    before: Markup
    after: Markup
    """What comes before the differences, and what comes after them."""

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.before.encode()) + len(self.after.encode())

    def around(self, differences: Markup) -> Markup:
        return self.before + differences + self.after


def frames(
    document: Document,
    verdicts: Iterable[RouteVerdict],
    *,
    room: int,
    alone: bool = False,
    links: Mapping[str, str] = MappingProxyType({}),
) -> list[Frame]:
    """All routes, each open where it stands ``alone``, and leading to its own page where ``links`` (by route) has it;
    with fewer rows in those that take more than their share of ``room`` bytes. Each has its line and its reasons in
    any case, so together they may still take more."""

    axis = sparkline_axis(document)

    def frame(verdict: RouteVerdict, most_rows: int) -> Frame:
        html = rendered(
            "route.html.j2",
            document=document,
            verdict=verdict,
            axis=axis,
            most_differences=most_rows,
            differences=_SLOT,
            alone=alone,
            link=links.get(verdict.route, ""),
        )
        before, _, after = html.partition(_SLOT)
        return Frame(verdict, before, after)

    found = [frame(verdict, _DETAIL[0]) for verdict in verdicts]
    for rows in _DETAIL[1:]:
        sizes = [one.size for one in found]
        if sum(sizes) <= room:
            break
        due = level(sizes, room)
        found = [one if size <= due else frame(one.verdict, rows) for one, size in zip(found, sizes, strict=True)]
    return found
