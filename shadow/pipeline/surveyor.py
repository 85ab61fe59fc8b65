"""Looks at what kinds of requests are compared; at each distinct request once in a while, for repeats teach nothing."""

from __future__ import annotations

from shadow.evidence.coverage import Feature
from shadow.evidence.days import day_of
from shadow.evidence.observation import Epoch
from shadow.exchange import Request, Response
from shadow.pipeline.enumerations import Enumerations
from shadow.pipeline.features import Finder
from shadow.pipeline.recent import Recent
from shadow.redact import Redactor

__all__ = ["Surveyor"]

_REQUESTS = 20_000
"""Distinct requests that are remembered."""
AGAIN = 600.0
"""Seconds after which a request is looked at again: `shadow forget` may have deleted what was seen of it."""


class Surveyor:
    """What one worker remembers for that; nothing here is evidence."""

    def __init__(self, redactor: Redactor) -> None:
        self._finder = Finder(redactor.digest)
        self._looked_at: Recent[tuple[str, str, bytes], float] = Recent(_REQUESTS)
        self._enumerations = Enumerations(redactor.hides)

    def features(
        self, epoch: Epoch, relative: str, request: Request, legacy: Response, *, distinct: bytes, at: float
    ) -> tuple[Feature, ...]:
        """The features of a compared request, safe to be written down; none where this one has been looked at lately.

        ``relative`` is its target as legacy's base and template have it, ``distinct`` its digest, ``at`` in seconds
        since the epoch.
        """
        key = (epoch.legacy_version, epoch.candidate_version, distinct)
        last = self._looked_at.get(key)
        if last is not None and abs(at - last) < AGAIN and day_of(at) == day_of(last):
            return ()
        self._looked_at.put(key, at)
        found = self._finder.find(epoch.route.partition(" ")[2], relative, request, legacy)
        return (*found.features, *self._enumerations.told(epoch.route, distinct, found.fields))
