"""Keeps the newest pairs of each fingerprint, and every pair where that is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, and_, bindparam, delete, exists, select

from shadow.evidence.observation import Observation
from shadow.store import dialects, schema
from shadow.store.batch import Keepable
from shadow.store.merging import Rows
from shadow.store.packing import compress, pack

__all__ = ["drop_orphans", "keep_pairs"]


class _Example(NamedTuple):
    epoch: str
    fingerprint: str
    at: float
    pair: bytes


def keep_pairs(connection: Connection, keepable: Sequence[Keepable], *, most: int, everything: bool) -> None:
    """Keep the pairs that are among the ``most`` newest of any of their fingerprints; all, if ``everything``.

    "The newest" is a property of all pairs that ever came, so the order in which they come makes no difference.
    """
    packed: dict[tuple[str, bytes], tuple[Observation, bytes]] = {}
    offered: list[_Example] = []
    for epoch, fingerprints, observation in ((k.epoch, k.fingerprints, k.observation) for k in keepable):
        # What kind of request it was is only counted, but a recorded pair is counted once more under other rules.
        content = pack(observation if everything else msgspec.structs.replace(observation, features=()))
        pair = blake2b(content, digest_size=16).digest()
        packed[epoch, pair] = observation, content
        offered.extend(_Example(epoch, fingerprint, observation.at, pair) for fingerprint in fingerprints)
    stored = _stored(connection, offered)
    newest = _newest(stored.union(offered), most)
    chosen = newest - stored
    wanted = packed.keys() if everything else {(example.epoch, example.pair) for example in chosen}
    rows = Rows(schema.pairs)
    for epoch, pair in wanted:
        observation, content = packed[epoch, pair]
        rows.add(epoch=epoch, id=pair, at=observation.at, recorded=int(everything), observation=compress(content))
    dialects.merge(connection, schema.pairs, rows.sorted())
    dialects.ignore(connection, schema.examples, (example._asdict() for example in sorted(chosen)))
    _drop(connection, sorted(stored - newest))


def drop_orphans(connection: Connection) -> None:
    """Delete the pairs that are nobody's example any more and were not to be kept anyway."""
    connection.execute(delete(schema.pairs).where(_orphaned))


def _stored(connection: Connection, offered: Iterable[_Example]) -> set[_Example]:
    """The stored examples of all fingerprints that there are new ones of."""
    touched = {(example.epoch, example.fingerprint) for example in offered}
    columns = schema.examples.c
    by_epoch: dict[str, list[str]] = {}
    for epoch, fingerprint in sorted(touched):
        by_epoch.setdefault(epoch, []).append(fingerprint)
    found: set[_Example] = set()
    for epoch, fingerprints in by_epoch.items():
        query = select(columns.epoch, columns.fingerprint, columns.at, columns.pair).where(
            columns.epoch == epoch, columns.fingerprint.in_(fingerprints)
        )
        found.update(_Example(*row) for row in connection.execute(query))
    return found


def _newest(examples: Iterable[_Example], most: int) -> set[_Example]:
    kept: dict[tuple[str, str], list[_Example]] = {}
    for example in sorted(examples, key=lambda example: (-example.at, example.pair)):
        rivals = kept.setdefault((example.epoch, example.fingerprint), [])
        if len(rivals) < most:
            rivals.append(example)
    return {example for rivals in kept.values() for example in rivals}


def _drop(connection: Connection, evicted: Sequence[_Example]) -> None:
    if evicted:
        keys = [{"of": e.epoch, "showing": e.fingerprint, "which": e.pair} for e in evicted]
        connection.execute(_DROP_EXAMPLE, keys)
        connection.execute(_DROP_PAIR, keys)


_orphaned = and_(
    schema.pairs.c.recorded == 0,
    ~exists().where(schema.examples.c.epoch == schema.pairs.c.epoch, schema.examples.c.pair == schema.pairs.c.id),
)
_DROP_EXAMPLE = delete(schema.examples).where(
    schema.examples.c.epoch == bindparam("of"),
    schema.examples.c.fingerprint == bindparam("showing"),
    schema.examples.c.pair == bindparam("which"),
)
_DROP_PAIR = delete(schema.pairs).where(
    schema.pairs.c.epoch == bindparam("of"), schema.pairs.c.id == bindparam("which"), _orphaned
)
