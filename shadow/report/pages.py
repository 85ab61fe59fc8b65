"""A report in several pages: the files in the folder beside its index."""

from __future__ import annotations

import os
from pathlib import Path

from shadow.errors import ReportError
from shadow.report.document import Document
from shadow.report.files import cannot_write, write_file
from shadow.report.html.split import FOLDER, PAGE_HEAD, is_page, render_pages

__all__ = ["FOLDER", "remove_pages", "write_pages"]


def write_pages(folder: Path, document: Document, index: str) -> set[str]:
    """The names of the files that have been written."""
    written = set()
    for name, content in render_pages(document, index):
        target = folder / name
        if os.path.lexists(target) and not _is_ours(target):
            raise ReportError(
                f"{target} is no page of a report: move it away, or name another place, `shadow report --out DIR`"
            )
        write_file(target, content)
        written.add(name)
    return written


def remove_pages(folder: Path, *, but: set[str]) -> None:
    """Remove the pages of routes that are gone, and nothing that isn't such a page."""
    try:
        for found in folder.iterdir() if folder.is_dir() else ():
            if found.name not in but and _is_ours(found):
                found.unlink()
    except OSError as error:
        raise cannot_write(folder, error) from error


def _is_ours(path: Path) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return is_page(path.name, file.read(PAGE_HEAD))
    except OSError:
        return False
