"""Two documents → differences: walk, classify, and let DeepDiff describe a bounded number of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

from shadow.compare.classes.table import classify
from shadow.compare.description import described
from shadow.compare.difference import Difference, Kind
from shadow.compare.documents.differ import kinds_of
from shadow.compare.documents.locations import location_text, pattern_text
from shadow.compare.documents.reader import Document, UnreadableError, has_negative_zero, read_again, shows_all
from shadow.compare.documents.sameness import BY_HAND, IN_ORDER, SORTED, UNWRITABLE, Writer, members_reordered
from shadow.compare.documents.values import ABSENT, Leaf, json_type
from shadow.compare.documents.walk import Findings, walk
from shadow.compare.rules import Rules
from shadow.compare.wording import spelled

__all__ = ["json_differences"]


_MOST_SPELLINGS = 2_000
"""Numbers in two spellings that are looked at; they are only notices."""
_LONG = 10_000
"""Characters of a text that may take a while to be classed."""
_SMALL = 2_000
"""Bytes below which a document is not worth being written in pieces."""
_DESCRIBING = 0.4
"""Share of the budget that is kept for classing and describing what the walk has found."""

MEMBERS_REORDERED = described(
    "body",
    "$",
    "reordered",
    "key-order",
    None,
    None,
    severity="notice",
    summary="members of an object stand in another order",
)
"""JSON gives the order of members no meaning (RFC 8259 §1), but somebody may read it with a regular expression."""


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
    reordered = members_reordered(legacy.value, candidate.value)
    writer = SORTED if reordered and not rules.minds_order else IN_ORDER
    lines: dict[int, bytes] = {}
    if legacy.source and candidate.source:
        try:
            legacy, candidate, same = _complete(legacy, candidate, rules, writer, lines)
        except UnreadableError as error:
            return [_truncated(str(error))]
        if same:
            return [MEMBERS_REORDERED] if reordered else []
    if legacy.repeats or candidate.repeats:
        writer = BY_HAND
    walked = deadline - _DESCRIBING * rules.budget
    found = walk(legacy.value, candidate.value, rules, walked, writer=writer, lines=lines)
    leaves = found.leaves if explained is None else [leaf for leaf in found.leaves if not explained(leaf)]
    classed, unclassed = _classed(leaves, deadline - _DESCRIBING / 2 * rules.budget)
    chosen, rest = _choose(classed, rules.max_differences)
    differences = _described(chosen)
    differences += _marked(legacy, candidate)
    differences += _not_shown(rest, {c.group for c in chosen})
    if found.unfinished or unclassed:
        differences.append(_truncated(found.unfinished or "comparing took too long"))
    if found.reordered:
        differences.append(MEMBERS_REORDERED)
    return differences + _spellings(found, rules.max_differences)


def _complete(
    legacy: Document, candidate: Document, rules: Rules, writer: Writer, lines: dict[int, bytes]
) -> tuple[Document, Document, bool]:
    """Both documents with all that their texts hold, and whether they are the same to the letter.

    Raises UnreadableError where one is nested too deeply to be read.
    """
    one, other = legacy.source, candidate.source
    write = writer.text if min(len(one), len(other)) >= _SMALL else writer.whole
    try:
        text, opposite = write(legacy.value, lines), write(candidate.value, lines)
    except UNWRITABLE:
        lines.clear()
        return read_again(one), read_again(other), False
    same = text == opposite
    whole, entire = shows_all(legacy, text), shows_all(candidate, opposite)
    if rules.minds_spelling:
        # The integer -0 is read as 0, which is the same number.
        whole, entire = whole and not has_negative_zero(one), entire and not has_negative_zero(other)
    if whole and entire:
        return legacy, candidate, same
    lines.clear()
    return legacy if whole else read_again(one), candidate if entire else read_again(other), False


def _classed(leaves: list[Leaf], deadline: float) -> tuple[list[_Classed], int]:
    """The leaves with their classes, and how many there was no time for."""
    classed: list[_Classed] = []
    for number, leaf in enumerate(leaves):
        long = _is_long(leaf.legacy) or _is_long(leaf.candidate)
        if (long or number % 16 == 0) and time.thread_time() > deadline:
            return classed, len(leaves) - number
        pattern = pattern_text(leaf.location)
        if leaf.hint:
            classed.append(_Classed(leaf, pattern, leaf.hint, ""))
        else:
            class_ = classify(leaf.legacy, leaf.candidate)
            classed.append(_Classed(leaf, pattern, class_.name, class_.explained))
    return classed, 0


def _is_long(value: object) -> bool:
    return isinstance(value, str) and len(value) > _LONG


def _choose(classed: list[_Classed], most: int) -> tuple[list[_Classed], list[_Classed]]:
    """Those that are described, in their order, and the rest: every fault once before any fault twice."""
    if len(classed) <= most:
        return classed, []
    seen: set[tuple[str, ...]] = set()
    firsts: list[int] = []
    others: list[int] = []
    for number, one in enumerate(classed):
        (others if one.group in seen else firsts).append(number)
        seen.add(one.group)
    chosen = set((firsts + others)[:most])
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
        _KINDS.get(leaf.hint, kind),
        classed.class_,
        leaf.legacy,
        leaf.candidate,
        pattern=classed.pattern,
        summary=_SUMMARIES[leaf.hint](leaf) if leaf.hint in _SUMMARIES else "",
        explained=classed.explained,
    )


_KINDS: dict[str, Kind] = {"list-order": "reordered", "key-order": "reordered", "repeated-member": "malformed"}
"""The kind of a difference where its hint says more than its values do."""


def _reordered(leaf: Leaf) -> str:
    return f"{len(leaf.legacy):,} members in another order"


def _repeats(leaf: Leaf) -> str:
    """Says who repeats a member; RFC 8259 §4 leaves open which value counts."""
    name = spelled(leaf.location[-1])
    sides = [(side, values) for side, values in (("legacy", leaf.legacy), ("candidate", leaf.candidate)) if values]
    said = [f"{side} repeats {name}, with {len(values)} values" for side, values in sides if values is not ABSENT]
    return "; ".join(said)


_SUMMARIES = {"repeated-member": _repeats, "key-order": _reordered}
"""The sentence where it is about more than the two values."""


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


def _spellings(found: Findings, most: int) -> list[Difference]:
    """One notice for each pattern of equal numbers that are written in different ways."""
    firsts: dict[str, Leaf] = {}
    for leaf in found.spellings[:_MOST_SPELLINGS]:
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
        for pattern, leaf in list(firsts.items())[:most]
    ]
