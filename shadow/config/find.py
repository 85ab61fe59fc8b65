"""Where the configuration file is: named, or found upward from the working directory."""

from __future__ import annotations

import tomllib
from pathlib import Path

from shadow.errors import ConfigError

__all__ = ["find_config"]


def find_config(start: Path, explicit: Path | None = None) -> Path:
    """The absolute path of the configuration file.

    ``explicit`` (relative to ``start``) is taken as it is. Otherwise each folder from ``start`` upward is asked for a
    `shadow.toml`, then for a `pyproject.toml` that has a `[tool.shadow]` table. Raises ConfigError where there is none.
    """
    start = start.absolute()
    if explicit is not None:
        return _named(start / explicit)
    for folder in (start, *start.parents):
        if (own := folder / "shadow.toml").is_file():
            return own
        if _serves(shared := folder / "pyproject.toml"):
            return shared
    raise ConfigError(
        f"no shadow.toml (nor a pyproject.toml with [tool.shadow]) in {start} or any folder above it; "
        "`shadow init` writes one, and --config FILE or SHADOW_CONFIG names one that lies elsewhere"
    )


def _named(path: Path) -> Path:
    if path.is_file():
        return path
    found = "is a folder, not a file" if path.is_dir() else "does not exist"
    raise ConfigError(f"the configuration file {path} {found}; name another, or let `shadow init` write a shadow.toml")


def _serves(pyproject: Path) -> bool:
    try:
        text = pyproject.read_text("utf-8")
        tool = tomllib.loads(text).get("tool")
    except OSError:
        return False
    except ValueError:
        # A broken pyproject.toml is somebody else's business, unless it may hold our table: then loading it says
        # what is wrong, where passing over it would end in "no shadow.toml".
        return b"tool.shadow" in pyproject.read_bytes()
    return isinstance(tool, dict) and "shadow" in tool
