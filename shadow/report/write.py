"""Documents → files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from shadow.errors import ReportError
from shadow.report.document import Document
from shadow.report.files import write_file
from shadow.report.formats import FORMATS, SPLIT

__all__ = ["write_reports"]


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
    chosen = FORMATS | {"html": SPLIT} if split else FORMATS
    # Everything is rendered before anything is written: the files of one report tell the same story.
    contents = {name: chosen[name].render(document) for name in targets}
    if not split:
        return _write(targets, contents)
    from shadow.report import pages

    folder = path.with_name(pages.FOLDER)
    # The index comes after the pages that it leads to, and before those are taken away that it leads to no longer.
    current = pages.write_pages(folder, document, path.name)
    written = _write(targets, contents)
    pages.remove_pages(folder, but=current)
    return [*written, folder]


def _write(targets: dict[str, Path], contents: dict[str, bytes]) -> list[Path]:
    for name, target in targets.items():
        write_file(target, contents[name])
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
