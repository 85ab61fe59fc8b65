"""Files that are replaced at once."""

from __future__ import annotations

import contextlib
import secrets
from pathlib import Path

from shadow.errors import ReportError

__all__ = ["cannot_write", "replace_file", "write_file"]


def write_file(target: Path, content: bytes) -> None:
    """Write a file of the report. Raises ReportError."""
    try:
        replace_file(target, content)
    except OSError as error:
        raise cannot_write(target, error) from error


def cannot_write(target: Path, error: OSError) -> ReportError:
    return ReportError(
        f"can't write the report {target}: {error.strerror or error}. Make the folder writable, or name "
        "another place: report.path in shadow.toml, or `shadow report --out DIR`"
    )


def replace_file(target: Path, content: bytes) -> None:
    """Write the file at once, so that nobody reads half of it; its folder is made where it is missing.

    What isn't a file (a pipe, `/dev/stdout`) is written to, and a link leads to its file. Raises OSError.
    """
    target = target.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists() and not target.is_file():
        target.write_bytes(content)
        return
    # In the same folder, because a rename is atomic only within one file system.
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(6)}")
    try:
        with temporary.open("xb") as file:
            file.write(content)
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
