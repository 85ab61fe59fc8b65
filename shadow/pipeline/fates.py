"""What a worker remembers of the differences that it has asked about again, so that it need not ask for ever."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from shadow.pipeline.confirm import Fate
from shadow.pipeline.recent import Recent

__all__ = ["CONFIRMATIONS", "FINGERPRINTS", "NEW", "Fates"]

CONFIRMATIONS = 20
"""Confirmations of one fingerprint on one day; after that its usual fate is taken for granted until the next."""
FINGERPRINTS = 1_000
"""Of a route that are remembered. One that is forgotten is confirmed again."""
NEW = 3
"""Confirmations before a fingerprint's fate is no surprise any more."""
NOISY_REQUESTS = 3
"""Distinct requests that must have shown noise before it is taken for granted in others; the verdict wants as many."""


class Fates:
    """The fates of one route's fingerprints. Days are those of `evidence.days`.

    What counts as a difference may be taken for granted soon: that a route differs is known then. What is noise, or
    proves nothing, is not: there a fault might hide. So of those ``patience`` confirmations are wanted a day.
    """

    def __init__(self, patience: int) -> None:
        self._patience = max(patience, CONFIRMATIONS)
        self._known: Recent[str, _Known] = Recent(FINGERPRINTS)

    def usual(self, fingerprints: Iterable[str], request: bytes, day: int) -> dict[str, Fate] | None:
        """What mostly became of each; None where at least one has not been asked about often enough today.

        ``request`` is the digest of the request that shows them.
        """
        found = {}
        for fingerprint in fingerprints:
            known = self._known.get(fingerprint)
            if known is None or day > known.day:
                return None
            usual = known.usual
            enough = CONFIRMATIONS if usual in {Fate.CONFIRMED, Fate.UNSTABLE} else self._patience
            if known.fates.total() < enough or not (usual is not Fate.NOISE or known.is_noise(request)):
                return None
            found[fingerprint] = usual
        return found

    def remember(self, fates: Mapping[str, Fate], request: bytes, day: int) -> None:
        """What has become of a request's differences."""
        for fingerprint, fate in fates.items():
            known = self._known.get(fingerprint)
            if known is None:
                self._known.put(fingerprint, known := _Known(day))
            known.add(fate, request, day)

    def is_new(self, fingerprint: str) -> bool:
        """Whether it has hardly been asked about so far, on whatever day."""
        known = self._known.get(fingerprint)
        return known is None or known.ever < NEW

    def was_noise(self, fingerprint: str) -> bool:
        """Whether it has been noise in any request, on whatever day."""
        known = self._known.get(fingerprint)
        return known is not None and bool(known.noisy)

    def is_noise(self, fingerprint: str, request: bytes) -> bool:
        """Whether it has been noise in so many requests that it is no surprise in this one."""
        known = self._known.get(fingerprint)
        return known is not None and known.is_noise(request)


class _Known(msgspec.Struct):
    day: int
    fates: Counter[Fate] = msgspec.field(default_factory=Counter)
    """On that day."""
    ever: int = 0
    noisy: set[bytes] = msgspec.field(default_factory=set)
    """Requests that have shown it as noise, a few of them."""

    @property
    def usual(self) -> Fate:
        return self.fates.most_common(1)[0][0]

    def is_noise(self, request: bytes) -> bool:
        return len(self.noisy) >= NOISY_REQUESTS or request in self.noisy

    def add(self, fate: Fate, request: bytes, day: int) -> None:
        if day > self.day:
            self.day, self.fates = day, Counter()
        self.fates[fate] += 1
        self.ever += 1
        if fate is Fate.NOISE and len(self.noisy) < NOISY_REQUESTS:
            self.noisy.add(request)
