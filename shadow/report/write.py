"""Documents → files."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from shadow.errors import ReportError
from shadow.report.document import Document
from shadow.report.formats import FORMATS
from shadow.report.html.split import FOLDER, PAGE_HEAD, is_page, render_index, render_pages

__all__ = ["replace_file", "write_reports"]


def write_reports(
    document: Document, path: Path, formats: Iterable[str] = ("html", "json"), *, split: bool = False
) -> list[Path]:
    """Write the report in each format, and report.json in any case, beside each other; returns what was written.

    ``path`` is that of the HTML report (`report.path`); its folder is made where it is missing. Each file is replaced
    at once, so a reader sees the old report or the new one, never half of one. ``split`` makes of the HTML report an
    index, with a page for each route in a folder beside it. Raises ReportError, and KeyError for a name that isn't in
    `FORMATS`.
    """
    targets = {name: _target(path, name) for name in dict.fromkeys([*formats, "json"])}
    split = split and "html" in targets
    # Everything is rendered before anything is written: the files of one report tell the same story.
    contents = {
        name: render_index(document) if split and name == "html" else FORMATS[name].render(document) for name in targets
    }
    folder = path.with_name(FOLDER)
    # The index comes after the pages that it leads to, and before those are taken away that it leads to no longer.
    written = _write_pages(folder, document, path.name) if split else set()
    for name, target in targets.items():
        _write(target, contents[name])
    if split:
        _remove_pages(folder, but=written)
        return [*targets.values(), folder]
    return list(targets.values())


def _write(target: Path, content: bytes) -> None:
    try:
        replace_file(target, content)
    except OSError as error:
        raise _cannot_write(target, error) from error


def _cannot_write(target: Path, error: OSError) -> ReportError:
    return ReportError(
        f"can't write the report {target}: {error.strerror or error}. Make the folder writable, or name "
        "another place: report.path in shadow.toml, or `shadow report --out DIR`"
    )


def _write_pages(folder: Path, document: Document, index: str) -> set[str]:
    """The names of the files that have been written."""
    written = set()
    for name, content in render_pages(document, index):
        target = folder / name
        if os.path.lexists(target) and not _is_ours(target):
            raise ReportError(
                f"{target} is no page of a report: move it away, or name another place, `shadow report --out DIR`"
            )
        _write(target, content)
        written.add(name)
    return written


def _remove_pages(folder: Path, *, but: set[str]) -> None:
    """Remove the pages of routes that are gone, and nothing that isn't such a page."""
    try:
        for found in folder.iterdir() if folder.is_dir() else ():
            if found.name not in but and _is_ours(found):
                found.unlink()
    except OSError as error:
        raise _cannot_write(folder, error) from error


def _is_ours(path: Path) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return is_page(path.name, file.read(PAGE_HEAD))
    except OSError:
        return False


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
