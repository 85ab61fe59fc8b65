"""Is a group of differences noise: something that legacy also shows with itself, and still does?

Noise is learned from requests of which both sides were asked again: in three distinct ones legacy never said the same
twice, and showed this very difference with itself each time. It is un-learned when the field settles, and so it never
hides for long that the candidate is wrong where legacy is steady: three distinct requests like that are enough, if they
are more than chance explains.

Chance explains little. Of a field that takes one of k values at random, six answers of legacy that are all the same
beside as many others of the candidate have a probability of (k - 1) / k^11: one in 88,000 for three values. (The
pipeline asks that often before it calls something steady that was noise before.) Values that are drawn anew only now
and then, such as those of several caches, come nearer to the share below.
"""

from __future__ import annotations

from itertools import accumulate

from shadow.evidence.route_evidence import FingerprintEvidence

__all__ = ["has_settled", "is_noise", "may_be_noise"]

NOISE_AFTER = 3
"""Distinct requests in which legacy must have shown a difference with itself before it is noise for the route."""
SETTLED_AFTER = 3
"""Distinct requests in which legacy must have been steady before its noise is over …"""
SETTLED_SHARE = 0.02
"""… and the share of the requests asked again, since some day, that they must be."""


def is_noise(found: FingerprintEvidence) -> bool:
    """Whether the differences are noise for the route today."""
    return found.noise >= NOISE_AFTER and not has_settled(found)


def may_be_noise(found: FingerprintEvidence, distinct: int) -> bool:
    """Whether legacy has shown it with itself in each of the ``distinct`` requests that showed it, and still may."""
    return found.noise >= max(1, distinct) and not has_settled(found)


def has_settled(found: FingerprintEvidence) -> bool:
    """Whether there is a day since when legacy was steady in enough of the requests that it was asked again about."""
    newest_first = sorted(found.asked, key=lambda day: day.day, reverse=True)
    steady = accumulate(day.steady for day in newest_first)
    total = accumulate(day.steady + day.noise for day in newest_first)
    return any(one >= SETTLED_AFTER and one >= SETTLED_SHARE * of for one, of in zip(steady, total, strict=True))
