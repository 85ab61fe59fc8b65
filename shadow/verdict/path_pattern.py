"""Whether a JSONPath of the configuration covers the place that a fingerprint names.

Both are JSONPaths (RFC 9535), so both are cut into segments in the same way, and no document is needed: a name is
covered by that name, a taken-out index (`[*]`) or id (`.*`) by a wildcard alone, and `..` stands for any segments.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import jsonpath_rfc9535

__all__ = ["covers"]


class _Segment(NamedTuple):
    selectors: tuple[str, ...]
    """`*`, or names in quotes."""
    anywhere: bool
    """Whether any number of segments may come before it (`..`)."""


def covers(wanted: str, place: str) -> bool:
    """Whether the JSONPath ``wanted`` selects what a fingerprint's path ``place`` stands for.

    A path that selects by index, slice or filter covers nothing, for a fingerprint has none of these; nor does one
    that is no JSONPath at all.
    """
    pattern, segments = _segments(wanted), _segments(place)
    if pattern is None or segments is None:
        return False
    reached = {0}  # how many of the pattern's segments may be used up so far
    for segment in segments:
        after = {position for position in reached if position < len(pattern) and pattern[position].anywhere}
        after |= {
            position + 1 for position in reached if position < len(pattern) and _selects(pattern[position], segment)
        }
        reached = after
    return len(pattern) in reached


def _selects(pattern: _Segment, segment: _Segment) -> bool:
    return "*" in pattern.selectors or segment.selectors[0] in pattern.selectors


_SEGMENT = re.compile(r"(\.\.)?\[((?:'(?:[^'\\]|\\.)*'|\*)(?:, (?:'(?:[^'\\]|\\.)*'|\*))*)\]", re.DOTALL)
_SELECTOR = re.compile(r"'(?:[^'\\]|\\.)*'|\*", re.DOTALL)


@lru_cache(maxsize=4096)
def _segments(path: str) -> tuple[_Segment, ...] | None:
    """None where there is something else than names and wildcards.

    Read from the library's own bracket notation, ``$['items'][*]..['id']``: unlike its parsed form, that is the same
    in versions 1 and 2.
    """
    try:
        rest = str(jsonpath_rfc9535.compile(path)).removeprefix("$")
    except (jsonpath_rfc9535.JSONPathError, RecursionError, UnicodeError):
        return None
    found = []
    while rest:
        matched = _SEGMENT.match(rest)
        if matched is None:
            return None
        found.append(_Segment(tuple(_SELECTOR.findall(matched[2])), matched[1] is not None))
        rest = rest[matched.end() :]
    return tuple(found)
