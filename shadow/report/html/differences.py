"""The groups of differences of all routes: which are written out, and which a page only lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import msgspec
from markupsafe import Markup

from shadow.report.document import Document
from shadow.report.html.environment import rendered
from shadow.report.html.examples import choose_examples
from shadow.report.html.further import Block, pack_within
from shadow.report.html.page_size import Limits, in_turn
from shadow.report.wording import standing
from shadow.verdict.model import RouteVerdict

__all__ = ["AROUND_ROWS", "Group", "Groups", "differences", "listed"]

_PER_GROUP = 2_500
"""Bytes that a group takes, without its examples."""
_PER_HEADING = 800
"""Bytes of what is said of all groups of one standing, at the most."""
_PER_ROW = 60
"""Bytes that a group takes when it is only listed."""
AROUND_ROWS = 800
"""Bytes of what is said of the groups of a route that aren't written out, at the most."""


class Group(msgspec.Struct, frozen=True):
    """One group as HTML."""

    standing: str
    """As of `wording.standing`."""
    html: Markup


class Groups(msgspec.Struct, frozen=True):
    """What the page says of one route's differences."""

    totals: dict[str, int]
    """Standing → number of groups, whether written out or not."""
    written: tuple[Group, ...]
    further: int
    """Groups that aren't written out."""
    block: Block
    """As many of these as there is room for."""


def differences(
    document: Document, verdicts: list[RouteVerdict], limits: Limits, *, room: int, split: bool = False
) -> list[Markup]:
    """For each route the HTML of its differences, which together take at most ``room`` bytes, and `AROUND_ROWS` each.

    The first group of every route comes before the second of any. Half of the room at the most is for groups
    that are only listed, and a third for those that are written out; what these don't need is for examples.
    """
    turns = list(in_turn([verdict.differences for verdict in verdicts], limits.groups_per_route))[: limits.groups]
    further = sum(len(verdict.differences) for verdict in verdicts) - len(turns)
    for_rows = min(room // 2, _PER_ROW * further)
    for_groups = min(room // 3, _PER_GROUP * len(turns))
    examples = choose_examples(
        document,
        [(verdicts[which].route, judged) for which, _, judged in turns],
        room=room - for_rows - for_groups,
        lines=limits.lines,
    )
    written: list[list[Group]] = [[] for _ in verdicts]
    used = 0
    for which, place, judged in turns:
        stands = standing(judged)
        heads = place == 0 or stands != standing(verdicts[which].differences[place - 1])
        html = rendered(
            "difference.html.j2",
            document=document,
            verdict=verdicts[which],
            judged=judged,
            examples=examples,
            first=place == 0 and stands == "open",
        )
        size = len(html.encode()) + _PER_HEADING * heads
        if used + size > room - for_rows:
            break
        used += size
        written[which].append(Group(stands, html))
    rest = [verdict.differences[len(groups) :] for verdict, groups in zip(verdicts, written, strict=True)]
    blocks = pack_within(room - used, rest)
    return [
        _section(verdict, Groups(_totals(verdict), tuple(groups), len(left), block), split=split)
        for verdict, groups, left, block in zip(verdicts, written, rest, blocks, strict=True)
    ]


def listed(verdicts: list[RouteVerdict], links: Mapping[str, str], *, room: int) -> list[Markup]:
    """For each route a list of its groups, which leads to the page that has them (``links``, by route)."""
    blocks = pack_within(room, [verdict.differences for verdict in verdicts])
    return [
        _section(verdict, Groups(_totals(verdict), (), len(verdict.differences), block), link=links[verdict.route])
        for verdict, block in zip(verdicts, blocks, strict=True)
    ]


def _totals(verdict: RouteVerdict) -> dict[str, int]:
    return Counter(map(standing, verdict.differences))


def _section(verdict: RouteVerdict, groups: Groups, *, split: bool = False, link: str = "") -> Markup:
    return rendered("differences.html.j2", verdict=verdict, groups=groups, split=split, link=link)
