"""What a worker remembers of one route while it runs; nothing here is evidence."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable

from shadow.compare import Difference
from shadow.compare.reach import Reach, documents_of, reach
from shadow.compare.rules import Rules
from shadow.compare.treatment import PLAIN
from shadow.config import RouteSettings
from shadow.config.settings import VerdictSettings
from shadow.evidence.observation import Epoch
from shadow.exchange import Response, Side
from shadow.mirror.policy import RateLimit
from shadow.pipeline.cold import IDLE
from shadow.pipeline.fates import Fates
from shadow.pipeline.recent import Recent
from shadow.verdict.rate import clean_needed

__all__ = ["RouteState"]

NOTICES = 500
"""Kinds of notices that are remembered."""
FINGERPRINTS = 1_000
"""Of a route of which it is remembered that the store has its examples."""
EPOCHS = 100
"""Of a route that are remembered; each pair of versions that the sides' headers name makes one."""
BASELINE_FIRST = 100
"""Safe requests of a route that the worker sends to both sides, before `mirror.baseline` takes over."""
ASKED = 1_000
"""Pairs of a route that are asked what its rules find in them; a rule that finds nothing in so many never will."""

OVERSIZED = 5
"""Answers in a row that were too large to compare, after which just one in `HOPE` safe requests is mirrored: making and
moving such answers costs both sides, and proves nothing."""
HOPE = 20


def _patience(limits: VerdictSettings) -> int:
    """Twice as many as a route needs that never differs: until then each of its requests is looked at in earnest."""
    return 2 * clean_needed(0, 0, limit=limits.max_divergence, confidence=limits.confidence, enough=limits.enough)


class RouteState:
    """Settings and memory of one route; its fields are the worker's own, never stored."""

    def __init__(self, name: str, settings: RouteSettings, rules: Rules, rate: RateLimit) -> None:
        self.name = name
        self.settings = settings
        self.rules = rules
        self.rate = rate
        self.rounds = 0
        self.last_candidate = float("-inf")
        """When something was sent to the candidate last, by the monotonic clock."""
        self.warming = asyncio.Lock()
        self.versions: dict[Side, str] = {}
        self.epochs: Recent[tuple[str, str], Epoch] = Recent(EPOCHS)
        self._fates: Recent[Epoch, Fates] = Recent(EPOCHS)
        self._examples: Recent[tuple[Epoch, str], int] = Recent(FINGERPRINTS)
        self._safe_seen = 0
        self._notices: dict[str, Difference] = {}
        self._unmet = {rule.key for rule in rules.body if rule.treatment != PLAIN}
        self._asked = 0
        self._oversized = 0

    def idle(self) -> bool:
        """Whether the candidate's function may have gone cold meanwhile."""
        return time.monotonic() - self.last_candidate > IDLE

    def too_large(self) -> None:
        """An answer was too large to compare."""
        self._oversized += 1

    def comparable(self) -> None:
        """An answer was not."""
        self._oversized = 0

    def hopeless(self) -> bool:
        """Whether this safe request's answers would be too large, too, by all that is known; says no now and then."""
        if self._oversized < OVERSIZED:
            return False
        self._oversized += 1
        return (self._oversized - OVERSIZED) % HOPE != 0

    def take_baseline(self, share: float) -> bool:
        """Whether this safe request is one that the worker sends to both sides."""
        self._safe_seen += 1
        if share <= 0:
            return False
        due = int(self._safe_seen * share) > int((self._safe_seen - 1) * share)
        return due or self._safe_seen <= BASELINE_FIRST

    def fates(self, epoch: Epoch) -> Fates:
        """What has become of differences in this epoch; of another version that says nothing."""
        known = self._fates.get(epoch)
        if known is None:
            self._fates.put(epoch, known := Fates(_patience(self.settings.verdict)))
        return known

    def wants_example(self, epoch: Epoch, differences: Iterable[Difference], most: int) -> bool:
        """Whether the store may still want an example of one of these; says yes at most ``most`` times for each that is
        remembered."""
        # A set: a pair that shows one fingerprint at ten places is still one example of it.
        faults = {d.fingerprint for d in differences if d.severity == "difference"}
        keys = [(epoch, fingerprint) for fingerprint in faults]
        wanted = {key: had for key in keys if (had := self._examples.get(key) or 0) < most}
        for key, had in wanted.items():
            self._examples.put(key, had + 1)
        return bool(wanted)

    def notice(self, difference: Difference, redacted: Callable[[Difference], Difference]) -> Difference:
        """A notice as it may be written down: the first of its kind stands for all, as most pairs have the same few."""
        known = self._notices.get(difference.fingerprint)
        if known is None:
            known = redacted(difference)
            if len(self._notices) < NOTICES:
                self._notices[difference.fingerprint] = known
        return known

    def reach(self, legacy: Response, candidate: Response) -> tuple[Reach, ...]:
        """What those of the rules find in a pair that have not found anything yet that they fit; costs nothing once
        all have."""
        if not self._unmet or self._asked >= ASKED:
            return ()
        self._asked += 1
        found = {
            one.rule: one for one in reach(self.rules, *documents_of(legacy, candidate)) if one.rule in self._unmet
        }
        self._unmet.difference_update(key for key, one in found.items() if one.found == "fits")
        return tuple(one for one in found.values() if one.found != "unknown")
