"""No answer came at all: a difference of its own."""

from __future__ import annotations

from shadow.compare.description import described
from shadow.compare.difference import Difference, Kind
from shadow.compare.documents.values import ABSENT
from shadow.exchange import TransportFailure

__all__ = ["transport_difference"]

_KINDS: dict[str, tuple[Kind, str]] = {
    "timeout": ("timeout", "the candidate gave no answer in time"),
    "connection": ("connection-failed", "the candidate could not be reached"),
}


def transport_difference(failure: TransportFailure) -> Difference:
    """The candidate's failure to answer, as a difference."""
    kind, said = _KINDS[failure.kind]
    return described(
        "transport",
        "transport",
        kind,
        kind,
        ABSENT,
        failure.message,
        summary=said,
        explained=failure.message,
    )
