"""What databases say when they fail, in words that tell people what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from shadow.errors import StoreError
from shadow.store.place import Place

__all__ = ["explained", "is_read_only"]

_DAMAGED = "is damaged (cut short, say). Restore it from a copy, or move it away to start afresh"
_SQLITE = {
    "SQLITE_NOTADB": "is not a SQLite database. Correct store.url in shadow.toml, or move that file away",
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_IOERR_SHORT_READ": _DAMAGED,
    "SQLITE_BUSY": "is locked by another process, and stayed so. End what holds it (a database browser, say), then "
    "try again",
    "SQLITE_LOCKED": "is locked by another process. End what holds it (a database browser, say), then try again",
    "SQLITE_FULL": "can't grow: the disk (or the quota) is full. Free some space, or move it and correct store.url",
    "SQLITE_READONLY": "can't be written: the file, its folder or the disk is read-only for this user. Change that, "
    "or name another file in store.url",
    "SQLITE_PERM": "may not be opened by this user. Change the file's permissions, or name another file in store.url",
    "SQLITE_CANTOPEN": "can't be opened: the file or its folder may not be read and written by this user (beside the "
    "file SQLite keeps two more, even to read it). Change that, or name another file in store.url",
    "SQLITE_IOERR": "can't be read or written: the disk reports an error",
    "SQLITE_ERROR": "is not a store that this version of shadow can read. Move it away to start afresh",
}
"""The beginning of SQLite's result code (https://www.sqlite.org/rescode.html) → what follows the file's name."""

_DRIVER_MISSING = (
    "the store {place} needs the PostgreSQL driver, which is not installed: pip install 'shadow-parity[postgresql]'"
)


@contextmanager
def explained(place: Place) -> Iterator[None]:
    """Turn whatever a database, its driver or the file system raises into a StoreError with one clear message."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise StoreError(_DRIVER_MISSING.format(place=place)) from error
    except (DBAPIError, sqlite3.Error) as error:
        raise StoreError(f"the store {place} {_explain(error, place)}") from error
    except SQLAlchemyError as error:
        raise StoreError(f"the store {place} can't be used: {_first_line(error)}") from error
    except OSError as error:
        raise StoreError(f"the store {place} can't be opened: {error.strerror or error}") from error


def is_read_only(error: DBAPIError) -> bool:
    """Whether SQLite refused to write because it could open the file for reading only."""
    return _code(error).startswith("SQLITE_READONLY")


def _explain(error: DBAPIError | sqlite3.Error, place: Place) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    if place.file is None:
        return f"can't be used: {_first_line(cause)}. Is the server up, and are store.url and its password right?"
    code = _code(error)
    known = [name for name in _SQLITE if code.startswith(name)]
    return _SQLITE[max(known, key=len)] if known else f"can't be used: {_first_line(cause)}"


def _code(error: DBAPIError | sqlite3.Error) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    return getattr(cause, "sqlite_errorname", None) or ""


def _first_line(error: BaseException | None) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
