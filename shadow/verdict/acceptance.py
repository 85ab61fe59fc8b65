"""What the user has accepted: which `[[accept]]` covers a group of differences, on a route, on a day.

Evidence knows nothing of this, so a changed acceptance judges all past evidence anew, at once and exactly.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec

from shadow.config import Settings, glob_matches
from shadow.config.settings import Accept
from shadow.evidence.route_evidence import FingerprintEvidence, RouteEvidence
from shadow.evidence.signature import OVERFLOW
from shadow.verdict.path_pattern import covers

__all__ = ["Acceptances", "can_be_accepted", "unused"]


class Acceptances(msgspec.Struct, frozen=True):
    """What is accepted on one route, on one day, and what no longer is."""

    live: tuple[Accept, ...]
    expired: tuple[Accept, ...]

    @classmethod
    def of(cls, settings: Settings, route: str, now: float) -> Acceptances:
        """Those of ``settings`` for the route; ``now`` is in seconds since the epoch."""
        today = dt.datetime.fromtimestamp(now, dt.UTC).date()
        ours = [accept for accept in _all(settings) if _on_route(accept, route)]
        return cls(
            live=tuple(accept for accept in ours if accept.until is None or today <= accept.until),
            expired=tuple(accept for accept in ours if accept.until is not None and accept.until < today),
        )

    def accepting(self, fingerprint: FingerprintEvidence) -> Accept | None:
        """The first acceptance that covers these differences."""
        return _first(self.live, fingerprint)

    def expired_for(self, fingerprint: FingerprintEvidence) -> Accept | None:
        """The acceptance that covered these differences longest and has run out."""
        return _first(sorted(self.expired, key=lambda accept: accept.until or dt.date.max, reverse=True), fingerprint)


def can_be_accepted(fingerprint: FingerprintEvidence) -> bool:
    """Whether accepting is a choice at all: not what overflowed, and not that no answer came."""
    return fingerprint.fingerprint != OVERFLOW and fingerprint.where != "transport"


def unused(settings: Settings, evidences: Sequence[RouteEvidence]) -> list[Accept]:
    """The `[[accept]]` blocks, expired ones too, that cover nothing that was seen: candidates for deletion."""
    return [
        accept
        for accept in settings.accept
        if not any(
            _on_route(accept, evidence.epoch.route) and _covers(accept, fingerprint)
            for evidence in evidences
            for fingerprint in evidence.fingerprints
        )
    ]


def _all(settings: Settings) -> list[Accept]:
    ignored = [
        Accept(header=name, reason="listed in compare.ignore_headers") for name in settings.compare.ignore_headers
    ]
    # A header that tells a side's builds apart says nothing to a client, and differs by its nature.
    versions = [
        Accept(header=header, reason=f"named in {side}.version_header")
        for side, header in (
            ("legacy", settings.legacy.version_header),
            ("candidate", settings.candidate.version_header),
        )
        if header
    ]
    return [*settings.accept, *ignored, *versions]


def _on_route(accept: Accept, route: str) -> bool:
    return any(glob_matches(glob, route) for glob in accept.routes)


def _first(accepts: Sequence[Accept], fingerprint: FingerprintEvidence) -> Accept | None:
    return next((accept for accept in accepts if _covers(accept, fingerprint)), None)


def _covers(accept: Accept, found: FingerprintEvidence) -> bool:
    if not can_be_accepted(found):
        return False
    if accept.fingerprint is not None:
        return accept.fingerprint == found.fingerprint
    if accept.header is not None:
        return found.where == "header" and found.path.lower() == accept.header.lower()
    if accept.status is not None:
        return found.where == "status" and found.statuses == tuple(accept.status)
    return accept.path is not None and found.where == "body" and covers(accept.path, found.path)
