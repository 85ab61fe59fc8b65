"""A group of differences in a failure's text: what, how often, and both values at one place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from shadow.compare.difference import Difference
from shadow.report.example.view import place_of
from shadow.report.log_text import for_log
from shadow.report.visible import clip, visible
from shadow.verdict.model import JudgedDifference

__all__ = ["MOST_GROUPS", "group_lines", "line", "more_lines"]

MOST_GROUPS = 20
"""Groups that one failure tells about; a build's log is no report."""
_MOST_PLACES = 3
_LONGEST = 300


def line(text: str, indent: int = 0, most: int = _LONGEST) -> str:
    """Text from traffic on one line, cut where long, all of it to be seen, and no instruction to a CI job."""
    return " " * indent + for_log(visible(clip(text, most)))


def group_lines(
    found: JudgedDifference, how_often: str, places: Sequence[Difference], origin: str = ""
) -> Iterator[str]:
    """The place, the class, how often, the fingerprint and the sentence; then ``places``, exactly, each with both
    values; ``origin`` says where these are from."""
    evidence = found.evidence
    yield line(
        f"{evidence.where} {clip(evidence.path, _LONGEST)}  {evidence.class_}, {how_often}  {evidence.fingerprint}",
        2,
        500,
    )
    yield line(evidence.summary, 4)
    if found.expired:
        yield line(f"was accepted until {found.expired.until}: {found.expired.reason}", 4)
    if origin and places:
        yield line(origin, 4)
    for place in map(place_of, places[:_MOST_PLACES]):
        legacy, candidate = (
            "absent" if value is None else clip(value, _LONGEST) for value in (place.legacy, place.candidate)
        )
        yield line(f"{place.path}: legacy {legacy}, candidate {candidate}", 6, 3 * _LONGEST)
    if len(places) > _MOST_PLACES:
        yield line(f"… and at {len(places) - _MOST_PLACES:,} more places", 6)


def more_lines(groups: Sequence[object]) -> Iterable[str]:
    """How many groups are left out."""
    left_out = len(groups) - MOST_GROUPS
    return [f"  … and {left_out:,} more groups"] if left_out > 0 else []
