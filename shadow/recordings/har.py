"""HAR files (HTTP Archive 1.2), entry by entry, however large the file is."""

from __future__ import annotations

from collections.abc import Generator

from shadow.recordings.entry import Broken, Recorded, Unusable
from shadow.recordings.error import EntryError
from shadow.recordings.har_entry import entry_of
from shadow.recordings.json_items import JsonItems, ScanError, decode
from shadow.recordings.source import Source

__all__ = ["read"]


def read(source: Source) -> Generator[Recorded | Broken | Unusable, None, bool]:
    """The entries; returns whether the file was whole."""
    entries = JsonItems(source, ("log", "entries"))
    count = 0
    try:
        for position, data in entries:
            count += 1
            where = f"entry {count}"
            try:
                entry = entry_of(decode(data), where)
            except EntryError as error:
                entry = Broken(where, str(error))
            yield Broken(f"{where} (byte {position:,})", entry.problem) if isinstance(entry, Broken) else entry
    except ScanError as error:
        yield Broken(f"entry {count + 1} (byte {error.position:,})", str(error))
        return False
    if not entries.found:
        yield Broken("the end", "it has no log.entries, so it is no HAR file")
        return False
    return True
