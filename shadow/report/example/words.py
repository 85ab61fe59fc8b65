"""What differs within two lines that belong together: word by word, number by number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from shadow.report.example.edits import common_start, in_common
from shadow.report.visible import clip

__all__ = ["Segment", "shortened", "whole", "words_marked"]

_TOKEN = re.compile(
    r"""
      "(?:-?\d[\d.]*|true|false|null)" # a value as a text, which is not the value
    | (?<=\d)T(?=\d\d)                # between date and time
    | \d+(?=T\d\d) | \d+(?:\.\d+)?(?!\w)
    | \w+
    | \s+
    | .
    """,
    re.VERBOSE | re.DOTALL,
)
_LIKE_A_WORD = re.compile(r"[\w.]*\Z")
_FROM_A_WORD = re.compile(r"[\w.]*")
_REACH = 64
"""Characters that the beginning of a word is looked for."""
_MOST_TOKENS = 4_000
"""Of both lines together; beyond it all between what they begin and end with is one mark."""
_MOST_EDITS = 32
"""Two texts with more than so many changed words are two texts."""
_LONGEST = 2_000
"""Characters of a segment that differs."""
_NEAR = 200
"""Characters of what is equal that stay before and after what differs."""


class Segment(NamedTuple):
    """A piece of a line."""

    text: str
    differs: bool = False


def whole(line: str) -> tuple[Segment, ...]:
    """A line in which nothing is marked."""
    return (Segment(clip(line, _LONGEST)),)


def words_marked(one: str, other: str, *, finely: bool = True) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    """Both lines, cut where they differ; joined, the segments are the line. Two lines that are equal have no marks.
    Unless ``finely``, all between what both begin and end with is one mark.

    Takes time in proportion to the lines' length, whatever they hold.
    """
    start, end = _common(one, other)
    left, right = one[start : len(one) - end], other[start : len(other) - end]
    ours, theirs = _within(left, right) if finely else (_marked(left), _marked(right))
    before, after = one[:start], one[len(one) - end :]
    return _joined(before, ours, after), _joined(before, theirs, after)


def shortened(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """The segments without most of what is long and equal, and of what is very long and differs."""
    last = len(segments) - 1
    return tuple(
        Segment(clip(text, _LONGEST), True) if differs else Segment(_near(text, place > 0, place < last))
        for place, (text, differs) in enumerate(segments)
    )


def _near(text: str, follows: bool, precedes: bool) -> str:
    """What is equal, as far as it stands near to what differs before it (``follows``) or behind it (``precedes``)."""
    if len(text) <= _NEAR * (follows + precedes) or not (follows or precedes):
        return clip(text, _LONGEST)
    if follows and precedes:
        return f"{text[:_NEAR]}…{text[-_NEAR:]}"
    return clip(text, _NEAR) if follows else f"…{text[-_NEAR:]}"


def _common(one: str, other: str) -> tuple[int, int]:
    """How many characters both begin with, and end with, without cutting a word or number in two."""
    start = common_start(one, other)
    if start < max(len(one), len(other)):
        start -= _length(_LIKE_A_WORD.search(one, max(0, start - _REACH), start))
    end = common_start(one[start:][::-1], other[start:][::-1])
    if max(len(one), len(other)) > start + end:
        end -= _length(_FROM_A_WORD.match(one, len(one) - end, len(one) - end + _REACH))
    return start, end


def _length(found: re.Match[str] | None) -> int:
    return len(found[0]) if found else 0


def _within(left: str, right: str) -> tuple[Iterator[Segment], Iterator[Segment]]:
    ours, theirs = _TOKEN.findall(left), _TOKEN.findall(right)
    few = len(ours) + len(theirs) <= _MOST_TOKENS
    pairs = in_common(ours, theirs, _MOST_EDITS) if few else None
    # Two texts that share nothing but commas are two texts.
    if not pairs or not any(_word(ours[i]) for i, _ in pairs):
        return _marked(left), _marked(right)
    left_equal, right_equal = {i for i, _ in pairs}, {j for _, j in pairs}
    # Words that follow each other are one mark, with the space between them.
    kept = [(i, j) for i, j in pairs if not (ours[i].isspace() and _alone(i, left_equal) and _alone(j, right_equal))]
    return _segments(ours, {i for i, _ in kept}), _segments(theirs, {j for _, j in kept})


def _alone(place: int, equal: set[int]) -> bool:
    return place - 1 not in equal and place + 1 not in equal


def _marked(text: str) -> Iterator[Segment]:
    return iter((Segment(text, True),))


def _word(token: str) -> bool:
    return token[0].isalnum() or token[0] == "_"


def _segments(tokens: list[str], equal: set[int]) -> Iterator[Segment]:
    for place, token in enumerate(tokens):
        yield Segment(token, place not in equal)


def _joined(before: str, middle: Iterator[Segment], after: str) -> tuple[Segment, ...]:
    """One segment after the other, neighbours of one kind as one, none empty."""
    pieces = [piece for piece in (Segment(before), *middle, Segment(after)) if piece.text]
    return tuple(
        Segment("".join(piece.text for piece in group), differs)
        for differs, group in groupby(pieces, key=lambda piece: piece.differs)
    )
