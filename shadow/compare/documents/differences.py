"""Two JSON documents → differences: walk, classify, and let DeepDiff describe a bounded number of them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Hashable
from typing import NamedTuple

from shadow.compare.classes.table import classify
from shadow.compare.description import described
from shadow.compare.difference import Difference, Kind
from shadow.compare.documents.differ import kinds_of
from shadow.compare.documents.lists import TooDeepError, canonical
from shadow.compare.documents.locations import location_text, pattern_text
from shadow.compare.documents.reader import Document
from shadow.compare.documents.values import Leaf, json_type
from shadow.compare.documents.walk import NOWHERE, Findings, walk
from shadow.compare.rules import Rules
from shadow.compare.wording import spelled

__all__ = ["json_differences"]

_MOST = 200
"""Differences of one pair that are described."""


class _Classed(NamedTuple):
    leaf: Leaf
    pattern: str
    class_: str
    explained: str

    @property
    def group(self) -> tuple[str, ...]:
        """What its fingerprint depends on; DeepDiff's kind follows from the types."""
        return self.pattern, self.class_, json_type(self.leaf.legacy), json_type(self.leaf.candidate)


def json_differences(
    legacy: Document,
    candidate: Document,
    rules: Rules,
    deadline: float,
    *,
    explained: Callable[[Leaf], bool] | None = None,
) -> list[Difference]:
    """All differences and notices of two documents. Says `truncated` where it could not look at everything.

    ``explained`` tells which leaves of the walk are said by others already, and so left out.
    """
    found = walk(legacy.value, candidate.value, rules, deadline)
    leaves = found.leaves if explained is None else [leaf for leaf in found.leaves if not explained(leaf)]
    classed, unclassed = _classed(leaves, deadline)
    chosen, rest = _choose(classed)
    differences = _described(chosen)
    differences += _marked(legacy, candidate)
    if legacy.repeated or candidate.repeated:
        differences += _repeated(legacy, candidate)
    differences += _not_shown(rest, {c.group for c in chosen})
    if found.unfinished or unclassed:
        differences.append(_truncated(found.unfinished or "comparing took too long"))
    return differences + _spellings(found)


def _classed(leaves: list[Leaf], deadline: float) -> tuple[list[_Classed], int]:
    """The leaves with their classes, and how many there was no time for."""
    classed: list[_Classed] = []
    for number, leaf in enumerate(leaves):
        if number >= _MOST and number % 64 == 0 and time.thread_time() > deadline:
            return classed, len(leaves) - number
        pattern = pattern_text(leaf.location)
        if leaf.hint:
            classed.append(_Classed(leaf, pattern, leaf.hint, ""))
        else:
            class_ = classify(leaf.legacy, leaf.candidate)
            classed.append(_Classed(leaf, pattern, class_.name, class_.explained))
    return classed, 0


def _choose(classed: list[_Classed]) -> tuple[list[_Classed], list[_Classed]]:
    """Those that are described, in their order, and the rest: every fault once before any fault twice."""
    if len(classed) <= _MOST:
        return classed, []
    seen: set[tuple[str, ...]] = set()
    firsts: list[int] = []
    others: list[int] = []
    for number, one in enumerate(classed):
        (others if one.group in seen else firsts).append(number)
        seen.add(one.group)
    chosen = set((firsts + others)[:_MOST])
    return (
        [one for number, one in enumerate(classed) if number in chosen],
        [one for number, one in enumerate(classed) if number not in chosen],
    )


def _described(classed: list[_Classed]) -> list[Difference]:
    if not classed:
        return []
    kinds = kinds_of([one.leaf for one in classed])
    return [_one(one, kind) for one, kind in zip(classed, kinds, strict=True)]


def _one(classed: _Classed, kind: Kind) -> Difference:
    leaf = classed.leaf
    return described(
        "body",
        location_text(leaf.location),
        "reordered" if leaf.hint == "list-order" else kind,
        classed.class_,
        leaf.legacy,
        leaf.candidate,
        pattern=classed.pattern,
        explained=classed.explained,
    )


def _marked(legacy: Document, candidate: Document) -> list[Difference]:
    """A byte order mark on one side, which RFC 8259 §8.1 forbids and many parsers refuse."""
    if legacy.marked == candidate.marked:
        return []
    side = "legacy" if legacy.marked else "candidate"
    summary = f"{side}'s JSON begins with a byte order mark"
    return [
        described(
            "body", "$", "malformed", "byte-order-mark", legacy.marked, candidate.marked, summary=summary, detail=side
        )
    ]


def _repeated(legacy: Document, candidate: Document) -> list[Difference]:
    """Members that an object has twice: RFC 8259 §4 leaves open which counts, so both sides must do it alike."""
    try:
        one, other = _counted(legacy), _counted(candidate)
    except TooDeepError:
        return [_truncated("the documents are nested too deeply")]
    if one == other:
        return []
    by_side = (("legacy", one - other), ("candidate", other - one))
    names = {side: sorted({name for name, _ in counted}) for side, counted in by_side}
    said = "; ".join(f"{side} repeats {', '.join(map(spelled, names[side]))}" for side in names if names[side])
    return [described("body", "$", "malformed", "repeated-member", names["legacy"], names["candidate"], summary=said)]


def _counted(document: Document) -> Counter[tuple[str, Hashable]]:
    return Counter((name, canonical(values, NOWHERE, str, 200)) for name, values in document.repeated)


def _not_shown(rest: list[_Classed], shown: set[tuple[str, ...]]) -> list[Difference]:
    """What there is beyond the described differences: harmless to leave out only where the same fault is among them."""
    differences = []
    same = sum(1 for one in rest if one.group in shown)
    if same:
        differences.append(
            described(
                "body",
                "$",
                "truncated",
                "more-of-the-same",
                None,
                None,
                severity="notice",
                summary=f"{same:,} more places differ in the same ways",
            )
        )
    if same < len(rest):
        differences.append(_truncated(f"{len(rest) - same:,} more places differ in other ways"))
    return differences


def _truncated(reason: str) -> Difference:
    return described("body", "$", "truncated", "truncated", None, None, summary=f"not all was compared: {reason}")


def _spellings(found: Findings) -> list[Difference]:
    """One notice for each pattern of equal numbers that are written in different ways."""
    firsts: dict[str, Leaf] = {}
    for leaf in found.spellings:
        firsts.setdefault(pattern_text(leaf.location), leaf)
    return [
        described(
            "body",
            location_text(leaf.location),
            "value-changed",
            "number-lexical",
            leaf.legacy,
            leaf.candidate,
            pattern=pattern,
            severity="notice",
            explained="the same number",
        )
        for pattern, leaf in list(firsts.items())[:_MOST]
    ]
