"""Documents → files."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterable
from pathlib import Path

from shadow.errors import ReportError
from shadow.report.document import Document
from shadow.report.formats import FORMATS

__all__ = ["replace_file", "write_reports"]


def write_reports(document: Document, path: Path, formats: Iterable[str] = ("html", "json")) -> list[Path]:
    """Write the report in each format, and report.json in any case, beside each other; returns what was written.

    ``path`` is that of the HTML report (`report.path`); its folder is made where it is missing. Each file is replaced
    at once, so a reader sees the old report or the new one, never half of one. Raises ReportError, and KeyError for a
    name that isn't in `FORMATS`.
    """
    targets = {name: _target(path, name) for name in dict.fromkeys([*formats, "json"])}
    # Everything is rendered before anything is written: the files of one report tell the same story.
    contents = {name: FORMATS[name].render(document) for name in targets}
    for name, target in targets.items():
        try:
            replace_file(target, contents[name])
        except OSError as error:
            raise ReportError(
                f"can't write the report {target}: {error.strerror or error}. Make the folder writable, or name "
                "another place: report.path in shadow.toml, or `shadow report --out DIR`"
            ) from error
    return list(targets.values())


def _target(path: Path, name: str) -> Path:
    if name == "html":
        taken = next((other for other, found in FORMATS.items() if other != name and found.file_name == path.name), "")
        if taken:
            raise ReportError(
                f"the HTML report can't be called {path.name}, because the {taken} report beside it is: "
                "give report.path in shadow.toml another name, such as index.html"
            )
        return path
    return path.with_name(FORMATS[name].file_name)


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
