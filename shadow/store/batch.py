"""A batch of observations, added up in memory: what is to be added to each table, one row per key."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import msgspec

from shadow.compare.difference import Difference
from shadow.evidence.activity import FINEST, start_in_day
from shadow.evidence.days import day_of
from shadow.evidence.latency import bucket
from shadow.evidence.observation import Epoch, Observation
from shadow.evidence.rule_evidence import counter_of
from shadow.evidence.signature import LIMIT, OVERFLOWED, capped, signature_id
from shadow.store import schema
from shadow.store.coverage import CoverageRows
from shadow.store.merging import Rows

__all__ = ["Batch", "Keepable"]

_ANSWERED = {"compared", "raced", "unproductive"}
"""Outcomes in which both sides answered."""


class Keepable(msgspec.Struct, frozen=True):
    """An observation whose pair may be kept, as an example of each of the fingerprints."""

    epoch: str
    fingerprints: frozenset[str]
    observation: Observation


class Batch:
    """Rows to merge into the tables; ``activity``, ``distinct``, ``noise`` and ``coverage`` are kept apart, because of
    these only so much may go in."""

    def __init__(self, observations: Iterable[Observation]) -> None:
        self._epochs: dict[Epoch, _EpochSeen] = {}
        self.activity = Rows(schema.activity)
        self.distinct = Rows(schema.distinct_requests)
        self.noise = Rows(schema.noise)
        self.coverage = CoverageRows()
        self.pairs: list[Keepable] = []
        self._counters = Rows(schema.counters)
        self._signatures = Rows(schema.signatures)
        self._signature_counts = Rows(schema.signature_counts)
        self._fingerprints = Rows(schema.fingerprints)
        self._fingerprint_counts = Rows(schema.fingerprint_counts)
        self._timings = Rows(schema.timings)
        self._cold_starts = Rows(schema.cold_starts)
        for observation in observations:
            self._add(observation)

    @property
    def epochs(self) -> list[dict[str, Any]]:
        """The rows of the epochs, by id: everybody who writes locks them in the same order."""
        rows = [msgspec.structs.asdict(epoch) | seen.row() for epoch, seen in self._epochs.items()]
        return sorted(rows, key=lambda row: str(row["id"]))

    @property
    def additive(self) -> tuple[Rows, ...]:
        """What is merged as it is."""
        return (
            self._counters,
            self._signatures,
            self._signature_counts,
            self._fingerprints,
            self._fingerprint_counts,
            self._timings,
            self._cold_starts,
        )

    def _add(self, observation: Observation) -> None:
        epoch = self._epoch(observation)
        self._count(epoch, observation)
        shown = _shown(observation.differences, observation.noise)
        for difference in shown:
            self._add_fingerprint(epoch, observation, difference)
        if observation.outcome == "compared":
            self._add_signature(epoch, observation)
        self._time(epoch, observation)
        if observation.example is not None:
            # A notice shows its values in its sentence; only of differences do people want to see both bodies.
            faults = frozenset(d.fingerprint for d in shown if d.severity == "difference")
            self.pairs.append(Keepable(epoch, faults, observation))

    def _epoch(self, observation: Observation) -> str:
        seen = self._epochs.get(observation.epoch)
        if seen is None:
            seen = self._epochs[observation.epoch] = _EpochSeen(observation)
        seen.add(observation)
        return seen.id

    def _count(self, epoch: str, observation: Observation) -> None:
        for name, count in _counts(observation).items():
            if count:
                self._counters.add(
                    epoch=epoch,
                    day=day_of(observation.at),
                    name=name,
                    count=count,
                    first_seen=observation.at,
                    last_seen=observation.at,
                )

    def _add_fingerprint(self, epoch: str, observation: Observation, difference: Difference) -> None:
        legacy_status, candidate_status = _statuses(difference)
        self._fingerprints.add(
            epoch=epoch,
            fingerprint=difference.fingerprint,
            where=difference.where,
            path=_text(difference.pattern),
            kind=difference.kind,
            summary=_text(difference.summary),
            severity=difference.severity,
            legacy_status=legacy_status,
            candidate_status=candidate_status,
            **{"class": difference.class_},
        )
        self._fingerprint_counts.add(
            epoch=epoch,
            fingerprint=difference.fingerprint,
            day=day_of(observation.at),
            count=1,
            first_seen=observation.at,
            last_seen=observation.at,
        )

    def _add_signature(self, epoch: str, observation: Observation) -> None:
        signature, fingerprints, text = _signature(observation.signature, observation.noise)
        day = day_of(observation.at)
        self._signatures.add(epoch=epoch, signature=signature, fingerprints=text)
        self._signature_counts.add(epoch=epoch, signature=signature, day=day, count=1)
        start = start_in_day(observation.at)
        self.activity.add(epoch=epoch, day=day, start=start, width=FINEST, signature=signature, count=1)
        digest = observation.distinct
        assert digest is not None, "what was compared has a digest"
        self.distinct.add(epoch=epoch, digest=digest, signature=signature, last_day=day)
        self.coverage.add(epoch, observation.features, digest, day)
        for fingerprint in set(observation.noise).intersection(fingerprints):
            self.noise.add(epoch=epoch, fingerprint=fingerprint, digest=digest, last_day=day)

    def _time(self, epoch: str, observation: Observation) -> None:
        day = day_of(observation.at)
        for sample in observation.latency:
            both = {"legacy": bucket(sample.legacy_ms), "candidate": bucket(sample.candidate_ms)}
            self._timings.add(epoch=epoch, day=day, **both, count=1)
        for cold in observation.cold:
            self._cold_starts.add(epoch=epoch, day=day, bucket=bucket(cold.milliseconds), count=1)


class _EpochSeen:
    """When an epoch was seen in this batch; one for many observations, so its row is only made at the end."""

    def __init__(self, observation: Observation) -> None:
        self.id = observation.epoch.id
        self._first = self._last = observation.at
        self._answered = 0.0

    def add(self, observation: Observation) -> None:
        self._first = min(self._first, observation.at)
        self._last = max(self._last, observation.at)
        if observation.outcome in _ANSWERED:
            self._answered = max(self._answered, observation.at)

    def row(self) -> dict[str, Any]:
        seen = {"first_seen": self._first, "last_seen": self._last, "last_answered": self._answered}
        return {"id": self.id, **seen}


@lru_cache(maxsize=4096)
def _signature(fingerprints: tuple[str, ...], noise: tuple[str, ...]) -> tuple[str, tuple[str, ...], str]:
    """A signature's id, its fingerprints as they are counted, and these as a JSON array."""
    counted = capped(fingerprints, noise)
    return signature_id(counted), counted, json.dumps(counted)


