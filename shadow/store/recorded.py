"""The pairs that `store.record = "all"` has kept: reads them in pieces, and counts what comparing them again has shown.

A recorded pair stays with the epoch that it came in, whatever rules it is compared under later, so the store doesn't
grow with every change of rules, and each pair is found once. Which pairs an epoch has been given is in the ledger,
under a run of its own, and written in one transaction with their evidence: nothing is counted twice, whatever breaks
off in between. Of the pairs themselves the new epoch keeps examples only, as of any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, select

from shadow.evidence.observation import Epoch, Observation
from shadow.store import dialects, schema
from shadow.store.batch import Batch
from shadow.store.writing import add_batch, committed, enter_numbers

__all__ = [
    "GIVEN",
    "RecordedEpoch",
    "RecordedPair",
    "carry_over",
    "forget_given",
    "pieces",
    "read_pairs",
    "recorded_epochs",
    "waiting",
]

_RUN = "recompare:"
"""How the runs of the ledger begin that say which pairs an epoch was given; the epoch's id follows."""
_PAGE = 10_000
"""Pairs of which the ids are read at once."""
_MOST, _MOST_BYTES = 250, 4 * 2**20
"""Pairs of one piece, and their bytes as they are stored (a larger pair is a piece of its own)."""


class RecordedEpoch(NamedTuple):
    """An epoch with recorded pairs, and how many these are."""

    epoch: Epoch
    pairs: int


class RecordedPair(NamedTuple):
    """A pair's id, and its observation as `packing` unpacks it."""

    id: bytes
    content: bytes


def recorded_epochs(connection: Connection) -> list[RecordedEpoch]:
    """All epochs with recorded pairs, by route."""
    columns, pairs = schema.epochs.c, schema.pairs.c
    fields = [columns[name] for name in Epoch.__struct_fields__]
    query = (
        select(*fields, func.count())
        .join_from(schema.epochs, schema.pairs, pairs.epoch == columns.id)
        .where(pairs.recorded == 1)
        .group_by(columns.id, *fields)
        .order_by(columns.route, columns.id)
    )
    return [RecordedEpoch(Epoch(*row[:-1]), row[-1]) for row in connection.execute(query)]


def waiting(
    connection: Connection, source: str, target: str, after: bytes
) -> tuple[list[tuple[bytes, int]], bytes | None]:
    """Ids and stored bytes of pairs of ``source`` that ``target`` has not been given, out of the next page of those
    with ids beyond ``after``; and the page's last id, None where no page follows."""
    c = schema.pairs.c
    query = (
        select(c.id, func.length(c.observation))
        .where(c.epoch == source, c.id > after, c.recorded == 1)
        .order_by(c.id)
        .limit(_PAGE)
    )
    page = [(bytes(id_), size) for id_, size in connection.execute(query)]
    known = committed(connection, _RUN + target, sorted(_number(id_) for id_, _ in page))
    last = page[-1][0] if len(page) == _PAGE else None
    return [(id_, size) for id_, size in page if _number(id_) not in known], last


def pieces(found: Iterable[tuple[bytes, int]]) -> Iterator[list[bytes]]:
    """The ids in pieces that are neither too many nor too large."""
    piece: list[bytes] = []
    room = _MOST_BYTES
    for id_, size in found:
        if piece and (len(piece) == _MOST or size > room):
            yield piece
            piece, room = [], _MOST_BYTES
        piece.append(id_)
        room -= size
    if piece:
        yield piece


def read_pairs(connection: Connection, source: str, ids: Sequence[bytes]) -> list[RecordedPair]:
    """Those of the pairs that are still there."""
    c = schema.pairs.c
    query = select(c.id, c.observation).where(c.epoch == source, c.id.in_(ids)).order_by(c.id)
    return [RecordedPair(bytes(id_), bytes(content)) for id_, content in connection.execute(query)]


def carry_over(
    connection: Connection, source: str, compared: Sequence[tuple[bytes, Observation]], *, examples: int, now: float
) -> int:
    """Count what comparing pairs of ``source`` (by id) again has shown, each once for each epoch; returns how many were
    counted. Left out are those that have been deleted meanwhile: what is forgotten must not come back."""
    # Two commands at once must not both find that a pair is missing.
    dialects.exclude_others(connection)
    there = set(_still_there(connection, source, [id_ for id_, _ in compared]))
    by_target: dict[str, dict[int, Observation]] = {}
    for id_, observation in compared:
        if id_ in there:
            by_target.setdefault(observation.epoch.id, {})[_number(id_)] = observation
    counted = 0
    for target, numbered in by_target.items():
        known = committed(connection, _RUN + target, sorted(numbered))
        new = {number: numbered[number] for number in sorted(numbered.keys() - known)}
        # Not `everything`: the pair is recorded already.
        add_batch(connection, Batch(new.values()), examples=examples, everything=False)
        enter_numbers(connection, _RUN + target, list(new), oldest=0, now=now)
        counted += len(new)
    return counted


def forget_given(connection: Connection, epochs: Sequence[str]) -> None:
    """Forget what these epochs were given, because they themselves are forgotten."""
    for epoch in epochs:
        connection.execute(delete(schema.ledger).where(schema.ledger.c.run == _RUN + epoch))


GIVEN = schema.ledger.c.run.startswith(_RUN, autoescape=True)
"""The rows of the ledger that say which pairs an epoch was given. They must stay as long as the pairs do, or these
would be counted again."""


def _still_there(connection: Connection, source: str, ids: Sequence[bytes]) -> Iterator[bytes]:
    c = schema.pairs.c
    return map(bytes, connection.scalars(select(c.id).where(c.epoch == source, c.id.in_(ids), c.recorded == 1)))


def _number(id_: bytes) -> int:
    """What stands for a pair in a ledger, which has room for 63 bits of its id."""
    return int.from_bytes(id_[:8], "big") >> 1
