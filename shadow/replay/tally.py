"""What a replay has done so far: what a progress bar and the table at the end show."""

from __future__ import annotations

import time
from collections import Counter

import msgspec

from shadow.evidence.observation import Observation
from shadow.replay.selection import Left

__all__ = ["RouteTally", "Tally"]

SHOWN = 10
"""Broken entries of a file that are told one by one."""
MOST = 5_000
"""Routes, and origins, that are counted apart: without an inventory, whoever tries out paths makes up new ones."""
OTHERS = "* *"
_PROVEN = {"compared", "raced", "unproductive"}


class RouteTally(msgspec.Struct):
    """The requests of one route in this replay."""

    requests: int = 0
    compared: int = 0
    differing: int = 0
    failed: int = 0
    """Without an answer of either side, or lost."""
    unproven: int = 0
    """Both sides answered, which proves nothing: raced with a write, or failed alike."""
    skipped: Counter[str] = msgspec.field(default_factory=Counter)
    """Skip reason → requests."""


class Tally:
    """Counts; nothing here decides anything."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.routes: dict[str, RouteTally] = {}
        self.left: Counter[Left] = Counter()
        self.unusable: Counter[str] = Counter()
        self.elsewhere: Counter[str] = Counter()
        """Origin → requests that are under no base URL."""
        self.broken: Counter[str] = Counter()
        """File → entries."""
        self.entries = 0
        """All that were read."""
        self.chosen = 0
        self.before = 0
        """Of these, done by an earlier try."""
        self.done = 0
        self.differing = 0
        self.answered = 0
        self.waiting_for = ""
        """Why nothing is sent now, in a few words."""
        self.fraction = 0.0
        """Of all files, read so far; 1.0 where all were."""

    @property
    def others(self) -> Counter[str]:
        """Kind → entries that were no requests to send."""
        broken = Counter({"broken": self.broken.total()}) if self.broken else Counter()
        return self.unusable + broken

    @property
    def total(self) -> int | None:
        """Requests of the whole replay, as far as can be told."""
        if self.fraction >= 1.0:
            return self.chosen
        return round(self.chosen / self.fraction) if self.fraction > 0.0 else None

    @property
    def seconds(self) -> float:
        """Since it began."""
        return max(0.001, time.monotonic() - self.started)

    def note_elsewhere(self, origin: str) -> None:
        """A request that is under no base URL."""
        self.elsewhere[origin if origin in self.elsewhere or len(self.elsewhere) < MOST else "others"] += 1

    def add(self, observation: Observation) -> None:
        self.done += 1
        name = observation.epoch.route
        if name not in self.routes and len(self.routes) >= MOST:
            name = OTHERS
        route = self.routes.setdefault(name, RouteTally())
        route.requests += 1
        match observation.outcome:
            case "compared":
                route.compared += 1
                if set(observation.signature) - set(observation.noise):
                    route.differing += 1
                    self.differing += 1
            case "raced" | "unproductive":
                route.unproven += 1
            case "skipped":
                route.skipped[observation.skip] += 1
            case _:
                route.failed += 1
        self.answered += observation.outcome in _PROVEN
