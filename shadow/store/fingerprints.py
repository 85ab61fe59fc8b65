"""Reads fingerprints: what each is, how often it was seen, as noise how often, and its examples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, select

from shadow.evidence.days import start_of
from shadow.evidence.observation import Example
from shadow.evidence.route_evidence import FingerprintEvidence
from shadow.store import schema
from shadow.store.packing import unpack
from shadow.store.window import Rows, Window

__all__ = ["read_fingerprints", "read_fingerprints_by_epoch"]

_Key = tuple[str, str]
"""(epoch, fingerprint)"""


def read_fingerprints(connection: Connection, window: Window) -> tuple[FingerprintEvidence, ...]:
    """The fingerprints that were seen, the most frequent first."""
    noise, examples = _noise(connection, window), _examples(connection, window)
    return tuple(_evidence(row, noise, examples) for row in _counted(connection, window))


def read_fingerprints_by_epoch(connection: Connection, rows: Rows) -> dict[str, tuple[FingerprintEvidence, ...]]:
    """The fingerprints of each epoch without examples, in two statements however many epochs there are."""
    noise = _noise(connection, rows)
    found: defaultdict[str, list[FingerprintEvidence]] = defaultdict(list)
    for row in _counted(connection, rows):
        found[row["epoch"]].append(_evidence(row, noise, {}))
    return {epoch: tuple(several) for epoch, several in found.items()}


def _counted(connection: Connection, rows: Rows) -> list[Mapping[str, Any]]:
    described, counts = schema.fingerprints, schema.fingerprint_counts
    counted = (
        select(
            counts.c.epoch,
            counts.c.fingerprint,
            func.sum(counts.c["count"]).label("count"),
            func.min(counts.c.first_seen).label("first_seen"),
            func.max(counts.c.last_seen).label("last_seen"),
        )
        .where(rows.rows(counts))
        .group_by(counts.c.epoch, counts.c.fingerprint)
        .subquery()
    )
    query = (
        select(described, counted.c["count"], counted.c.first_seen, counted.c.last_seen)
        .join(counted, (described.c.epoch == counted.c.epoch) & (described.c.fingerprint == counted.c.fingerprint))
        .where(rows.of(described))
        .order_by(counted.c["count"].desc(), described.c.fingerprint)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def _noise(connection: Connection, rows: Rows) -> dict[_Key, int]:
    c = schema.noise.c
    query = (
        select(c.epoch, c.fingerprint, func.count())
        .where(rows.rows(schema.noise, "last_day"))
        .group_by(c.epoch, c.fingerprint)
    )
    return {(epoch, fingerprint): count for epoch, fingerprint, count in connection.execute(query)}


def _examples(connection: Connection, window: Window) -> dict[str, list[Example]]:
    c, pairs = schema.examples.c, schema.pairs.c
    query = (
        select(c.fingerprint, pairs.id, pairs.observation)
        .join(schema.pairs, (pairs.epoch == c.epoch) & (pairs.id == c.pair))
        .where(c.epoch == window.epoch, c.at >= start_of(window.since))
        .order_by(c.fingerprint, c.at.desc(), c.pair)
    )
    found: defaultdict[str, list[Example]] = defaultdict(list)
    unpacked: dict[bytes, Example] = {}
    for fingerprint, pair, content in connection.execute(query):
        if pair not in unpacked:
            example = unpack(content).example
            assert example is not None, "only observations with a pair are kept"
            unpacked[pair] = example
        found[fingerprint].append(unpacked[pair])
    return found


def _evidence(
    row: Mapping[str, Any], noise: dict[_Key, int], examples: dict[str, list[Example]]
) -> FingerprintEvidence:
    fingerprint = row["fingerprint"]
    key = (row["epoch"], fingerprint)
    statuses = (row["legacy_status"], row["candidate_status"])
    return FingerprintEvidence(
        fingerprint=fingerprint,
        where=row["where"],
        path=row["path"],
        kind=row["kind"],
        class_=row["class"],
        severity=row["severity"],
        summary=row["summary"],
        statuses=None if None in statuses else statuses,
        # PostgreSQL's sums of integers are exact decimals.
        count=int(row["count"]),
        noise=noise.get(key, 0),
        first_seen=row["first_seen"],
        last_seen=row["last_seen"],
        examples=tuple(examples.get(fingerprint, ())),
    )
