"""Which items of two lists are compared with each other: a pairing of all of them, in order or in any order.

Equal items are found in C wherever possible (`sameness`); only what is left is looked at with the rules in hand.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

from shadow.compare.base_urls import BaseUrls
from shadow.compare.documents.alignment import Alignment, align, identity, names_of
from shadow.compare.documents.lists import Pairs, cancel, canonical, pair_by_key, pair_by_likeness
from shadow.compare.documents.sameness import SORTED, UNWRITABLE, Writer
from shadow.compare.documents.selectors import Matcher, Place
from shadow.compare.treatment import Treatment
from shadow.config.jsonpath import ANY, Step
from shadow.exchange import Side

__all__ = ["ListWalk", "Paired"]

_MOST_RULED = 500
"""Items that are looked at under rules, to find out whether they only moved."""
_MOST_ALIGNED = 200_000
"""Items beyond which those of the same index belong together: there is no time to look for others."""
_DEEPEST = 900
"""Levels of an item that can't be written as JSON text."""


def _everywhere(treatment: Treatment) -> Place[Treatment]:
    """The root of a document in which the treatment holds for every value."""
    return Matcher([((), treatment), ((Step((ANY,), deep=True),), treatment)]).root


_SPELLED = _everywhere(Treatment(as_="lexical"))
_SPELLED_IN_ORDER = _everywhere(Treatment(as_="lexical", ordered=True))

Alike = Callable[[Any, Any, Place[Treatment], Place[Treatment]], bool]


class Paired(NamedTuple):
    """How the items of two lists belong together; indexes into legacy's and the candidate's list."""

    pairs: Pairs
    """What is to be compared; items that are the same to the letter may be left out."""
    missing: Sequence[int] = ()
    """Legacy's items without a partner."""
    added: Sequence[int] = ()
    """The candidate's."""
    reordered: bool = False
    """The items that both have stand in another order, where order matters."""


