"""Settings and store → Document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from shadow.config import Settings
from shadow.evidence.past import PastEvidence
from shadow.evidence.route_evidence import RouteEvidence
from shadow.report.document import Document
from shadow.report.notes import notes
from shadow.routes import RouteTable
from shadow.verdict import judge_all

__all__ = ["EvidenceSource", "document"]


class EvidenceSource(Protocol):
    """As much of the store as a report reads."""

    def evidence(self, settings: Settings, now: float) -> list[RouteEvidence]: ...

    def history(self, settings: Settings) -> Mapping[str, Sequence[PastEvidence]]: ...

    def served(self, settings: Settings, now: float) -> set[str]: ...

    def paused(self) -> bool: ...


def document(settings: Settings, store: EvidenceSource, now: float) -> Document:
    """Judge what the store holds at ``now`` (seconds since the epoch).

    Raises StoreError when the store can't be read, ConfigError when an inventory can't.
    """
    evidences = store.evidence(settings, now)
    served, past = store.served(settings, now), store.history(settings)
    paused = store.paused()
    table = RouteTable.from_settings(settings)
    routes = table.names()
    seen = {*served, *past, *(evidence.epoch.route for evidence in evidences)}
    never_seen = tuple(route for route in routes if route not in seen) if table.has_inventory else ()
    verdicts = judge_all(evidences, settings, routes, now, paused=paused, served=served, past=past)
    newest = max(evidences, key=lambda evidence: evidence.last_seen, default=None)
    return Document(
        generated_at=now,
        legacy=settings.legacy.url,
        candidate=settings.candidate.url,
        legacy_version=settings.legacy.version or (newest.epoch.legacy_version if newest else ""),
        candidate_version=settings.candidate.version or (newest.epoch.candidate_version if newest else ""),
        verdicts=tuple(verdicts),
        never_seen=never_seen,
        paused=paused,
        notes=notes(settings, evidences, routes, never_seen, verdicts),
        settings_source=str(settings.source) if settings.source else "",
    )
