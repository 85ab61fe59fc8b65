"""Lists whose order doesn't matter: equal items cancel each other out, the rest is paired by key or by likeness.

Equal items are found through hashable forms of them that are equal exactly when the items are; hashing digests
instead, or Python's own equality (in which ``True == 1``), would call different items the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from decimal import Decimal
from typing import Any

from shadow.compare.documents.selectors import Place
from shadow.compare.documents.values import Repeating, is_number
from shadow.compare.treatment import PLAIN, Treatment, merged

__all__ = ["Pairs", "TooDeepError", "cancel", "canonical", "number_token", "pair_by_key", "pair_by_likeness"]

_MOST_PAIRS = 2500
"""Combinations of items whose likeness is looked at; beyond it unequal items are missing and added."""

_SMALL_DIGITS = 15
_SMALL = 10**_SMALL_DIGITS
"""Integers below this all have hashes of their own."""

Pairs = list[tuple[int, int]]
"""Indexes into legacy's and the candidate's list."""


class TooDeepError(Exception):
    """A value is nested deeper than is compared."""


def canonical(
    value: Any,
    place: Place[Treatment],
    room: int,
    neutral: Callable[[str], str] = str,
    check_clock: Callable[[], None] = lambda: None,
) -> Hashable:
    """A form of the value under the rules that is equal for equal values only; tolerances aside, which need a pair.

    ``neutral`` is applied to all strings, ``check_clock`` called for all containers. Raises TooDeepError beyond
    ``room`` levels.
    """
    treatment = merged(place.payloads) if place.payloads else PLAIN
    if not isinstance(value, dict | list):
        return _scalar(value, treatment, neutral)
    if room <= 0:
        raise TooDeepError
    check_clock()

    def inner(member: Any, there: Place[Treatment]) -> Hashable:
        return canonical(member, there, room - 1, neutral, check_clock)

    if isinstance(value, list):
        items = [inner(item, place.step(i)) for i, item in enumerate(value)]
        if treatment.unordered or treatment.key is not None:
            return "set", frozenset(Counter(items).items())
        return "list", tuple(items)
    several = value.several if isinstance(value, Repeating) else {}
    return ("object", *value) if treatment.ordered else "object", frozenset(
        (name, inner(member, place.step(name)), tuple([inner(one, place.step(name)) for one in several.get(name, ())]))
        for name, member in value.items()
        if member is not None or name in several or not merged(place.step(name).payloads).null_is_missing
    )


def _scalar(value: Any, treatment: Treatment, neutral: Callable[[str], str]) -> Hashable:
    normal: Hashable = treatment.normalise(value)
    if isinstance(normal, bool):
        return "boolean", normal
    if isinstance(normal, str):
        return neutral(normal)
    return number_token(normal) if is_number(normal) else normal


def number_token(number: int | Decimal) -> Hashable:
    """Equal for equal numbers, however they are spelled.

    A text where it is large, because Python's hashes of numbers are easy to foresee: all multiples of 2⁶¹ - 1 have the
    same, and a set of them takes quadratic time.
    """
    if type(number) is int and -_SMALL < number < _SMALL:
        return number
    sign, digits, exponent = Decimal(number).as_tuple()
    text = bytes(digits).rstrip(b"\0")
    power = int(exponent) + len(digits) - len(text)
    if power >= 0 and len(text) + power <= _SMALL_DIGITS:
        return int(number)
    return "number", sign, text, power


def cancel(legacy: Sequence[Hashable], candidate: Sequence[Hashable]) -> tuple[list[int], list[int]]:
    """Take equal items out of both, one for one; gives the indexes of those that are left."""
    waiting: dict[Hashable, list[int]] = {}
    for j in reversed(range(len(candidate))):
        waiting.setdefault(candidate[j], []).append(j)
    left = []
    for i, item in enumerate(legacy):
        same = waiting.get(item)
        if same:
            same.pop()
        else:
            left.append(i)
    return left, sorted(j for rest in waiting.values() for j in rest)


def pair_by_key(legacy: list[Any], candidate: list[Any], one: list[int], other: list[int], key: str) -> Pairs:
    """Pair the items at ``one`` and ``other`` whose member ``key`` is the same; several of one key in their order.

    Keys that are the same only when written out (1 and "1") pair as well, so that the key's own change shows.
    """
    pairs: Pairs = []
    for read in (_strict_key, _loose_key):
        done_one, done_other = {i for i, _ in pairs}, {j for _, j in pairs}
        waiting: dict[Hashable, list[int]] = {}
        for j in reversed(other):
            found = read(candidate[j], key)
            if found is not None and j not in done_other:
                waiting.setdefault(found, []).append(j)
        for i in one:
            found = read(legacy[i], key)
            if found is not None and i not in done_one and waiting.get(found):
                pairs.append((i, waiting[found].pop()))
    return sorted(pairs)


def pair_by_likeness(
    legacy: list[Any],
    candidate: list[Any],
    one: list[int],
    other: list[int],
    same: Callable[[int, int], bool] | None,
) -> Pairs:
    """Pair the items at ``one`` and ``other``, the likest first; items that are nothing like each other stay alone.

    ``same`` knows which items are within a tolerance of each other, where there is any. Too many items are not paired.
    """
    if len(one) * len(other) > _MOST_PAIRS:
        return []

    def likeness(i: int, j: int) -> float:
        return 2.0 if same and same(i, j) else _likeness(legacy[i], candidate[j])

    ranked = sorted((-likeness(i, j), abs(i - j), i, j) for i in one for j in other)
    pairs: Pairs = []
    taken_one: set[int] = set()
    taken_other: set[int] = set()
    for unlikeness, _, i, j in ranked:
        if unlikeness < 0 and i not in taken_one and j not in taken_other:
            pairs.append((i, j))
            taken_one.add(i)
            taken_other.add(j)
    return sorted(pairs)


def _likeness(one: Any, other: Any) -> float:
    """0 to 1; only ranks, so Python's loose equality is good enough."""
    if isinstance(one, dict) and isinstance(other, dict):
        shared = one.keys() & other.keys()
        equal = sum(1 for name in shared if one[name] == other[name])
        return (equal + 0.1 * len(shared)) / (1.1 * max(len(one), len(other), 1))
    if isinstance(one, list) and isinstance(other, list):
        return 0.5
    if isinstance(one, dict | list) or isinstance(other, dict | list):
        return 0.0
    return 0.9 if _spelled(one) == _spelled(other) else 0.0


def _strict_key(item: Any, key: str) -> Hashable:
    value = item.get(key) if isinstance(item, dict) else None
    if value is None or isinstance(value, dict | list):
        return None
    return number_token(value) if is_number(value) else (type(value) is bool, value)


def _loose_key(item: Any, key: str) -> Hashable:
    found = _strict_key(item, key)
    return None if found is None else _spelled(item[key])


def _spelled(value: Any) -> str:
    # By way of Decimal, because int refuses to be written out beyond 4,300 digits.
    return str(Decimal(value) if is_number(value) else value).strip().casefold()
