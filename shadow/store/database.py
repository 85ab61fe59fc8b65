"""Opens, creates and checks the database, and gives transactions on it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, select
from sqlalchemy.exc import DBAPIError

from shadow.errors import StoreError, StoreMissingError, StoreVersionError
from shadow.redact.rights import close_to_others
from shadow.store import schema
from shadow.store.dialects import begin, connect, exclude_others, ignore
from shadow.store.place import Place
from shadow.store.trouble import explained, is_read_only
from shadow.store.upgrade import upgrade

__all__ = ["Database"]


class Database:
    """Owns the connections to one store. Raises StoreError, and nothing that a database or a driver raises.

    With ``create`` a store that is not there is made; without it StoreMissingError is raised. A store that an older
    version of shadow has made is brought up to date; where a newer one made it StoreVersionError is raised.
    """

    def __init__(self, place: Place, *, create: bool) -> None:
        self.place = place
        self._create = create
        self._file_id: tuple[int, int] | None = None
        self._engine = self._open()

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one moment of the store."""
        with self._transaction(writes=False) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is committed at the end, or leaves no trace if an exception passes through it."""
        with self._transaction(writes=True) as connection:
            yield connection

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Connection]:
        if self._file_id != _file_id(self.place.file):
            # Somebody has moved the file away, emptied it or put another in its place. Going on would write to a file
            # that has no name any more, or to the log of one that has nothing in it.
            self.close()
            self._engine = self._open()
        with explained(self.place):
            try:
                with begin(self._engine, writes=writes) as connection:
                    yield connection
            except DBAPIError as error:
                if is_read_only(error):
                    # SQLite opens such a file for reading only, and would never find out that it may be written again.
                    self.close()
                raise

    def _open(self) -> Engine:
        if self.place.file is not None:
            self._look_for(self.place.file)
        with explained(self.place):
            engine = connect(self.place.url)
        try:
            with explained(self.place):
                self._check(engine)
        except BaseException:
            engine.dispose()
            raise
        self._file_id = _file_id(self.place.file)
        return engine

    def _look_for(self, file: Path) -> None:
        if not file.parent.is_dir():
            raise StoreMissingError(
                f"there is no store at {file}: its folder does not exist. Create the folder, or correct store.url"
            )
        if file.is_dir():
            raise StoreError(f"the store {file} is a folder; name a file in store.url")
        if self._create:
            # Before SQLite makes it, which would let everybody read it. The two files that it keeps beside the
            # database get the database's own mode. A file that is there must not be opened: closing it again would
            # take the locks away that other connections of this process have on it (fcntl(2)), and with them the data.
            with explained(self.place), suppress(FileExistsError):
                os.close(os.open(file, os.O_RDONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
            close_to_others(file, *(file.with_name(file.name + end) for end in ("-wal", "-shm")))
        elif not file.exists():
            raise self._missing()

    def _check(self, engine: Engine) -> None:
        with begin(engine, writes=False) as connection:
            tables = set(inspect(connection).get_table_names())
            version = _version(connection) if schema.meta.name in tables else None
        if version is not None:
            self._bring_up_to_date(engine, version)
        elif tables and self.place.file is not None:
            raise StoreError(f"the store {self.place} is a database of something else. Name another file in store.url")
        elif self._create:
            self._make(engine)
        else:
            raise self._missing()

    def _make(self, engine: Engine) -> None:
        if self.place.file is not None:
            # Readers and a writer don't wait for each other in this mode; it stays with the file.
            with closing(engine.raw_connection()) as connection:
                connection.cursor().execute("PRAGMA journal_mode=WAL").close()
        with begin(engine, writes=True) as connection:
            exclude_others(connection)
            schema.metadata.create_all(connection)
            ignore(connection, schema.meta, [{"key": "version", "value": str(schema.VERSION)}])

    def _bring_up_to_date(self, engine: Engine, version: str) -> None:
        if version == str(schema.VERSION):
            return
        if not version.isdecimal() or int(version) > schema.VERSION:
            raise StoreVersionError(
                f"the store {self.place} has format {version}; this version of shadow knows formats up to "
                f"{schema.VERSION}. Update shadow, or name another store in store.url"
            )
        with begin(engine, writes=True) as connection:
            exclude_others(connection)
            # Another process may have been quicker.
            if (found := int(_version(connection))) < schema.VERSION:
                upgrade(connection, found)

    def _missing(self) -> StoreMissingError:
        return StoreMissingError(
            f"there is no store at {self.place}: nothing has been recorded yet. "
            "Start the proxy (or a replay) first, or correct store.url"
        )


def _version(connection: Connection) -> str:
    version = connection.scalar(select(schema.meta.c.value).where(schema.meta.c.key == "version"))
    return str(version)


def _file_id(file: Path | None) -> tuple[int, int] | None:
    if file is None:
        return None
    try:
        found = file.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found.st_size else None
