"""One mismatch in a pair, as a value."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

__all__ = ["Difference", "Kind", "Severity", "Where"]

Where = Literal["status", "header", "body", "transport"]
Kind = Literal[
    "status-changed",
    "header-missing",
    "header-added",
    "header-changed",
    "missing",
    "added",
    "type-changed",
    "value-changed",
    "reordered",
    "body-changed",
    "content-type-changed",
    "malformed",
    "truncated",
    "timeout",
    "connection-failed",
]
Severity = Literal["difference", "notice"]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One mismatch between the response of legacy and that of the candidate.

    ``path`` is the exact place: ``status``, a lower-case header name, or an RFC 9535 location such as
    ``$.items[3].price`` (``$`` is the whole body). ``pattern`` is the same with array indexes as ``[*]`` and ids in
    map keys as ``.*``, so that the same fault at many places groups. ``legacy`` and ``candidate`` are the values
    there (``None`` where absent; see ``kind``), shortened where long.
    """

    where: Where
    path: str
    pattern: str
    kind: Kind
    class_: str = msgspec.field(name="class")
    """What a person would call it: ``number-as-string``, ``date-format``, …; see docs/comparison.md."""
    severity: Severity
    legacy: Any
    candidate: Any
    summary: str
    """One sentence with both values."""
    fingerprint: str
    """12 hex digits over where, pattern, kind, class, the JSON types of both values, and the status pair."""
