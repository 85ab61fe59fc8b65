"""The entries of a recording that is one JSON document, whatever each of them is like."""

from __future__ import annotations

from collections.abc import Callable, Generator

from shadow.recordings.entry import Broken, Recorded, Unusable
from shadow.recordings.error import EntryError
from shadow.recordings.json_items import JsonItems, ScanError, decode
from shadow.recordings.source import Source

__all__ = ["read_entries"]


def read_entries(
    source: Source,
    path: tuple[str, ...],
    entry_of: Callable[[object, str], Recorded | Broken | Unusable],
    missing: str,
) -> Generator[Recorded | Broken | Unusable, None, bool]:
    """What ``entry_of`` makes of the items of the list at ``path`` and their places; it may raise EntryError.

    ``missing`` is the problem where there is no such list. Returns whether the document was whole.
    """
    items = JsonItems(source, path)
    count = 0
    try:
        for position, data in items:
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
    if not items.found:
        yield Broken("the end", missing)
        return False
    return True