def _counts(observation: Observation) -> dict[str, int]:
    """Counter → what the observation adds to it; the names are those of `RouteEvidence.counters` and of `rules`."""
    outcome = observation.outcome
    return {
        f"{outcome}:{observation.skip}" if outcome == "skipped" else outcome: observation.weight,
        "ok": observation.weight * observation.legacy_ok,
        "cold": len(observation.cold),
        **Counter(f"cold:{cold.kind}" for cold in observation.cold),
        "same-backend": int(observation.same_backend),
        "unconfirmed": int(observation.unconfirmed),
        f"error:{observation.candidate_error}": int(observation.candidate_error != ""),
        **{counter_of(reach): 1 for reach in observation.reach},
    }


def _shown(differences: tuple[Difference, ...], noise: tuple[str, ...]) -> list[Difference]:
    """One difference for each fingerprint that is counted, with `OVERFLOWED` for those beyond the limit."""
    if not differences:
        return []
    by_fingerprint = {OVERFLOWED.fingerprint: OVERFLOWED}
    for difference in differences:
        mine = by_fingerprint.setdefault(difference.fingerprint, difference)
        if difference.summary < mine.summary:
            by_fingerprint[difference.fingerprint] = difference
    counted = capped((d.fingerprint for d in differences if d.severity == "difference"), noise)
    notices = sorted({d.fingerprint for d in differences if d.severity == "notice"})[:LIMIT]
    return [by_fingerprint[fingerprint] for fingerprint in (*counted, *notices)]


def _statuses(difference: Difference) -> tuple[int | None, int | None]:
    values = (difference.legacy, difference.candidate)
    if difference.where == "status" and all(isinstance(value, int) for value in values):
        return values
    return None, None


def _text(text: str) -> str:
    """The text with what a database can't hold as escapes: half surrogate pairs, and NUL (PostgreSQL)."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
