"""One walk over two JSON documents, strict about types and aware of rules, that collects where they differ.

Strict: absent is not null, `true` is not 1, and numbers are equal exactly when their values are, to the last digit
(RFC 8259 has one number type, so 1 and 1.0 are equal). The order of members never matters; that of items does.
"""

from __future__ import annotations

import time
from collections.abc import Hashable
from decimal import Decimal
from functools import partial
from typing import Any

import msgspec

from shadow.compare.base_urls import BaseUrls
from shadow.compare.documents.lists import TooDeepError, cancel, canonical, pair_by_key, pair_by_likeness
from shadow.compare.documents.selectors import Matcher, Place
from shadow.compare.documents.values import ABSENT, Leaf, is_number
from shadow.compare.rules import Rules
from shadow.compare.treatment import PLAIN, Treatment, merged
from shadow.exchange import Side

__all__ = ["DEEPEST", "Findings", "walk"]

DEEPEST = 200
"""Levels of nesting that are compared."""
_MOST = 50_000
"""Leaves that are collected."""
_SIMPLE = {str, int, bool}
"""Types in which equal values are also spelled alike."""
_CLOCK = 256
"""Values between two looks at the clock."""
NOWHERE: Place[Treatment] = Matcher[Treatment](()).root
"""A place that no rule names or reaches."""


class _OutOfTimeError(Exception):
    """The budget is used up."""


class _TooManyError(Exception):
    """There are as many differences as were asked for."""


class Findings(msgspec.Struct):
    """What a walk has found."""

    leaves: list[Leaf]
    """Differences, in the order of legacy's document."""
    spellings: list[Leaf]
    """Numbers that are equal but written otherwise: 1 and 1.0."""
    unfinished: str = ""
    """Why the walk ended early ("" if it didn't): there may be differences that it has not seen."""


def walk(legacy: Any, candidate: Any, rules: Rules, deadline: float = float("inf")) -> Findings:
    """Compare two parsed documents until ``deadline`` (of `time.thread_time`). Never raises."""
    steps = _Walk(rules.urls, deadline)
    found = steps.findings
    try:
        steps.values(legacy, candidate, rules.root(legacy), rules.root(candidate))
    except (TooDeepError, RecursionError):
        found.unfinished = f"the documents are nested deeper than {DEEPEST} levels"
    except _OutOfTimeError:
        found.unfinished = "comparing took too long"
    except _TooManyError:
        found.unfinished = f"there are more than {_MOST:,} differences"
    return found


