"""The evidence of one epoch, counted in memory: what the store reads back, said a second time and much more simply.

Simulations that look after every request need it quick, and the store's tests need something to be held against. It
keeps no examples.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from shadow.compare.difference import Difference
from shadow.evidence.activity import FINEST, Activity
from shadow.evidence.days import day_of
from shadow.evidence.latency import Latency, bucket
from shadow.evidence.observation import Epoch, Observation
from shadow.evidence.route_evidence import DistinctGroup, FingerprintEvidence, RouteEvidence
from shadow.evidence.rule_evidence import counter_of, is_rule_counter, rules_in
from shadow.evidence.signature import LIMIT, OVERFLOWED, capped, signature_id

__all__ = ["Counted"]

NOISY = 100
"""Requests that are remembered of one fingerprint as noise: the latest."""
APART = 16
"""Signatures that a bucket of time keeps apart: those with the lowest ids."""

Fingerprints = frozenset[str]


class Counted:
    """Takes the observations of ``epoch``; any others are not its business."""

    def __init__(self, epoch: Epoch) -> None:
        self.epoch = epoch
        self._counters: Counter[tuple[int, str]] = Counter()
        self._seen: dict[tuple[int, str], tuple[float, float]] = {}
        self._shown: defaultdict[bytes, dict[Fingerprints, int]] = defaultdict(dict)
        self._groups: Counter[Fingerprints] = Counter()
        """By all that each request has ever shown."""
        self._fingerprints: dict[str, Difference] = {}
        self._fingerprint_days: defaultdict[str, dict[int, tuple[int, float, float]]] = defaultdict(dict)
        self._noise: defaultdict[str, dict[bytes, int]] = defaultdict(dict)
        """Fingerprint, request → the last day on which it was noise there."""
        self._timings: Counter[tuple[int, int, int]] = Counter()
        self._cold: Counter[tuple[int, int]] = Counter()
        self._activity: Counter[tuple[int, Fingerprints]] = Counter()
        self._first_day = 2**62

    def add(self, observation: Observation) -> None:
        assert observation.epoch == self.epoch
        day = day_of(observation.at)
        self._first_day = min(self._first_day, day)
        for name, count in _counts(observation).items():
            if count:
                self._counters[day, name] += count
                first, last = self._seen.get((day, name), (observation.at, observation.at))
                self._seen[day, name] = min(first, observation.at), max(last, observation.at)
        for difference in _counted(observation.differences, observation.noise):
            self._show(difference, day, observation.at)
        for sample in observation.latency:
            self._timings[day, bucket(sample.legacy_ms), bucket(sample.candidate_ms)] += 1
        for cold in observation.cold:
            self._cold[day, bucket(cold.milliseconds)] += 1
        if observation.outcome == "compared":
            self._compare(observation, day)

    def evidence(self, since: int = 0) -> RouteEvidence | None:
        """What counts from the day ``since`` on; None where nothing does."""
        counters: Counter[str] = Counter()
        for (day, name), count in self._counters.items():
            if day >= since:
                counters[name] += count
        if not counters:
            return None
        seen = [times for (day, _), times in self._seen.items() if day >= since]
        return RouteEvidence(
            epoch=self.epoch,
            first_seen=min(first for first, _ in seen),
            last_seen=max(last for _, last in seen),
            counters={name: count for name, count in counters.items() if not is_rule_counter(name)},
            distinct=self._distinct(since),
            fingerprints=self._fingerprint_evidence(since),
            latency=self._latencies(since),
            rules=rules_in(counters),
            activity=self._activities(since),
            last_times={name: at for name, at in self._last_times(since).items() if not is_rule_counter(name)},
        )

    # -- adding -------------------------------------------------------------------------------------------------------

    def _show(self, difference: Difference, day: int, at: float) -> None:
        fingerprint = difference.fingerprint
        known = self._fingerprints.get(fingerprint)
        if known is None or difference.summary < known.summary:
            self._fingerprints[fingerprint] = difference
        count, first, last = self._fingerprint_days[fingerprint].get(day, (0, at, at))
        self._fingerprint_days[fingerprint][day] = count + 1, min(first, at), max(last, at)

    def _compare(self, observation: Observation, day: int) -> None:
        digest = observation.distinct
        assert digest is not None
        signature = Fingerprints(capped(observation.signature, observation.noise))
        self._activity[int(observation.at // FINEST) * FINEST, signature] += 1
        shown = self._shown[digest]
        before = Fingerprints().union(*shown)
        if shown:
            self._groups[before] -= 1
        self._groups[before | signature] += 1
        shown[signature] = max(day, shown.get(signature, day))
        for fingerprint in signature.intersection(observation.noise):
            noisy = self._noise[fingerprint]
            noisy[digest] = max(day, noisy.get(digest, day))

    # -- reading ------------------------------------------------------------------------------------------------------

    def _distinct(self, since: int) -> tuple[DistinctGroup, ...]:
        groups = self._groups
        if since > self._first_day:
            young = ([s for s, day in shown.items() if day >= since] for shown in self._shown.values())
            groups = Counter(Fingerprints().union(*shown) for shown in young if shown)
        found = [DistinctGroup(fingerprints, requests) for fingerprints, requests in groups.items() if requests]
        return tuple(sorted(found, key=lambda group: (-group.requests, sorted(group.fingerprints))))

    def _fingerprint_evidence(self, since: int) -> tuple[FingerprintEvidence, ...]:
        found = []
        for fingerprint, days in self._fingerprint_days.items():
            counted = [seen for day, seen in days.items() if day >= since]
            if counted:
                counts, first, last = zip(*counted, strict=True)
                difference = self._fingerprints[fingerprint]
                seen = sum(counts), min(first), max(last)
                found.append(_evidence(difference, *seen, self._noisy(fingerprint, since)))
        return tuple(sorted(found, key=lambda one: (-one.count, one.fingerprint)))

    def _noisy(self, fingerprint: str, since: int) -> int:
        """Distinct requests as noise, of those that are kept."""
        latest = sorted(self._noise[fingerprint].items(), key=lambda seen: (-seen[1], seen[0]))[:NOISY]
        return sum(day >= since for _, day in latest)

    def _activities(self, since: int) -> tuple[Activity, ...]:
        found: Counter[tuple[int, tuple[str, ...] | None]] = Counter()
        differing: defaultdict[int, list[str]] = defaultdict(list)
        for start, signature in self._activity:
            if signature:
                differing[start].append(signature_id(signature))
        kept = {start: {"", *sorted(ids)[:APART]} for start, ids in differing.items()}
        for (start, signature), requests in self._activity.items():
            if day_of(start) >= since:
                apart = signature_id(signature) in kept.get(start, {""})
                found[start, tuple(sorted(signature)) if apart else None] += requests
        ordered = sorted(found.items(), key=lambda one: (one[0][0], one[0][1] is None, one[0][1] or ()))
        return tuple(Activity(start, FINEST, shown, requests) for (start, shown), requests in ordered)

    def _last_times(self, since: int) -> dict[str, float]:
        found: dict[str, float] = {}
        for (day, name), (_, last) in self._seen.items():
            if day >= since:
                found[name] = max(last, found.get(name, last))
        return found

    def _latencies(self, since: int) -> Latency:
        pairs: Counter[tuple[int, int]] = Counter()
        cold: Counter[int] = Counter()
        for (day, legacy, candidate), requests in self._timings.items():
            pairs[legacy, candidate] += requests if day >= since else 0
        for (day, number), requests in self._cold.items():
            cold[number] += requests if day >= since else 0
        return Latency(pairs=dict(+pairs), cold=dict(+cold))


def _counts(observation: Observation) -> dict[str, int]:
    weight, outcome = observation.weight, observation.outcome
    return {
        f"skipped:{observation.skip}" if outcome == "skipped" else outcome: weight,
        "ok": weight if observation.legacy_ok else 0,
        "cold": len(observation.cold),
        **Counter(f"cold:{cold.kind}" for cold in observation.cold),
        "same-backend": 1 if observation.same_backend else 0,
        "unconfirmed": 1 if observation.unconfirmed else 0,
        f"error:{observation.candidate_error}": 1 if observation.candidate_error else 0,
        **{counter_of(reach): 1 for reach in observation.reach},
    }


def _counted(differences: Iterable[Difference], noise: Collection[str]) -> list[Difference]:
    """One difference per fingerprint, that with the least summary; notices apart, and no more than are counted."""
    least: dict[str, Difference] = {}
    for difference in differences:
        known = least.get(difference.fingerprint)
        if known is None or difference.summary < known.summary:
            least[difference.fingerprint] = difference
    faults = sorted(f for f, difference in least.items() if difference.severity == "difference")
    notices = sorted(f for f, difference in least.items() if difference.severity == "notice")
    kept = capped(faults, noise)
    overflowed = [OVERFLOWED] if OVERFLOWED.fingerprint in kept else []
    return [*(least[f] for f in kept if f in least), *overflowed, *(least[f] for f in notices[:LIMIT])]


def _evidence(difference: Difference, count: int, first: float, last: float, noise: int) -> FingerprintEvidence:
    statuses: Any = (difference.legacy, difference.candidate)
    told = difference.where == "status" and all(isinstance(status, int) for status in statuses)
    return FingerprintEvidence(
        fingerprint=difference.fingerprint,
        where=difference.where,
        path=difference.pattern,
        kind=difference.kind,
        class_=difference.class_,
        severity=difference.severity,
        summary=difference.summary,
        statuses=statuses if told else None,
        count=count,
        noise=noise,
        first_seen=first,
        last_seen=last,
    )
