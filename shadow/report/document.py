"""What every report says, as one value: formats differ in how they print it, never in what they know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal

import msgspec

from shadow.verdict.model import RouteVerdict, Verdict

__all__ = ["Document", "Note", "Standing"]


class Note(msgspec.Struct, frozen=True):
    """Something that concerns the whole run: credentials, what was left out, what in shadow.toml does nothing."""

    sentence: str
    routes: tuple[str, ...] = ()
    """Those that it concerns."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where a ready route leads, and until when it stays ready if no more traffic comes."""

    legacy_path: str
    """Path template with the base of the side, as in ``/kong/orders/{orderId}``; the same goes for the candidate's."""
    candidate_path: str
    origin: str
    """Where the route is known from; "" where it was guessed from traffic."""
    until: float | None
    """Seconds since the epoch; None where that is beyond all calendars."""
    because: Literal["acceptance", "max_age"]
    """What ends it: an acceptance runs out, or too little evidence is young enough."""
    sentence: str
    """The same in words."""


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """The verdicts of all routes at one moment, with what was compared with what."""

    generated_at: float
    """Seconds since the epoch."""
    legacy: str
    """Base URL."""
    candidate: str
    """Base URL."""
    legacy_version: str = ""
    candidate_version: str = ""
    verdicts: tuple[RouteVerdict, ...] = ()
    """Worst first."""
    never_seen: tuple[str, ...] = ()
    """Routes of the inventory of which no request has come; none where there is no inventory."""
    paused: bool = False
    """Mirroring is stopped by `shadow pause`."""
    notes: tuple[Note, ...] = ()
    """What concerns the whole run, the gravest first."""
    settings_source: str = ""
    """The file that the settings came from; "" where there is none."""
    failure: str = ""
    """Why nothing could be judged at all, for people; then there are no verdicts."""
    standings: dict[str, Standing] = {}
    """Ready route → where it leads; only filled in where somebody asks (see `standing`)."""

    @property
    def summary(self) -> dict[Verdict, int]:
        """Verdict → number of routes, zeros included."""
        found = Counter(verdict.verdict for verdict in self.verdicts)
        return {verdict: found[verdict] for verdict in Verdict}

    @property
    def requests(self) -> dict[str, int]:
        """The counters of `RouteVerdict.requests`, added up over all routes."""
        return _added(verdict.requests for verdict in self.verdicts)

    @property
    def skipped(self) -> dict[str, int]:
        """Skip reason → count, added up over all routes."""
        return _added(verdict.skipped for verdict in self.verdicts)


def _added(counters: Iterable[dict[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for counter in counters:
        for name, count in counter.items():
            total[name] = total.get(name, 0) + count
    return total
