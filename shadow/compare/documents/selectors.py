"""RFC 9535 JSONPaths, matched while a document is walked instead of searched for in it.

A `Matcher` is a finite automaton over all paths of a route: a `Place` is what has been matched so far, and stepping
by a member name or an index leads to the next place. Its states are made when they are first met and kept, so a walk
costs one dictionary look-up per value, and none below a place that no path goes on from (it is falsy).

Only name, wildcard, index and descendant selectors can be followed like this. A path with a filter, a slice or an
index from the end is instead evaluated on each document (`located`), and what it finds is matched as a plain path.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, TypeVar

import jsonpath_rfc9535

from shadow.config.jsonpath import ANY, Path, Step

__all__ = ["NOWHERE", "Matcher", "Place", "located"]

T = TypeVar("T")

_Position = tuple[int, int]
"""The number of a rule, and how many of its steps have been taken."""


def located(path: Path, document: Any) -> list[Path]:
    """The places that a path finds in a document, each as a path of its own; none where the document is too deep."""
    try:
        nodes = jsonpath_rfc9535.find(path.text, document)
    except (jsonpath_rfc9535.JSONPathError, RecursionError):
        return []
    return [Path("", tuple(Step((key,)) for key in node.location)) for node in nodes]


class Place(Generic[T]):
    """How far every path has been matched at one place of a document."""

    __slots__ = ("_always", "_awaited", "_following", "_matcher", "_positions", "payloads")

    def __init__(self, matcher: Matcher[T], positions: frozenset[_Position]) -> None:
        self._matcher = matcher
        self._positions = positions
        self._awaited: dict[str | int, set[_Position]] = {}
        self._always: set[_Position] = set()
        payloads = []
        for position in sorted(positions):
            rule, done = position
            steps, payload = matcher.rules[rule]
            if done == len(steps):
                payloads.append(payload)
                continue
            for selector in steps[done].selectors:
                waiting = self._always if selector is ANY else self._awaited.setdefault(selector, set())
                waiting.add((rule, done + 1))
            if steps[done].deep:
                self._always.add(position)
        self.payloads: tuple[T, ...] = tuple(payloads)
        """What belongs to the paths that name this very place."""
        self._following: dict[str | int | None, Place[T]] = {}

    def __bool__(self) -> bool:
        """Whether any path ends here or can still be reached below."""
        return bool(self._positions)

    def step(self, key: str | int) -> Place[T]:
        """The place of the member ``key`` or of the element at index ``key``."""
        # A key that no selector spells out leads where any key leads, so places don't grow with the traffic's keys.
        slot = key if key in self._awaited else None
        place = self._following.get(slot)
        if place is None:
            following = self._always if slot is None else self._always | self._awaited[slot]
            place = self._following[slot] = self._matcher.place(frozenset(following))
        return place


class Matcher(Generic[T]):
    """Matches many paths at once; ``rules`` are the paths' steps and what belongs to each."""

    def __init__(self, rules: Iterable[tuple[tuple[Step, ...], T]]) -> None:
        self.rules = tuple(rules)
        self._places: dict[frozenset[_Position], Place[T]] = {}
        self.root = self.place(frozenset((rule, 0) for rule in range(len(self.rules))))

    def place(self, positions: frozenset[_Position]) -> Place[T]:
        place = self._places.get(positions)
        if place is None:
            place = self._places[positions] = Place(self, positions)
        return place


NOWHERE: Place[Any] = Matcher[Any](()).root
"""A place that no path names or reaches."""
