"""Keeps what kinds of requests were compared, bounded, and reads it.

Of each kind of feature an epoch keeps so many at most: those with the lowest ``rank``, a digest. What is kept so has
nothing to do with how often it came, and is the same in whatever order and through whatever process it came. And from
how low the ranks are that were kept follows how many features there were (k minimum values: Z. Bar-Yossef et al.,
*Counting distinct elements in a data stream*, RANDOM 2002). Fields of bodies are kept or dropped with all their values.

How many distinct requests had a feature is not counted, but whether it was one: then the lowest digest of those that
had it is also the highest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, bindparam, delete, distinct, func, select

from shadow.evidence.coverage import (
    ENUMERATIONS,
    NO_ENUMERATION,
    SHAPE,
    CoverageEvidence,
    Feature,
    FeatureKind,
    SeenFeature,
)
from shadow.store import dialects
from shadow.store.schema import coverage, epochs
from shadow.store.window import Window

__all__ = ["MOST", "MOST_WORDS", "CoverageRows", "keep_coverage", "read_coverage"]

MOST = 300
"""Features of one kind, or fields of one kind of body, that an epoch keeps."""
MOST_WORDS = 20
"""Values of one field; one with more holds no enumeration, and its values are deleted."""

_OVERFLOW = "overflow"
"""The kind of the rows that say of a kind (their name) that there were more than are kept."""
_HALF = 8
"""Bytes of half a rank."""
_ALWAYS = 2**31 - 1
"""The day of rows that say something for good."""
_ASK = 10_000
"""Epochs in one query; PostgreSQL takes 65,535 parameters, SQLite 32,766."""


class CoverageRows:
    """The features of a batch of observations, one row for each."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, Feature], _Counted] = {}

    def add(self, epoch: str, features: Iterable[Feature], digest: bytes, day: int) -> None:
        """``digest`` is that of the distinct request that had them."""
        seen = self._seen
        for feature in features:
            key = epoch, feature
            counted = seen.get(key)
            if counted is None:
                seen[key] = _Counted(1, day, digest, digest)
            else:
                counted.add(day, digest)

    def bounded(self, most: int = MOST) -> list[dict[str, Any]]:
        """The rows by key, ``most`` of a kind and epoch at most, and where there are more a row that says so."""
        kinds: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for (epoch, feature), counted in self._seen.items():
            kinds.setdefault((epoch, feature.kind), []).append(_row(epoch, feature, counted))
        rows: list[dict[str, Any]] = []
        for (epoch, kind), several in kinds.items():
            units = sorted({_unit(kind, row["rank"]) for row in several})
            if len(units) > most:
                rows += [row for row in several if _unit(kind, row["rank"]) <= units[most - 1]]
                rows.append(_overflow(epoch, kind))
            else:
                rows += several
        return sorted(rows, key=lambda row: (row["epoch"], row["kind"], row["rank"]))


class _Counted(msgspec.Struct):
    count: int
    last_day: int
    least_digest: bytes
    greatest_digest: bytes

    def add(self, day: int, digest: bytes) -> None:
        self.count += 1
        self.last_day = max(self.last_day, day)
        self.least_digest = min(self.least_digest, digest)
        self.greatest_digest = max(self.greatest_digest, digest)


def _row(epoch: str, feature: Feature, counted: _Counted) -> dict[str, Any]:
    return {
        "epoch": epoch,
        "kind": feature.kind,
        "rank": _rank(*feature),
        "name": feature.name,
        "value": feature.value,
        **msgspec.structs.asdict(counted),
    }


def _overflow(epoch: str, kind: str) -> dict[str, Any]:
    # No feature, but stored like one.
    return _row(epoch, Feature(_OVERFLOW, kind, ""), _Counted(0, _ALWAYS, b"", b""))  # type: ignore[arg-type]


@lru_cache(maxsize=4096)
def _rank(kind: FeatureKind, name: str, value: str) -> bytes:
    if kind in ENUMERATIONS:
        return _digest(name)[:_HALF] + _digest(value)[:_HALF]
    return _digest(f"{len(name)} {name}{value}")


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=2 * _HALF).digest()


def _unit(kind: str, rank: bytes) -> bytes:
    """What of a rank decides whether the row is kept: all values of a field share it."""
    return rank[:_HALF] if kind in ENUMERATIONS else rank


# -- writing -----------------------------------------------------------------------------------------------------------


def keep_coverage(connection: Connection, rows: CoverageRows, most: int = MOST) -> None:
    """Add the features to their epochs, whose own rows this transaction has written (and so locked) already."""
    new = rows.bounded(most)
    dialects.merge(connection, coverage, new)
    touched = sorted({row["epoch"] for row in new})
    for start in range(0, len(touched), _ASK):
        some = touched[start : start + _ASK]
        _trim(connection, some, most)
        _drop_words(connection, some)


