"""Writes further `[[accept]]` and `[[route]]` blocks into the configuration file, and changes nothing else in it."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from shadow.config.route_settings import glob_of
from shadow.config.settings import Accept, Route
from shadow.config.toml_text import toml_block
from shadow.errors import ConfigError, UsageError

__all__ = ["append_acceptance", "append_routes"]


def append_acceptance(source: Path, route: str, fingerprint: str, reason: str, until: dt.date | None) -> None:
    """Append the block at the end of ``source`` (in pyproject.toml: `[[tool.shadow.accept]]`), atomically.

    Raises what `_append` raises, and UsageError where this can't stand in a configuration; then nothing has changed.
    """
    block: dict[str, Any] = {"routes": [glob_of(route)], "fingerprint": fingerprint, "reason": reason}
    if until is not None:
        block["until"] = until
    try:
        Accept.model_validate(block)
    except ValidationError as error:
        wrong = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise UsageError(f"this can't be written as an [[accept]] block: {wrong}; write one by hand") from None
    _append(source, "accept", [block])


def append_routes(source: Path, names: list[str]) -> list[str]:
    """Append one block per route name (in pyproject.toml: `[[tool.shadow.route]]`), atomically; returns those written.

    A name that can't stand for one route (it holds a ``*``) is left out. Raises what `_append` raises.
    """
    usable = [name for name in names if _is_usable(name)]
    if usable:
        _append(source, "route", [{"match": name} for name in usable])
    return usable


def _is_usable(name: str) -> bool:
    try:
        Route.model_validate({"match": name})
    except ValidationError:
        return False
    return "*" not in name and "${" not in name


def _append(source: Path, name: str, blocks: list[dict[str, Any]]) -> None:
    """All that was there stays as it is, byte by byte: comments, order, line ends.

    Raises ConfigError where the file can't be read or written, or where TOML allows no further block, and then gives
    the blocks to paste. Then nothing has changed.
    """
    keys = ["tool", "shadow", name] if source.name == "pyproject.toml" else [name]
    text = "\n".join(toml_block(".".join(keys), block) for block in blocks)
    file = source.resolve()  # of a symbolic link the target is replaced, not the link
    try:
        before = file.read_bytes()
        after = before + _appendix(before, text)
        _check(source, before, after, keys, text)
        _replace(file, after)
    except OSError as error:
        raise ConfigError(f"{source} can't be written: {error.strerror or error}; nothing has changed") from error


def _appendix(before: bytes, text: str) -> bytes:
    gap = "" if not before else "\n" if before.endswith(b"\n") else "\n\n"
    return (gap + text).replace("\n", "\r\n" if b"\r\n" in before else "\n").encode()


def _check(source: Path, before: bytes, after: bytes, keys: list[str], text: str) -> None:
    """That the file now says what it said, and the blocks."""
    wanted = _parsed(source, before)
    table, added = wanted, tomllib.loads(text)
    for key in keys[:-1]:
        table, added = table.setdefault(key, {}), added[key]
    try:
        table[keys[-1]] = [*table.get(keys[-1], []), *added[keys[-1]]]
        if _parsed(source, after) == wanted:
            return
    except ConfigError:
        pass  # TOML allows no table after an inline one
    raise ConfigError(
        f"{source} has its `{keys[-1]}` inline, so that no block can follow; nothing has changed. Turn it into "
        f"[[{keys[-1]}]] blocks, or add this by hand:\n{text}"
    )


def _parsed(source: Path, content: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except ValueError as error:
        raise ConfigError(f"{source} is not valid TOML: {error}") from error


def _replace(file: Path, content: bytes) -> None:
    # At no moment may others read what only the owner may: 0600 until the file's own mode is known.
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
