"""The tables. Evidence is counted in rows that add up: a column's `merge` says how (see `merging`).

``epoch`` is `Epoch.id`. ``day`` is whole days since the epoch of time, in UTC. Other times are seconds since the epoch
of time. Tables start with ``shadow_``, so that a database may be shared with other things.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Double, Index, Integer, LargeBinary, MetaData, Table, Text
from sqlalchemy.types import TypeEngine

from shadow.store.merging import ADD, GREATEST, LEAST, Merge

__all__ = [
    "EVIDENCE",
    "VERSION",
    "activity",
    "cold_starts",
    "controls",
    "counters",
    "coverage",
    "distinct_requests",
    "epochs",
    "examples",
    "fingerprint_counts",
    "fingerprints",
    "leases",
    "ledger",
    "meta",
    "metadata",
    "noise",
    "pairs",
    "proxies",
    "signature_counts",
    "signatures",
    "timings",
]

VERSION = 3
"""Of this schema; raised when a store can't be read or written by what came before. See `upgrade`."""

metadata = MetaData()

# Compared byte by byte, as Python compares text; PostgreSQL's default depends on the server's locale.
_Words = Text().with_variant(Text(collation="C"), "postgresql")


def _table(name: str, *columns: Column[Any] | Index, rowid: bool = False) -> Table:
    # Without a rowid SQLite keeps a row in its key's own tree: half the size and writes, except for large rows.
    return Table(f"shadow_{name}", metadata, *columns, sqlite_with_rowid=rowid)


def _key(name: str, kind: type[TypeEngine[Any]]) -> Column[Any]:
    return Column(name, kind, primary_key=True, autoincrement=False)


def _column(
    name: str,
    kind: TypeEngine[Any] | type[TypeEngine[Any]],
    merge: Merge | None = None,
    *,
    nullable: bool = False,
    default: str | None = None,
) -> Column[Any]:
    info = {} if merge is None else {"merge": merge}
    return Column(name, kind, nullable=nullable, info=info, server_default=default)


meta = _table("meta", _key("key", Text), _column("value", Text))

epochs = _table(
    "epochs",
    _key("id", Text),
    _column("route", Text),
    _column("legacy_url", Text),
    _column("candidate_url", Text),
    _column("legacy_version", Text),
    _column("candidate_version", Text),
    _column("rules", Text),
    _column("algorithm", Integer),
    _column("first_seen", Double, LEAST),
    _column("last_seen", Double, GREATEST),
    _column("last_answered", Double, GREATEST),
    # See `sampling`.
    _column("sample_bits", Integer, default="0"),
    _column("distinct_bound", BigInteger, default="0"),
)

counters = _table(
    "counters",
    _key("epoch", Text),
    _key("day", Integer),
    _key("name", Text),
    _column("count", BigInteger, ADD),
    _column("first_seen", Double, LEAST),
    _column("last_seen", Double, GREATEST),
)

signatures = _table(
    "signatures",
    _key("epoch", Text),
    _key("signature", Text),
    # A JSON array.
    _column("fingerprints", Text),
)
signature_counts = _table(
    "signature_counts",
    _key("epoch", Text),
    _key("signature", Text),
    _key("day", Integer),
    _column("count", BigInteger, ADD),
)
# See `activity`. Kept fine while it is young; `start` and `width` are seconds, counted from the start of the day.
activity = _table(
    "activity",
    _key("epoch", Text),
    _key("day", Integer),
    _key("start", Integer),
    _key("width", Integer),
    _key("signature", Text),
    _column("count", BigInteger, ADD),
)
distinct_requests = _table(
    "distinct_requests",
    _key("epoch", Text),
    _key("digest", LargeBinary),
    _key("signature", Text),
    _column("last_day", Integer, GREATEST),
)

fingerprints = _table(
    "fingerprints",
    _key("epoch", Text),
    _key("fingerprint", Text),
    _column("where", Text),
    _column("path", Text),
    _column("kind", Text),
    _column("class", Text),
    _column("severity", Text),
    _column("legacy_status", Integer, nullable=True),
    _column("candidate_status", Integer, nullable=True),
    # One of the many that there were; any would do, as long as it is the same in whatever order they came.
    _column("summary", _Words, LEAST),
)
fingerprint_counts = _table(
    "fingerprint_counts",
    _key("epoch", Text),
    _key("fingerprint", Text),
    _key("day", Integer),
    _column("count", BigInteger, ADD),
    _column("first_seen", Double, LEAST),
    _column("last_seen", Double, GREATEST),
)
noise = _table(
    "noise",
    _key("epoch", Text),
    _key("fingerprint", Text),
    _key("digest", LargeBinary),
    _column("last_day", Integer, GREATEST),
)

# See `evidence.latency` for buckets.
timings = _table(
    "timings",
    _key("epoch", Text),
    _key("day", Integer),
    _key("legacy", Integer),
    _key("candidate", Integer),
    _column("count", BigInteger, ADD),
)
cold_starts = _table(
    "cold_starts",
    _key("epoch", Text),
    _key("day", Integer),
    _key("bucket", Integer),
    _column("count", BigInteger, ADD),
)

# See `coverage`.
coverage = _table(
    "coverage",
    _key("epoch", Text),
    _key("kind", Text),
    # A digest of name and value.
    _key("rank", LargeBinary),
    _column("name", Text),
    _column("value", _Words),
    _column("count", BigInteger, ADD),
    _column("last_day", Integer, GREATEST),
    # Of the distinct requests that had it.
    _column("least_digest", LargeBinary, LEAST),
    _column("greatest_digest", LargeBinary, GREATEST),
)

pairs = _table(
    "pairs",
    _key("epoch", Text),
    _key("id", LargeBinary),
    _column("at", Double),
    # 1: kept whether or not it is anybody's example.
    _column("recorded", Integer, GREATEST),
    # See `packing`.
    _column("observation", LargeBinary),
    Index("shadow_pairs_at", "at"),
    rowid=True,
)
examples = _table(
    "examples",
    _key("epoch", Text),
    _key("fingerprint", Text),
    _key("pair", LargeBinary),
    _column("at", Double),
    Index("shadow_examples_pair", "epoch", "pair"),
)

EVIDENCE = (
    counters,
    signatures,
    signature_counts,
    activity,
    distinct_requests,
    fingerprints,
    fingerprint_counts,
    noise,
    timings,
    cold_starts,
    coverage,
    examples,
    pairs,
)
"""Tables whose rows belong to an epoch."""

ledger = _table("ledger", _key("run", Text), _key("number", BigInteger), _column("day", Integer))
leases = _table("leases", _key("name", Text), _column("owner", Text), _column("expires", Double))
controls = _table("controls", _key("key", Text), _column("value", Text))
proxies = _table(
    "proxies",
    _key("run", Text),
    _column("pid", Integer),
    _column("host", Text),
    _column("listen", Text),
    _column("started", Double, LEAST),
    _column("last_seen", Double, GREATEST),
    _column("queue", BigInteger),
    _column("shed", BigInteger),
)