class ListWalk:
    """``alike`` compares two items under the rules, where a tolerance makes that more than being equal.

    ``check_clock`` raises when the time is up.
    ``writer`` makes items that are the same to the letter into the same text, and others not; ``lines`` has what it
    has written of some lists already (see `Writer.text`).
    """

    def __init__(
        self,
        urls: BaseUrls,
        writer: Writer,
        lines: dict[int, bytes],
        alike: Alike | None,
        check_clock: Callable[[], None],
    ) -> None:
        self._urls = urls
        self._writer = writer
        self._lines = lines
        self._alike = alike
        self._check_clock = check_clock

    # -- in order ----------------------------------------------------------------------------------------------------

    def in_order(self, a: list[Any], b: list[Any], at: Place[Treatment], bt: Place[Treatment], room: int) -> Paired:
        """Items of the same index, unless another pairing is plainly what happened. ``room``: levels that are left."""
        one, other = self._tokens(a), self._tokens(b)
        self._check_clock()
        start, end = _common_ends(one, other)
        n, m = len(a) - end, len(b) - end
        if start in (n, m):
            return Paired([], range(start, n), range(start, m))
        if (n - start, m - start) != (1, 1) and max(n, m) - start <= _MOST_ALIGNED:
            self._check_clock()
            aligned = self._aligned(a[start:n], b[start:m], one[start:n], other[start:m], at, bt, start, room)
            if aligned is not None:
                return _shifted(aligned, start)
        shorter = min(n, m)
        pairs = [(i, i) for i in range(start, shorter) if one[i] != other[i]]
        return Paired(pairs, range(shorter, n), range(shorter, m))

    def _aligned(
        self,
        a: list[Any],
        b: list[Any],
        one: list[Hashable],
        other: list[Hashable],
        at: Place[Treatment],
        bt: Place[Treatment],
        start: int,
        room: int,
    ) -> Paired | None:
        name = identity(a, b)
        self._check_clock()
        if name is not None:
            aligned = align(names_of(a, name), names_of(b, name), named=True)
            return aligned and _rest(aligned, one, other)
        left, right = cancel(one, other)
        if left and right and max(len(a), len(b)) <= _MOST_RULED:
            # Items may be equal that are not the same to the letter: 1 and 1.0, or whatever the rules say.
            one = self._canonical(a, range(len(a)), at, Side.LEGACY, start, room)
            other = self._canonical(b, range(len(b)), bt, Side.CANDIDATE, start, room)
            left, right = cancel(one, other)
        if one == other:
            return None
        if not left and not right:
            moved = (i for i in range(len(a)) if one[i] != other[i])
            # [1, 1.0] and [1.0, 1] are the same, spelled otherwise.
            same = all(
                self._form(a[i], at.step(start + i), room) == self._form(b[i], bt.step(start + i), room) for i in moved
            )
            return None if same else Paired([], reordered=True)
        aligned = align(one, other, named=False)
        return aligned and _rest(aligned, one, other)

    # -- in any order ------------------------------------------------------------------------------------------------

    def in_any_order(
        self,
        a: list[Any],
        b: list[Any],
        at: Place[Treatment],
        bt: Place[Treatment],
        key: str | None,
        room: int,
    ) -> Paired:
        """Equal items cancel; the rest is paired as well as may be, and what finds no partner is missing or added."""
        one, other = cancel(self._tokens(a), self._tokens(b))
        self._check_clock()
        # As the rules see them, first as they are, then without base URLs: either way of being equal will do.
        for side, opposite in ((None, None), (Side.LEGACY, Side.CANDIDATE)):
            if one and other and (side is None or self._urls.known):
                left = self._canonical(a, one, at, side, 0, room)
                right = self._canonical(b, other, bt, opposite, 0, room)
                still, yet = cancel(left, right)
                one, other = [one[i] for i in still], [other[j] for j in yet]
        pairs = self._partners(a, b, one, other, at, bt, key)
        paired, partnered = {i for i, _ in pairs}, {j for _, j in pairs}
        return Paired(pairs, [i for i in one if i not in paired], [j for j in other if j not in partnered])

    def _partners(
        self,
        a: list[Any],
        b: list[Any],
        one: list[int],
        other: list[int],
        at: Place[Treatment],
        bt: Place[Treatment],
        key: str | None,
    ) -> Pairs:
        key = key or identity([a[i] for i in one], [b[j] for j in other])
        if key is not None:
            return pair_by_key(a, b, one, other, key)
        alike = self._alike
        if alike is None:
            return pair_by_likeness(a, b, one, other, None)
        return pair_by_likeness(a, b, one, other, lambda i, j: alike(a[i], b[j], at.step(i), bt.step(j)))

    def _canonical(
        self,
        items: list[Any],
        indexes: Iterable[int],
        place: Place[Treatment],
        side: Side | None,
        start: int,
        room: int,
    ) -> list[Hashable]:
        neutral = str if side is None else partial(self._urls.neutral, side)
        return [self._form(items[index], place.step(start + index), room, neutral) for index in indexes]

    def _form(self, item: Any, place: Place[Treatment], room: int, neutral: Callable[[str], str] = str) -> Hashable:
        return canonical(item, place, room - 1, neutral, self._check_clock)

    def _tokens(self, items: list[Any]) -> list[Hashable]:
        """Equal exactly where items are the same to the letter."""
        try:
            text = self._lines.get(id(items)) or self._writer.lines(items)
        except UNWRITABLE:
            return [*map(self._token, items)]
        tokens: list[Hashable] = [*text.split(b"\n")]
        tokens.pop()
        return tokens

    def _token(self, item: Any) -> Hashable:
        try:
            return self._writer.one(item)
        except UNWRITABLE:
            place = _SPELLED if self._writer is SORTED else _SPELLED_IN_ORDER
            return canonical(item, place, _DEEPEST, check_clock=self._check_clock)


def _common_ends(one: list[Hashable], other: list[Hashable]) -> tuple[int, int]:
    """How many tokens are the same at the beginning, and at the end of what is left."""
    shorter = min(len(one), len(other))
    start = next((i for i in range(shorter) if one[i] != other[i]), shorter)
    rest = shorter - start
    return start, next((i for i in range(rest) if one[-1 - i] != other[-1 - i]), rest)


def _rest(aligned: Alignment, one: list[Hashable], other: list[Hashable]) -> Paired:
    """All items of both lists, less the pairs whose tokens are the same."""
    left, right = {i for i, _ in aligned.pairs}, {j for _, j in aligned.pairs}
    return Paired(
        [(i, j) for i, j in aligned.pairs if one[i] != other[j]],
        [i for i in range(len(one)) if i not in left],
        [j for j in range(len(other)) if j not in right],
        aligned.reordered,
    )


def _shifted(paired: Paired, by: int) -> Paired:
    return Paired(
        [(i + by, j + by) for i, j in paired.pairs],
        [i + by for i in paired.missing],
        [j + by for j in paired.added],
        paired.reordered,
    )
