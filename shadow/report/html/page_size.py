"""How much an HTML page may hold, and how room is shared among its routes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import msgspec

__all__ = ["MOST_BYTES", "WHOLE", "Limits", "in_turn", "level"]

MOST_BYTES = 10_000_000
"""Of a whole page: mail, chat and CI artifacts carry it, and a phone opens it."""

T = TypeVar("T")


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What bounds the time to write a page and to open it, beside its bytes."""

    groups: int
    """Groups of differences that are written out; further ones become rows of the `further` list."""
    groups_per_route: int
    lines: int
    """Lines of bodies that are laid out and aligned for examples. The report is written again every few seconds while
    traffic flows, so the time that it takes must not depend on what traffic holds."""


WHOLE = Limits(groups=1_500, groups_per_route=100, lines=40_000)
"""The page with all routes: about three seconds where there is most to say."""


def level(sizes: Iterable[int], room: int) -> int:
    """The most that each may have for all to fit into ``room``: who needs less leaves the rest to the others.

    >>> level([10, 50, 90], 100)
    45
    """
    wanted = sorted(sizes)
    for place, size in enumerate(wanted):
        left = len(wanted) - place
        if size * left > room:
            return max(0, room // left)
        room -= size
    return wanted[-1] if wanted else 0


def in_turn(lists: Sequence[Sequence[T]], most: int) -> Iterator[tuple[int, int, T]]:
    """(place of the list, place in the list, item): the first item of every list, then the second of every list …; of
    each list ``most`` items at the most."""
    for place in range(min(most, max(map(len, lists), default=0))):
        for which, items in enumerate(lists):
            if place < len(items):
                yield which, place, items[place]
