"""Writes one more `[[accept]]` block into the configuration file, and changes nothing else in it."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import ValidationError

from shadow.config.environment import escaped
from shadow.config.settings import Accept
from shadow.errors import ConfigError, UsageError

__all__ = ["append_acceptance"]


def append_acceptance(source: Path, route: str, fingerprint: str, reason: str, until: dt.date | None) -> None:
    """Append the block at the end of ``source`` (in pyproject.toml: `[[tool.shadow.accept]]`), atomically.

    All that was there stays as it is, byte by byte: comments, order, line ends. Raises ConfigError where the file can't
    be read or written, or where TOML allows no further block, and then gives the block to paste; UsageError where
    the route's name can't stand in a configuration. In both cases nothing has changed.
    """
    block = _block(route, fingerprint, reason, until)
    keys = ["tool", "shadow", "accept"] if source.name == "pyproject.toml" else ["accept"]
    file = source.resolve()  # of a symbolic link the target is replaced, not the link
    try:
        before = file.read_bytes()
        after = before + _appendix(before, ".".join(keys), block)
        _check(source, before, after, keys, block)
        _replace(file, after)
    except OSError as error:
        raise ConfigError(f"{source} can't be written: {error.strerror or error}; nothing has changed") from error


def _block(route: str, fingerprint: str, reason: str, until: dt.date | None) -> dict[str, Any]:
    # TOML has no lone surrogates, which a path may hold where it wasn't UTF-8; `*` stands for any text.
    glob = re.sub(r"[\ud800-\udfff]", "*", route)
    block: dict[str, Any] = {"routes": [glob], "fingerprint": fingerprint, "reason": reason}
    if until is not None:
        block["until"] = until
    try:
        Accept.model_validate(block)
    except ValidationError as error:
        wrong = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise UsageError(f"this can't be written as an [[accept]] block: {wrong}; write one by hand") from None
    return {key: escaped(value) if isinstance(value, str) else value for key, value in block.items()} | {
        "routes": [escaped(glob)]
    }


def _appendix(before: bytes, header: str, block: dict[str, Any]) -> bytes:
    table = tomlkit.table()
    for key, value in block.items():
        table.add(key, value)
    text = f"[[{header}]]\n{tomlkit.dumps(table)}"
    gap = "" if not before else "\n" if before.endswith(b"\n") else "\n\n"
    return (gap + text).replace("\n", "\r\n" if b"\r\n" in before else "\n").encode()


def _check(source: Path, before: bytes, after: bytes, keys: list[str], block: dict[str, Any]) -> None:
    """That the file now says what it said, and the block."""
    wanted = _parsed(source, before)
    table = wanted
    for key in keys[:-1]:
        table = table.setdefault(key, {})
    try:
        table[keys[-1]] = [*table.get(keys[-1], []), block]
        if _parsed(source, after) == wanted:
            return
    except ConfigError:
        pass  # TOML allows no table after an inline one
    raise ConfigError(
        f"{source} has its `accept` inline, so that no block can follow; nothing has changed, add this by hand:\n"
        + _appendix(b"", ".".join(keys), block).decode()
    )


def _parsed(source: Path, content: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except ValueError as error:
        raise ConfigError(f"{source} is not valid TOML: {error}") from error


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
