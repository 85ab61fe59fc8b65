"""Whether a JSONPath of the configuration covers the place that a fingerprint names.

Both are JSONPaths (RFC 9535), so both are cut into segments in the same way, and no document is needed: a name is
covered by that name, a taken-out index (`[*]`) or id (`.*`) by a wildcard alone, and `..` stands for any segments.
"""

from __future__ import annotations

from functools import lru_cache

from shadow.config.jsonpath import ANY, Step, parse_path

__all__ = ["covers"]


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
        after = {position for position in reached if position < len(pattern) and pattern[position].deep}
        after |= {
            position + 1 for position in reached if position < len(pattern) and _selects(pattern[position], segment)
        }
        reached = after
    return len(pattern) in reached


def _selects(pattern: Step, segment: Step) -> bool:
    return ANY in pattern.selectors or segment.selectors[0] in pattern.selectors


@lru_cache(maxsize=4096)
def _segments(path: str) -> tuple[Step, ...] | None:
    """None where there is something else than names and wildcards."""
    try:
        steps = parse_path(path).steps
    except ValueError:
        return None
    if steps is None or any(isinstance(selector, int) for step in steps for selector in step.selectors):
        return None
    return steps
