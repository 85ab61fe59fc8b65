"""Where a store is, and how to name it to people."""

from __future__ import annotations

from pathlib import Path

import msgspec
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from shadow.errors import StoreError

__all__ = ["Place"]

_DRIVERS = ("sqlite", "postgresql+psycopg")


class Place(msgspec.Struct, frozen=True):
    """A store's address. ``str(place)`` is for messages: a file's path, or a URL without its password."""

    url: URL
    file: Path | None
    """The absolute path of a SQLite store; None on a server."""

    @classmethod
    def from_url(cls, text: str) -> Place:
        """The place that `store.url` names; a relative file is relative to the working directory. Raises StoreError."""
        try:
            url = make_url(text)
        except (ArgumentError, ValueError):
            # The URL is not repeated: it may hold a password.
            raise StoreError("store.url is not a URL such as sqlite:///shadow.db; correct it in shadow.toml") from None
        if url.drivername not in _DRIVERS:
            raise StoreError(
                f"store.url starts with {url.drivername}://, which shadow can't use; "
                "begin it with sqlite:/// or postgresql+psycopg://"
            )
        if url.drivername != "sqlite":
            return cls(url, None)
        if not url.database or url.database == ":memory:":
            raise StoreError("store.url must name a file, such as sqlite:///shadow.db: several processes share it")
        file = Path(url.database).absolute()
        return cls(url.set(database=str(file)), file)

    def __str__(self) -> str:
        if self.file is not None:
            return str(self.file)
        secrets = {name: "***" for name in self.url.query if "password" in name}
        return self.url.update_query_dict(secrets).render_as_string(hide_password=True)
