"""When requests were compared and when they differed, under today's acceptances; pure, as all of the verdict is."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable

from shadow.evidence.activity import Activity
from shadow.verdict.model import Bucket
from shadow.verdict.tally import Tally

__all__ = ["merged", "timeline", "width_for"]

_WIDTHS = (300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400)
"""Seconds. Each but the last is a part of a day, and each holds whole buckets of evidence or is held by them."""


def timeline(activity: Iterable[Activity], tally: Tally) -> tuple[Bucket, ...]:
    """The buckets of the evidence, in order of time.

    A request differs if it showed a difference that is open. Of signatures that were only counted together nobody knows
    which they were, so they differ as soon as any difference of the route is open.
    """
    compared, differing, excused = Counter[tuple[int, int]](), Counter[tuple[int, int]](), Counter[tuple[int, int]]()
    known: dict[tuple[str, ...] | None, bool] = {None: tally.differing > 0}
    for one in activity:
        when, shown = (one.start, one.width), one.fingerprints
        compared[when] += one.requests
        if shown not in known:
            known[shown] = tally.differs(shown or ())
        if known[shown]:
            differing[when] += one.requests
        elif shown != ():
            excused[when] += one.requests
    return tuple(Bucket(*when, compared[when], differing[when], excused[when]) for when in sorted(compared))


def merged(timelines: Collection[tuple[Bucket, ...]], width: int) -> tuple[Bucket, ...]:
    """The timelines added up, in buckets of ``width`` seconds; wider ones stay what they are."""
    found: defaultdict[tuple[int, int], list[Bucket]] = defaultdict(list)
    for buckets in timelines:
        for bucket in buckets:
            wide = max(width, bucket.width)
            found[bucket.start // wide * wide, wide].append(bucket)
    return tuple(
        Bucket(
            *when,
            sum(bucket.compared for bucket in several),
            sum(bucket.differing for bucket in several),
            sum(bucket.excused for bucket in several),
        )
        for when, several in sorted(found.items())
    )


def width_for(seconds: float, most: int) -> int:
    """A width, in seconds, of which ``most`` are enough to span so many seconds, wherever they begin."""
    for width in _WIDTHS:
        if seconds <= width * (most - 1):
            return width
    day = _WIDTHS[-1]
    return math.ceil(seconds / (most - 1) / day) * day
