"""The tables → what each route's past epochs have shown, in a few statements however many there are.

Reports are written every few seconds while traffic flows, and a team that deploys often has hundreds of past epochs.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, func, select

from shadow.config import Settings
from shadow.evidence.past import PastEpoch, PastEvidence, past_epochs
from shadow.evidence.route_evidence import RouteEvidence
from shadow.store import schema
from shadow.store.activity import read_activity
from shadow.store.distinct_groups import read_distinct_by_epoch
from shadow.store.fingerprints import read_fingerprints_by_epoch
from shadow.store.reading import known_epochs
from shadow.store.sampling import below
from shadow.store.window import Epochs

__all__ = ["read_history"]

_ASK = 10_000
"""Epochs in one statement; PostgreSQL takes 65,535 parameters, SQLite 32,766."""
REQUESTS, FEWEST = 1_000_000, 1_000
"""Distinct requests that are read of all past epochs together, about; and of any one of them at the least."""
_UNANSWERED = ("error:timeout", "error:connection")


def read_history(
    connection: Connection, settings: Settings, *, requests: int = REQUESTS, fewest: int = FEWEST
) -> dict[str, tuple[PastEvidence, ...]]:
    """Route → the evidence of its past epochs, those that answered last first; routes without a past are left out.

    Of an epoch with more distinct requests than its part of ``requests`` a fair sample is read, as `sampling` does.
    """
    past = past_epochs(settings, known_epochs(connection))
    epochs = [epoch for several in past.values() for epoch in several]
    most = max(fewest, requests // max(1, len(epochs)))
    found: dict[str, PastEvidence] = {}
    for bits, several in _parts(connection, epochs, most):
        found |= _read(connection, several, bits)
    return {route: tuple(found[one.known.epoch.id] for one in several) for route, several in past.items()}


def _parts(connection: Connection, epochs: Sequence[PastEpoch], most: int) -> Iterator[tuple[int, Sequence[PastEpoch]]]:
    """The epochs by how many leading zero bits the digests must have that are read of them; few groups, for each bit
    halves their number."""
    by_bits: defaultdict[int, list[PastEpoch]] = defaultdict(list)
    for asked in _batches(epochs):
        bits = _sampled(connection, [one.known.epoch.id for one in asked if one.known.distinct > most], most)
        for one in asked:
            by_bits[bits.get(one.known.epoch.id, 0)].append(one)
    for halved, several in sorted(by_bits.items()):
        yield from ((halved, asked) for asked in _batches(several))


def _batches(epochs: Sequence[PastEpoch]) -> Iterator[Sequence[PastEpoch]]:
    return (epochs[start : start + _ASK] for start in range(0, len(epochs), _ASK))


def _sampled(connection: Connection, ids: Sequence[str], most: int) -> dict[str, int]:
    """Epoch → bits, for those with more than ``most`` distinct requests (in fact, rows)."""
    epochs, c = schema.epochs.c, schema.distinct_requests.c
    query = (
        select(epochs.id, epochs.sample_bits, func.count())
        .join(schema.distinct_requests, c.epoch == epochs.id)
        .where(epochs.id.in_(ids))
        .group_by(epochs.id, epochs.sample_bits)
        .having(func.count() > most)
    )
    return {id_: kept + math.ceil(math.log2(rows / most)) for id_, kept, rows in connection.execute(query)}


def _read(connection: Connection, epochs: Sequence[PastEpoch], bits: int) -> dict[str, PastEvidence]:
    by_id = {epoch.known.epoch.id: epoch for epoch in epochs}
    rows = Epochs(tuple(by_id), below(bits) if bits else None)
    counters, distinct = _unanswered(connection, rows), read_distinct_by_epoch(connection, rows)
    fingerprints, activity = read_fingerprints_by_epoch(connection, rows), read_activity(connection, rows)
    return {
        id_: PastEvidence(
            past,
            RouteEvidence(
                epoch=past.known.epoch,
                first_seen=past.known.first_seen,
                last_seen=past.known.last_seen,
                counters=counters.get(id_, {}),
                distinct=distinct.get(id_, ()),
                fingerprints=fingerprints.get(id_, ()),
                activity=activity.get(id_, ()),
            ),
            sampled=bits > 0,
        )
        for id_, past in by_id.items()
    }


def _unanswered(connection: Connection, rows: Epochs) -> dict[str, dict[str, int]]:
    c = schema.counters.c
    query = (
        select(c.epoch, c.name, func.sum(c["count"]))
        .where(rows.of(schema.counters), c.name.in_(_UNANSWERED))
        .group_by(c.epoch, c.name)
    )
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for epoch, name, count in connection.execute(query):
        # PostgreSQL's sums of integers are exact decimals.
        found[epoch][name] = int(count)
    return found
