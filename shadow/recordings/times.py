"""Times as recordings write them."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

__all__ = ["seconds"]


def seconds(written: object) -> float | None:
    """Seconds since the epoch of an ISO 8601 time (UTC where it has no offset), else of an e-mail's (RFC 5322), which
    older tools write; None for anything else."""
    if not isinstance(written, str):
        return None
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            time = read(written.strip().upper())
            return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
    return None
