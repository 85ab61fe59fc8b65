"""The key of all digests: shadow.toml's, or one made once and kept beside the store."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from shadow.config import Settings
from shadow.errors import ConfigError
from shadow.redact.rights import close_to_others

__all__ = ["key_file", "redact_key"]


def redact_key(settings: Settings) -> bytes:
    """``redact.key``, else the key file's content, which is made where it is missing.

    Processes that start at once all get the same key. Raises ConfigError where the file can't be made or read.
    """
    if settings.redact.key:
        return settings.redact.key.encode("utf-8", "surrogateescape")
    path = key_file(settings)
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _create(path)
        close_to_others(path)
        key = path.read_bytes().strip()
    except OSError as error:
        raise ConfigError(
            f"the redaction key {path} can't be made or read ({error.strerror}); make its folder writable, "
            "or set redact.key in shadow.toml"
        ) from error
    if len(key) < 32:
        raise ConfigError(
            f"the redaction key {path} is damaged: expected 64 hex digits. Restore it, or delete it: a new one is "
            "made, and values redacted from then on don't compare with those of before"
        )
    return key


def key_file(settings: Settings) -> Path:
    """Beside the store's file (``shadow.db.redact-key``); for a store that is a server, beside shadow.toml."""
    folder = settings.source.parent if settings.source else Path.cwd()
    scheme, _, rest = settings.store.url.partition(":///")
    if scheme != "sqlite":
        return folder / "shadow.redact-key"
    file = folder / rest.partition("?")[0].removeprefix("file:")
    return file.with_name(f"{file.name}.redact-key")


def _create(path: Path) -> None:
    """Whole or not at all, readable by its owner only; whoever is first wins."""
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # 0600
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(descriptor)
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)  # unlike a rename, never replaces the key of another process
    finally:
        Path(temporary).unlink()
