"""Reads distinct requests, grouped by all that each has ever shown."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator

from sqlalchemy import Connection, func, select

from shadow.evidence.route_evidence import DistinctGroup
from shadow.store.schema import distinct_requests, signature_counts, signatures
from shadow.store.window import Window

__all__ = ["read_distinct"]

Fingerprints = frozenset[str]


def read_distinct(connection: Connection, window: Window) -> tuple[DistinctGroup, ...]:
    """The groups, the largest first. A request that has shown several signatures has shown all their fingerprints."""
    meanings = _meanings(connection, window.epoch)
    groups: Counter[Fingerprints] = Counter()
    for signature, requests in _steady(connection, window):
        groups[meanings[signature]] += requests
    for shown in _changing(connection, window).values():
        groups[Fingerprints().union(*(meanings[signature] for signature in shown))] += 1
    missed = [shown for shown in _seen(connection, window, meanings) if not any(shown <= group for group in groups)]
    # These were seen only of requests that are not in the sample. So that no difference is lost in sampling, each
    # counts as one request.
    groups.update(missed)
    ordered = sorted(groups.items(), key=lambda item: (-item[1], sorted(item[0])))
    return tuple(DistinctGroup(fingerprints, requests) for fingerprints, requests in ordered)


def _meanings(connection: Connection, epoch: str) -> dict[str, Fingerprints]:
    c = signatures.c
    query = select(c.signature, c.fingerprints).where(c.epoch == epoch)
    return {signature: Fingerprints(json.loads(text)) for signature, text in connection.execute(query)}


def _steady(connection: Connection, window: Window) -> Iterator[tuple[str, int]]:
    """Signature, and how many requests have shown it and never another."""
    c = distinct_requests.c
    steady = (
        select(func.min(c.signature).label("signature"))
        .where(window.rows(distinct_requests, "last_day"))
        .group_by(c.digest)
        .having(func.count() == 1)
        .subquery()
    )
    query = select(steady.c.signature, func.count()).group_by(steady.c.signature)
    yield from ((signature, requests) for signature, requests in connection.execute(query))


def _changing(connection: Connection, window: Window) -> dict[bytes, list[str]]:
    """Request → its signatures, for those that have shown several."""
    c = distinct_requests.c
    mine = window.rows(distinct_requests, "last_day")
    changing = select(c.digest).where(mine).group_by(c.digest).having(func.count() > 1)
    found: defaultdict[bytes, list[str]] = defaultdict(list)
    for digest, signature in connection.execute(select(c.digest, c.signature).where(mine, c.digest.in_(changing))):
        found[digest].append(signature)
    return found


def _seen(connection: Connection, window: Window, meanings: dict[str, Fingerprints]) -> list[Fingerprints]:
    query = select(signature_counts.c.signature).where(window.rows(signature_counts)).distinct()
    return sorted((meanings[signature] for signature in connection.scalars(query)), key=sorted)
