"""One walk over two documents, strict about types and aware of rules, that collects where they differ.

Strict: absent is not null, `true` is not 1, and numbers are equal exactly when their values are, to the last digit
(RFC 8259 has one number type, so 1 and 1.0 are equal). The order of members never matters; that of items does.

The walk only goes where something differs: what is the same to the letter is found out in C (`sameness`) and passed
by, which no rule can object to, because rules only make more things the same.
"""

from __future__ import annotations

import time
from collections.abc import Hashable
from decimal import Decimal
from typing import Any

import msgspec

from shadow.compare.base_urls import BaseUrls
from shadow.compare.documents.list_walk import ListWalk, Paired
from shadow.compare.documents.lists import TooDeepError, canonical
from shadow.compare.documents.locations import MapKey
from shadow.compare.documents.sameness import BY_HAND, IN_ORDER, SORTED, Likeness, Writer, likeness
from shadow.compare.documents.selectors import NOWHERE, Place
from shadow.compare.documents.values import ABSENT, Leaf, Repeating, is_number
from shadow.compare.rules import Rules
from shadow.compare.treatment import PLAIN, Spelled, Treatment, merged

__all__ = ["Findings", "walk"]

_MOST = 50_000
"""Leaves that are collected."""
_CLOCK = 16
"""Values between two looks at the clock."""
_MOST_RENAMED = 1_000
"""Members of one object that one side lacks, up to which those are looked for that only changed their name."""
_MAP = 32
"""Members from which on an object may be a map, whose keys are data and not names."""
_SAMPLED = 8
"""Members of a map that are looked at."""
_SCALARS = {str, int, bool}
"""Types whose equal values are also spelled alike."""


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
    reordered: bool = False
    """Somewhere the members of an object stand in another order."""
    unfinished: str = ""
    """Why the walk ended early ("" if it didn't): there may be differences that it has not seen."""


def walk(
    legacy: Any,
    candidate: Any,
    rules: Rules,
    deadline: float = float("inf"),
    *,
    writer: Writer = IN_ORDER,
    lines: dict[int, bytes] | None = None,
) -> Findings:
    """Compare two parsed documents until ``deadline`` (of `time.thread_time`). Never raises.

    ``writer`` is that of `sameness` which fits the documents; ``lines`` are the lists that it has written already.
    """
    steps = _Walk(rules, deadline, writer, {} if lines is None else lines)
    found = steps.findings
    try:
        steps.values(legacy, candidate, rules.root(legacy), rules.root(candidate))
    except (TooDeepError, RecursionError):
        found.unfinished = f"the documents are nested deeper than {rules.max_depth} levels"
    except _OutOfTimeError:
        found.unfinished = "comparing took too long"
    except _TooManyError:
        found.unfinished = f"there are more than {_MOST:,} differences"
    return found