class _Walk:
    def __init__(self, urls: BaseUrls, deadline: float, most: int = _MOST) -> None:
        self.findings = Findings([], [])
        self._urls = urls
        self._deadline = deadline
        self._most = most
        self._location: list[str | int] = []
        self._visited = 0

    def values(self, a: Any, b: Any, at: Place[Treatment], bt: Place[Treatment]) -> None:
        """Compare two values at the current location; ``at`` and ``bt`` are their places in the two documents."""
        self._visited += 1
        if self._visited % _CLOCK == 0:
            self._check_clock()
        # A rule that names one of the two values holds for both.
        treatment = merged(at.payloads + bt.payloads) if at.payloads or bt.payloads else PLAIN
        if type(a) is dict and type(b) is dict:
            self._objects(a, b, at, bt)
        elif type(a) is list and type(b) is list:
            self._lists(a, b, at, bt, treatment)
        else:
            self._others(a, b, treatment)

    # -- scalars, and values of different types ----------------------------------------------------------------------

    def _others(self, a: Any, b: Any, treatment: Treatment) -> None:
        one, other = (a, b) if treatment is PLAIN else (treatment.normalise(a), treatment.normalise(b))
        if type(one) is str and type(other) is str:
            if not self._urls.same(one, other):
                self._differ(a, b)
        elif is_number(one) and is_number(other):
            if one == other:
                if treatment is PLAIN and _spelled_otherwise(one, other):
                    self.findings.spellings.append(Leaf(tuple(self._location), a, b))
            elif not treatment.near(one, other):
                self._differ(a, b)
        elif (type(one) is not type(other) or one != other) and not treatment.near(one, other):
            self._differ(a, b)

    def _differ(self, a: Any, b: Any, hint: str = "") -> None:
        leaves = self.findings.leaves
        leaves.append(Leaf(tuple(self._location), a, b, hint))
        if len(leaves) >= self._most:
            raise _TooManyError

    def _differ_at(self, key: str | int, a: Any, b: Any, hint: str) -> None:
        self._location.append(key)
        self._differ(a, b, hint)
        self._location.pop()

    # -- objects -----------------------------------------------------------------------------------------------------

    def _objects(self, a: dict[str, Any], b: dict[str, Any], at: Place[Treatment], bt: Place[Treatment]) -> None:
        self._check_depth()
        location = self._location
        missing = []
        for name, value in a.items():
            other = b.get(name, ABSENT)
            if other is ABSENT:
                missing.append(name)
            elif value is not other and not (
                # Most members are equal; to see it here saves a call for each. Python's 1 == True is kept out.
                type(value) in _SIMPLE and type(value) is type(other) and value == other
            ):
                location.append(name)
                self.values(value, other, at.step(name), bt.step(name))
                location.pop()
        added = [name for name in b if name not in a] if len(b) != len(a) - len(missing) else []
        if missing or added:
            self._one_sided(a, b, missing, added, at, bt)

    def _one_sided(
        self,
        a: dict[str, Any],
        b: dict[str, Any],
        missing: list[str],
        added: list[str],
        at: Place[Treatment],
        bt: Place[Treatment],
    ) -> None:
        renamed = self._renamed(a, b, missing, added)
        for name in missing + added:
            value, other = a.get(name, ABSENT), b.get(name, ABSENT)
            null = value is None or other is None
            if not (null and merged(at.step(name).payloads + bt.step(name).payloads).null_is_missing):
                self._differ_at(name, value, other, "key-renamed" if name in renamed else "")

    def _renamed(self, a: dict[str, Any], b: dict[str, Any], missing: list[str], added: list[str]) -> set[str]:
        """Names of members that are on one side as `userId` and on the other as `user_id`, with the same value."""
        folded = {_fold(name): name for name in added}
        pairs = [(name, folded[_fold(name)]) for name in missing if _fold(name) in folded]
        return {name for one, other in pairs if self._same(a[one], b[other]) for name in (one, other)}

    # -- lists -------------------------------------------------------------------------------------------------------

    def _lists(
        self, a: list[Any], b: list[Any], at: Place[Treatment], bt: Place[Treatment], treatment: Treatment
    ) -> None:
        self._check_depth()
        if treatment.unordered or treatment.key is not None:
            self._in_any_order(a, b, at, bt, treatment.key)
        else:
            self._in_order(a, b, at, bt)

    def _in_order(self, a: list[Any], b: list[Any], at: Place[Treatment], bt: Place[Treatment]) -> None:
        leaves, spellings = self.findings.leaves, self.findings.spellings
        before = len(leaves), len(spellings)
        for index, (one, other) in enumerate(zip(a, b, strict=False)):
            if one is not other:
                self._location.append(index)
                self.values(one, other, at.step(index), bt.step(index))
                self._location.pop()
        if len(a) == len(b) > 1 and len(leaves) > before[0] and self._permuted(a, b, at, bt):
            # One difference, instead of one for each item that moved.
            del leaves[before[0] :], spellings[before[1] :]
            self._differ(a, b, "list-order")
        for index in range(len(b), len(a)):
            self._differ_at(index, a[index], ABSENT, "list-length")
        for index in range(len(a), len(b)):
            self._differ_at(index, ABSENT, b[index], "list-length")

    def _permuted(self, a: list[Any], b: list[Any], at: Place[Treatment], bt: Place[Treatment]) -> bool:
        left = cancel(self._canonical(a, at, Side.LEGACY), self._canonical(b, bt, Side.CANDIDATE))
        return left == ([], [])

    def _in_any_order(
        self, a: list[Any], b: list[Any], at: Place[Treatment], bt: Place[Treatment], key: str | None
    ) -> None:
        """Equal items cancel; the rest is paired as well as may be, and what finds no partner is missing or added."""
        # First as they are, then with each side's base URL taken out: either way of being equal will do.
        one, other = cancel(self._canonical(a, at, None), self._canonical(b, bt, None))
        if one and other and self._urls.known:
            left, right = cancel(
                self._canonical([a[i] for i in one], at, Side.LEGACY, one),
                self._canonical([b[j] for j in other], bt, Side.CANDIDATE, other),
            )
            one, other = [one[i] for i in left], [other[j] for j in right]
        if key is not None:
            pairs = pair_by_key(a, b, one, other, key)
        else:
            pairs = pair_by_likeness(a, b, one, other, lambda i, j: self._same(a[i], b[j], at.step(i), bt.step(j)))
        for i, j in pairs:
            self._location.append(i)
            self.values(a[i], b[j], at.step(i), bt.step(j))
            self._location.pop()
        hint = "list-length" if len(a) != len(b) else ""
        for i in sorted(set(one) - {i for i, _ in pairs}):
            self._differ_at(i, a[i], ABSENT, hint)
        for j in sorted(set(other) - {j for _, j in pairs}):
            self._differ_at(j, ABSENT, b[j], hint)

    # -- what both need ----------------------------------------------------------------------------------------------

    def _same(self, a: Any, b: Any, at: Place[Treatment] = NOWHERE, bt: Place[Treatment] = NOWHERE) -> bool:
        """Whether a walk over these two values would find nothing."""
        self._check_clock()
        within = _Walk(self._urls, self._deadline, most=1)
        within._location = [*self._location, 0]
        try:
            within.values(a, b, at, bt)
        except _TooManyError:
            return False
        return True

    def _canonical(
        self, items: list[Any], place: Place[Treatment], side: Side | None, indexes: list[int] | None = None
    ) -> list[Hashable]:
        neutral = str if side is None else partial(self._urls.neutral, side)
        room = DEEPEST - len(self._location)
        found = []
        for index, item in zip(indexes or range(len(items)), items, strict=True):
            self._check_clock()
            found.append(canonical(item, place.step(index), neutral, room))
        return found

    def _check_depth(self) -> None:
        if len(self._location) >= DEEPEST:
            raise TooDeepError

    def _check_clock(self) -> None:
        if time.thread_time() > self._deadline:
            raise _OutOfTimeError


def _spelled_otherwise(one: int | Decimal, other: int | Decimal) -> bool:
    return type(one) is not type(other) or (isinstance(one, Decimal) and str(one) != str(other))


def _fold(name: str) -> str:
    return name.replace("_", "").replace("-", "").casefold()
