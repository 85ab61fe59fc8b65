"""Reads distinct requests, grouped by all that each has ever shown."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator

from sqlalchemy import Connection, func, select

from shadow.evidence.route_evidence import DistinctGroup
from shadow.store.schema import distinct_requests, signature_counts, signatures
from shadow.store.window import Rows, Window

__all__ = ["read_distinct", "read_distinct_by_epoch"]

Fingerprints = frozenset[str]
Meanings = dict[tuple[str, str], Fingerprints]
"""(epoch, signature) → what it stands for."""


def read_distinct(connection: Connection, window: Window) -> tuple[DistinctGroup, ...]:
    """The groups, the largest first. A request that has shown several signatures has shown all their fingerprints."""
    return read_distinct_by_epoch(connection, window).get(window.epoch, ())


def read_distinct_by_epoch(connection: Connection, rows: Rows) -> dict[str, tuple[DistinctGroup, ...]]:
    """The groups of each epoch, in four statements however many epochs there are."""
    meanings = _meanings(connection, rows)
    changing = _changing(connection, rows)
    found: defaultdict[str, Counter[Fingerprints]] = defaultdict(Counter)
    for epoch, signature, requests in _steady(connection, rows, changing):
        found[epoch][meanings[epoch, signature]] += requests
    for (epoch, _), shown in changing.items():
        found[epoch][Fingerprints().union(*(meanings[epoch, signature] for signature in shown))] += 1
    # What was seen only of requests that are not in the sample counts as one request each, so that no difference is
    # lost in sampling.
    for epoch, missed in _missed(_seen(connection, rows, meanings), found).items():
        found[epoch].update(missed)
    return {epoch: _ordered(groups) for epoch, groups in found.items()}


def _ordered(groups: Counter[Fingerprints]) -> tuple[DistinctGroup, ...]:
    ordered = sorted(groups.items(), key=lambda item: (-item[1], sorted(item[0])))
    return tuple(DistinctGroup(fingerprints, requests) for fingerprints, requests in ordered)


def _meanings(connection: Connection, rows: Rows) -> Meanings:
    c = signatures.c
    query = select(c.epoch, c.signature, c.fingerprints).where(rows.of(signatures))
    return {(epoch, signature): Fingerprints(json.loads(text)) for epoch, signature, text in connection.execute(query)}


def _steady(
    connection: Connection, rows: Rows, changing: dict[tuple[str, bytes], list[str]]
) -> Iterator[tuple[str, str, int]]:
    """Epoch, signature, and how many requests have shown it and never another."""
    others = Counter((epoch, signature) for (epoch, _), shown in changing.items() for signature in shown)
    c = distinct_requests.c
    mine = rows.rows(distinct_requests, "last_day")
    # Counted with the changing ones, which are few: grouping by request first would take three times as long.
    query = select(c.epoch, c.signature, func.count()).where(mine).group_by(c.epoch, c.signature)
    for epoch, signature, requests in connection.execute(query):
        if requests > others[epoch, signature]:
            yield epoch, signature, requests - others[epoch, signature]


def _changing(connection: Connection, rows: Rows) -> dict[tuple[str, bytes], list[str]]:
    """(epoch, request) → its signatures, for those that have shown several."""
    c = distinct_requests.c
    mine = rows.rows(distinct_requests, "last_day")
    changing = select(c.epoch, c.digest).where(mine).group_by(c.epoch, c.digest).having(func.count() > 1).subquery()
    query = (
        select(c.epoch, c.digest, c.signature)
        .join(changing, (changing.c.epoch == c.epoch) & (changing.c.digest == c.digest))
        .where(mine)
    )
    found: defaultdict[tuple[str, bytes], list[str]] = defaultdict(list)
    for epoch, digest, signature in connection.execute(query):
        found[epoch, digest].append(signature)
    return found


def _seen(connection: Connection, rows: Rows, meanings: Meanings) -> dict[str, list[Fingerprints]]:
    c = signature_counts.c
    found: defaultdict[str, list[Fingerprints]] = defaultdict(list)
    query = select(c.epoch, c.signature).where(rows.rows(signature_counts)).distinct()
    for epoch, signature in connection.execute(query):
        found[epoch].append(meanings[epoch, signature])
    return found


def _missed(
    seen: dict[str, list[Fingerprints]], found: dict[str, Counter[Fingerprints]]
) -> dict[str, list[Fingerprints]]:
    return {
        epoch: [shown for shown in several if not any(shown <= group for group in found.get(epoch, ()))]
        for epoch, several in seen.items()
    }
