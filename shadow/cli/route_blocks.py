"""Writes `[[route]]` blocks into the configuration file, and changes nothing else in it."""

from __future__ import annotations

import os
import shutil
import tempfile
import tomllib
from pathlib import Path

import tomlkit
from pydantic import ValidationError

from shadow.config.settings import Route
from shadow.errors import ConfigError

__all__ = ["append_routes"]


def append_routes(source: Path, names: list[str]) -> list[str]:
    """Append one block per route name (in pyproject.toml: `[[tool.shadow.route]]`), atomically; returns those written.

    All that was there stays, byte by byte. A name that can't stand for one route (it holds a ``*``) is left out.
    Raises ConfigError, and changes nothing, where the file can't be read or written or takes no further block.
    """
    usable = [name for name in names if _is_usable(name)]
    if not usable:
        return []
    keys = ["tool", "shadow", "route"] if source.name == "pyproject.toml" else ["route"]
    file = source.resolve()  # of a symbolic link the target is replaced, not the link
    try:
        before = file.read_bytes()
        after = before + _blocks(before, ".".join(keys), usable)
        _check(source, before, after, keys, usable)
        _replace(file, after)
    except OSError as error:
        raise ConfigError(f"{source} can't be written: {error.strerror or error}; nothing has changed") from error
    return usable


def _is_usable(name: str) -> bool:
    try:
        Route.model_validate({"match": name})
    except ValidationError:
        return False
    return "*" not in name and "${" not in name


def _blocks(before: bytes, header: str, names: list[str]) -> bytes:
    text = "\n".join(f"[[{header}]]\n{tomlkit.dumps({'match': name})}" for name in names)
    gap = "" if not before else "\n" if before.endswith(b"\n") else "\n\n"
    return (gap + text).replace("\n", "\r\n" if b"\r\n" in before else "\n").encode()


def _check(source: Path, before: bytes, after: bytes, keys: list[str], names: list[str]) -> None:
    """That the file now says what it said, and the blocks."""
    try:
        table = wanted = tomllib.loads(before.decode("utf-8-sig"))
        for key in keys[:-1]:
            table = table.setdefault(key, {})
        table[keys[-1]] = [*table.get(keys[-1], []), *({"match": name} for name in names)]
        if tomllib.loads(after.decode("utf-8-sig")) == wanted:
            return
    except ValueError:
        pass  # TOML allows no table after an inline one
    raise ConfigError(
        f"{source} has its `route` inline, so that no block can follow; nothing has changed. Turn it into [[route]] "
        "blocks, or add these by hand:\n" + _blocks(b"", ".".join(keys), names).decode()
    )


def _replace(file: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as temporary:
            temporary.write(content)
            temporary.flush()
            os.fsync(temporary.fileno())
        shutil.copymode(file, name)
        Path(name).replace(file)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
