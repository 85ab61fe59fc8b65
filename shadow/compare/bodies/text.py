"""Compares two texts line by line: one difference, which counts the lines and shows the first that differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

from shadow.compare.base_urls import BaseUrls
from shadow.compare.classes.table import classify
from shadow.compare.description import described
from shadow.compare.difference import Difference
from shadow.compare.documents.values import ABSENT
from shadow.compare.wording import sentence
from shadow.exchange import Side

__all__ = ["text_difference"]

_MOST_LINES = 50_000
"""Differing lines that are looked at each for itself; what follows them counts as one."""
_MOST_PAIRS = 10_000
"""Combinations of lines that are aligned; beyond that lines are compared with those of the same number. (difflib takes
cubic time at its worst.)"""
_SHOWN_LINES = 5
_SHOWN = 300
"""Characters of a line, around its first difference, that are shown."""


class _Hunk(NamedTuple):
    """Lines that differ; either list may be empty, or longer than the other."""

    number: int
    """Of the first line, in legacy's text, from 1."""
    legacy: list[str]
    candidate: list[str]


def text_difference(legacy: str, candidate: str, urls: BaseUrls) -> list[Difference]:
    """Nothing where all lines are the same, each as it is or with its side's base URL taken out; else one difference.

    Takes linear time for any two texts.
    """
    start, end = _frame(legacy, candidate)
    one_lines = legacy[start : len(legacy) - end].split("\n", _MOST_LINES)
    other_lines = candidate[start : len(candidate) - end].split("\n", _MOST_LINES)
    hunks = list(_hunks(one_lines, other_lines, legacy.count("\n", 0, start) + 1, urls))
    if not hunks:
        return []
    least = "at least " if max(len(one_lines), len(other_lines)) > _MOST_LINES else ""
    first = hunks[0]
    one, other = _shown(first)
    class_ = classify(legacy, candidate)
    told = sentence("body-changed", one[0] if one else ABSENT, other[0] if other else ABSENT)
    return [
        described(
            "body",
            "$",
            "body-changed",
            class_.name,
            # Texts on both sides, also where one has no line: it is the same fault.
            "\n".join(one),
            "\n".join(other),
            summary=f"{least}{_counted(hunks)}; line {first.number:,}: {told}",
            explained=class_.explained,
        )
    ]


# -- finding what differs ---------------------------------------------------------------------------------------------


def _hunks(one: list[str], other: list[str], number: int, urls: BaseUrls) -> Iterator[_Hunk]:
    """``number`` is that of the first line."""
    # Lines that are the same but for the base URLs are still at both ends.
    shortest = min(len(one), len(other))
    first = last = 0
    while first < shortest and urls.same(one[first], other[first]):
        first += 1
    while last < shortest - first and urls.same(one[-1 - last], other[-1 - last]):
        last += 1
    one, other = one[first : len(one) - last], other[first : len(other) - last]
    for i, j, k, m in _aligned(one, other, urls):
        yield from _changed(number + first + i, one[i:j], other[k:m], urls)


def _frame(legacy: str, candidate: str) -> tuple[int, int]:
    """How many characters of whole lines are equal at the beginning, and how many at the end."""
    shortest, n, m = min(len(legacy), len(candidate)), len(legacy), len(candidate)
    start = _longest(shortest, lambda i, j: legacy[i:j] == candidate[i:j])
    start = legacy.rfind("\n", 0, start) + 1
    end = _longest(shortest - start, lambda i, j: legacy[n - j : n - i] == candidate[m - j : m - i])
    newline = legacy.find("\n", n - end)
    return start, n - newline if newline >= 0 else 0


def _longest(most: int, equal: Callable[[int, int], bool]) -> int:
    """How far two texts are equal, by bisection; `equal(i, j)` looks at what is between two places."""
    least = 0
    while least < most:
        middle = (least + most + 1) // 2
        if equal(least, middle):
            least = middle
        else:
            most = middle - 1
    return least


def _aligned(one: list[str], other: list[str], urls: BaseUrls) -> Iterator[tuple[int, int, int, int]]:
    """Where the two differ: `one[i:j]` against `other[k:m]`."""
    if len(one) * len(other) > _MOST_PAIRS:
        yield 0, len(one), 0, len(other)
        return
    neutral_one = [urls.neutral(Side.LEGACY, line) for line in one]
    neutral_other = [urls.neutral(Side.CANDIDATE, line) for line in other]
    for tag, i, j, k, m in SequenceMatcher(None, neutral_one, neutral_other, autojunk=False).get_opcodes():
        if tag != "equal":
            yield i, j, k, m


def _changed(number: int, one: list[str], other: list[str], urls: BaseUrls) -> Iterator[_Hunk]:
    """What is left when the lines are taken out that are the same after all, one under the other."""
    shared = min(len(one), len(other))
    start: int | None = None
    for index in range(shared):
        same = urls.same(one[index], other[index])
        if not same and start is None:
            start = index
        elif same and start is not None:
            yield _Hunk(number + start, one[start:index], other[start:index])
            start = None
    start = shared if start is None else start
    if one[start:] or other[start:]:
        yield _Hunk(number + start, one[start:], other[start:])


# -- telling it -------------------------------------------------------------------------------------------------------


def _counted(hunks: list[_Hunk]) -> str:
    """`2 lines changed, 1 line was added`."""
    changed = sum(min(len(hunk.legacy), len(hunk.candidate)) for hunk in hunks)
    missing = sum(len(hunk.legacy) for hunk in hunks) - changed
    added = sum(len(hunk.candidate) for hunk in hunks) - changed
    said = [
        (changed, "line changed", "lines changed"),
        (missing, "line is missing", "lines are missing"),
        (added, "line was added", "lines were added"),
    ]
    return ", ".join(f"{number:,} {one if number == 1 else many}" for number, one, many in said if number)


def _shown(hunk: _Hunk) -> tuple[list[str], list[str]]:
    """The first lines of both sides, long ones cut."""
    one, other = hunk.legacy[:_SHOWN_LINES], hunk.candidate[:_SHOWN_LINES]
    shared = min(len(one), len(other))
    windows = [_windows(*pair) for pair in zip(one, other, strict=False)]
    return (
        [window for window, _ in windows] + [line[:_SHOWN] for line in one[shared:]],
        [window for _, window in windows] + [line[:_SHOWN] for line in other[shared:]],
    )


def _windows(one: str, other: str) -> tuple[str, str]:
    equal = _longest(min(len(one), len(other)), lambda i, j: one[i:j] == other[i:j])
    start = max(0, equal - _SHOWN // 2) if max(len(one), len(other)) > _SHOWN else 0
    mark = "…" if start else ""
    return mark + one[start : start + _SHOWN], mark + other[start : start + _SHOWN]
