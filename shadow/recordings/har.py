"""HAR files (HTTP Archive 1.2), entry by entry, however large the file is."""

from __future__ import annotations

from collections.abc import Generator

from shadow.recordings.entry import Broken, Recorded, Unusable
from shadow.recordings.har_entry import entry_of
from shadow.recordings.json_entries import read_entries
from shadow.recordings.source import Source

__all__ = ["read"]


def read(source: Source) -> Generator[Recorded | Broken | Unusable, None, bool]:
    """The entries; returns whether the file was whole."""
    return read_entries(source, ("log", "entries"), entry_of, "it has no log.entries, so it is no HAR file")