def _trim(connection: Connection, touched: Sequence[str], most: int) -> None:
    """Drop what is beyond the limits. Where a row is dropped there were enough with lower ranks, and there will be; so
    what is left is the same in whatever order they came."""
    c = coverage.c
    kinds = select(c.epoch, c.kind).where(c.epoch.in_(touched)).group_by(c.epoch, c.kind)
    alone = c.kind.not_in((*ENUMERATIONS, _OVERFLOW))
    for epoch, kind in connection.execute(kinds.where(alone).having(func.count() > most)).all():
        ranks = select(c.rank).where(c.epoch == epoch, c.kind == kind).order_by(c.rank)
        _drop_beyond(connection, epoch, kind, ranks.offset(most - 1))
    fields = kinds.where(c.kind.in_(ENUMERATIONS)).having(func.count(distinct(c.name)) > most)
    for epoch, kind in connection.execute(fields).all():
        field = func.substr(c.rank, 1, _HALF, type_=c.rank.type).label("field")
        ranks = select(field).where(c.epoch == epoch, c.kind == kind).distinct().order_by(field)
        _drop_beyond(connection, epoch, kind, ranks.offset(most - 1), b"\xff" * _HALF)


def _drop_beyond(connection: Connection, epoch: str, kind: str, ranks: Select[Any], rest: bytes = b"") -> None:
    """Drop the rows of a kind whose rank is above the first of ``ranks``, which are without their ``rest``."""
    c = coverage.c
    last: bytes | None = connection.scalar(ranks.limit(1))
    assert last is not None, "there are more than are kept"
    connection.execute(delete(coverage).where(c.epoch == epoch, c.kind == kind, c.rank > last + rest))
    dialects.merge(connection, coverage, [_overflow(epoch, kind)])


def _drop_words(connection: Connection, touched: Sequence[str]) -> None:
    """Delete the values of fields that hold no enumeration, by what some worker has seen or by their number."""
    c = coverage.c
    refused = func.min(c.value) == NO_ENUMERATION
    fields = (
        select(c.epoch, c.kind, c.name)
        .where(c.epoch.in_(touched), c.kind.in_(ENUMERATIONS))
        .group_by(c.epoch, c.kind, c.name)
        .having((func.count() > MOST_WORDS) | (refused & (func.count() > 1)))
    )
    found = connection.execute(fields).all()
    if not found:
        return
    refusals = [
        _row(epoch, Feature(kind, name, NO_ENUMERATION), _Counted(0, _ALWAYS, b"", b"")) for epoch, kind, name in found
    ]
    dialects.merge(connection, coverage, refusals)
    connection.execute(_DROP, [{"of": epoch, "sort": kind, "field": name} for epoch, kind, name in found])


_DROP = delete(coverage).where(
    coverage.c.epoch == bindparam("of"),
    coverage.c.kind == bindparam("sort"),
    coverage.c.name == bindparam("field"),
    coverage.c.value != NO_ENUMERATION,
)


# -- reading -----------------------------------------------------------------------------------------------------------


def read_coverage(connection: Connection, window: Window, kept_requests: int) -> CoverageEvidence:
    """What was seen; ``kept_requests`` are the distinct requests in the window that the store has kept."""
    c = coverage.c
    query = (
        select(c.kind, c.name, c.value, c["count"], c.least_digest == c.greatest_digest)
        .where(window.rows(coverage, "last_day"))
        .order_by(c.kind, c.name, c["count"].desc(), c.value)
    )
    rows = connection.execute(query).all()
    overflowed = frozenset(name for kind, name, *_ in rows if kind == _OVERFLOW)
    refused = {(kind, name) for kind, name, value, *_ in rows if kind in ENUMERATIONS and value == NO_ENUMERATION}
    seen = tuple(
        SeenFeature(Feature(kind, name, value), int(count), bool(once))
        for kind, name, value, count, once in rows
        if kind != _OVERFLOW and (kind, name) not in refused
    )
    shapes = [one for one in seen if one.feature.kind == SHAPE]
    scale = _of_one(connection, window) if SHAPE in overflowed else 1.0
    bits = connection.scalar(select(epochs.c.sample_bits).where(epochs.c.id == window.epoch)) or 0
    # Each request that was looked at has one status. What was not looked at (yet) says nothing about shapes.
    looked_at = sum(one.count for one in seen if one.feature.kind == "status")
    return CoverageEvidence(
        requests=min(kept_requests << bits, looked_at),
        shapes=round(scale * len(shapes)),
        once=round(scale * sum(one.once for one in shapes)),
        seen=tuple(one for one in seen if one.feature.kind != SHAPE),
        overflowed=overflowed,
    )


def _of_one(connection: Connection, window: Window) -> float:
    """How many shapes there were for each that is kept: ranks are uniform, so the highest one tells."""
    c = coverage.c
    # Not max(), which PostgreSQL has for bytes since version 18 only.
    ranks = connection.scalars(
        select(c.rank).where(c.epoch == window.epoch, c.kind == SHAPE).order_by(c.rank.desc())
    ).all()
    kept, highest = len(ranks), ranks[0]
    share: float = (int.from_bytes(highest, "big") + 1) / 2 ** (8 * len(highest))
    return max(1.0, (kept - 1) / share / kept)