class _Walk:
    def __init__(
        self, rules: Rules, deadline: float, writer: Writer, lines: dict[int, bytes], most: int = _MOST
    ) -> None:
        self.findings = Findings([], [], reordered=writer is SORTED)
        self._rules = rules
        self._urls: BaseUrls = rules.urls
        self._deadline = deadline
        self._most = most
        self._location: list[str | int] = []
        self._values = 0
        self._written = writer, lines
        self._lists = ListWalk(self._urls, *self._written, self._alike if rules.tolerant else None, self.check_clock)

    def values(self, a: Any, b: Any, at: Place[Treatment], bt: Place[Treatment]) -> None:
        """Compare two values at the current location; ``at`` and ``bt`` are their places in the two documents."""
        self._values += 1
        if self._values % _CLOCK == 0:
            self.check_clock()
        # A rule that names one of the two values holds for both.
        treatment = merged(at.payloads + bt.payloads) if at.payloads or bt.payloads else PLAIN
        if isinstance(a, dict) and isinstance(b, dict):
            self._enter()
            self._objects(a, b, at, bt, treatment)
        elif isinstance(a, list) and isinstance(b, list):
            self._enter()
            self._items(a, b, at, bt, treatment)
        else:
            self._others(a, b, treatment)

    def _enter(self) -> None:
        if len(self._location) >= self._rules.max_depth:
            raise TooDeepError

    def check_clock(self) -> None:
        """Raises _OutOfTimeError when the budget is used up."""
        if time.thread_time() > self._deadline:
            raise _OutOfTimeError

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
            spelled = isinstance(one, Spelled) and isinstance(other, Spelled) and a == b
            self._differ(a, b, "number-lexical" if spelled else "")

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

    def _objects(
        self, a: dict[str, Any], b: dict[str, Any], at: Place[Treatment], bt: Place[Treatment], treatment: Treatment
    ) -> None:
        location = self._location
        key_type = MapKey if len(a) > _MAP and _is_map(a, b) else str
        missing = []
        for name, value in a.items():
            other = b.get(name, ABSENT)
            if other is ABSENT:
                missing.append(name)
            # Most members are equal; to see it here saves a call for each. Python's 1 == True is kept out.
            elif value is not other and not (type(value) is type(other) and value == other and type(value) in _SCALARS):
                one, two = at.step(name), bt.step(name)
                if not self._same(value, other, one, two):
                    location.append(key_type(name))
                    self.values(value, other, one, two)
                    location.pop()
        added = [name for name in b if name not in a] if len(b) != len(a) - len(missing) else []
        if missing or added:
            self._one_sided(a, b, missing, added, at, bt, key_type)
        if treatment.ordered or not self.findings.reordered:
            self._order(a, b, treatment)
        if isinstance(a, Repeating) or isinstance(b, Repeating):
            self._repeated(a, b, at, bt)

    def _order(self, a: dict[str, Any], b: dict[str, Any], treatment: Treatment) -> None:
        names, others = list(a), list(b)
        if names == others or [n for n in names if n in b] == [n for n in others if n in a]:
            return
        if treatment.ordered:
            self._differ(names, others, "key-order")
        else:
            self.findings.reordered = True

    def _repeated(self, a: dict[str, Any], b: dict[str, Any], at: Place[Treatment], bt: Place[Treatment]) -> None:
        """Members that an object has twice: which value counts is open, so both sides must repeat them alike."""
        one, other = (side.several if isinstance(side, Repeating) else {} for side in (a, b))
        for name in sorted(one.keys() | other.keys()):
            left, right = one.get(name, []), other.get(name, [])
            # That the last one differs has been found already.
            if len(left) != len(right) or self._forms(left[:-1], at.step(name)) != self._forms(
                right[:-1], bt.step(name)
            ):
                self._differ_at(name, left or ABSENT, right or ABSENT, "repeated-member")

    def _forms(self, values: list[Any], place: Place[Treatment]) -> list[Hashable]:
        room = self._rules.max_depth - len(self._location)
        return [canonical(value, place, room, check_clock=self.check_clock) for value in values]

    def _same(self, a: Any, b: Any, at: Place[Treatment], bt: Place[Treatment]) -> bool:
        """Whether two values are the same to the letter, as far as that can be found out without walking."""
        if type(a) is not type(b):
            return False
        if not isinstance(a, dict | list):
            return bool(a == b) and (type(a) is not Decimal or str(a) == str(b))
        if self._written[0] is BY_HAND:
            return False
        found = likeness(a, b, reordered=self.findings.reordered)
        if found is Likeness.REORDERED:
            if (at or bt) and self._rules.minds_order:
                return False
            self.findings.reordered = True
        return found is not Likeness.OTHER

    def _one_sided(
        self,
        a: dict[str, Any],
        b: dict[str, Any],
        missing: list[str],
        added: list[str],
        at: Place[Treatment],
        bt: Place[Treatment],
        key_type: type[str],
    ) -> None:
        renamed = self._renamed(a, b, missing, added)
        for name in missing + added:
            value, other = a.get(name, ABSENT), b.get(name, ABSENT)
            null = value is None or other is None
            if not (null and merged(at.step(name).payloads + bt.step(name).payloads).null_is_missing):
                self._differ_at(key_type(name), value, other, "key-renamed" if name in renamed else "")

    def _renamed(self, a: dict[str, Any], b: dict[str, Any], missing: list[str], added: list[str]) -> set[str]:
        """Names of members that are on one side as `userId` and on the other as `user_id`, with the same value."""
        if not (missing and added) or max(len(missing), len(added)) > _MOST_RENAMED:
            return set()
        folded = {_fold(name): name for name in added}
        pairs = [(name, folded[_fold(name)]) for name in missing if _fold(name) in folded]
        return {
            name for one, other in pairs if self._alike(a[one], b[other], NOWHERE, NOWHERE) for name in (one, other)
        }

    # -- lists -------------------------------------------------------------------------------------------------------

    def _items(
        self, a: list[Any], b: list[Any], at: Place[Treatment], bt: Place[Treatment], treatment: Treatment
    ) -> None:
        room = self._rules.max_depth - len(self._location)
        if treatment.unordered or treatment.key is not None:
            paired = self._lists.in_any_order(a, b, at, bt, treatment.key, room)
        else:
            paired = self._lists.in_order(a, b, at, bt, room)
        self._paired(a, b, at, bt, paired)

    def _paired(self, a: list[Any], b: list[Any], at: Place[Treatment], bt: Place[Treatment], paired: Paired) -> None:
        if paired.reordered:
            # One difference, instead of one for each item that moved.
            self._differ(a, b, "list-order")
        for i, j in paired.pairs:
            one, two = at.step(i), bt.step(j)
            if a[i] is not b[j] and not self._same(a[i], b[j], one, two):
                self._location.append(i)
                self.values(a[i], b[j], one, two)
                self._location.pop()
        hint = "list-length" if len(a) != len(b) else "list-item"
        for i in paired.missing:
            self._differ_at(i, a[i], ABSENT, hint)
        for j in paired.added:
            self._differ_at(j, ABSENT, b[j], hint)

    # -- what objects and lists both need ----------------------------------------------------------------------------

    def _alike(self, a: Any, b: Any, at: Place[Treatment], bt: Place[Treatment]) -> bool:
        """Whether a walk over these two values would find nothing."""
        self.check_clock()
        within = _Walk(self._rules, self._deadline, *self._written, most=1)
        within._location = [*self._location, 0]
        try:
            within.values(a, b, at, bt)
        except _TooManyError:
            return False
        return True


def _is_map(a: dict[str, Any], b: dict[str, Any]) -> bool:
    """Whether the object is a map from keys to things of one kind: very many members, all objects of one shape."""
    if not all(type(value) is dict for value in a.values()):
        return False
    some = [*a.values()][:: max(1, len(a) // _SAMPLED)] + [v for v in [*b.values()][:_SAMPLED] if type(v) is dict]
    most = max(map(len, some))
    return most > 0 and len(set[str]().union(*some)) <= 1.5 * most


def _spelled_otherwise(one: int | Decimal, other: int | Decimal) -> bool:
    return type(one) is not type(other) or (isinstance(one, Decimal) and str(one) != str(other))


def _fold(name: str) -> str:
    return name.replace("_", "").replace("-", "").casefold()
