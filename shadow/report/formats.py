"""The formats that a report can be written in."""

from __future__ import annotations

from importlib import import_module

import msgspec

from shadow.report.document import Document

__all__ = ["FORMATS", "SPLIT", "Format"]


class Format(msgspec.Struct, frozen=True):
    file_name: str
    """The usual name of the file; `report.path` names the HTML report itself."""
    module: str
    """Has `render`. It is loaded when the format is written: most commands write none, and should start quickly."""

    def render(self, document: Document) -> bytes:
        """The whole file."""
        rendered: bytes = import_module(self.module).render(document)
        return rendered


FORMATS: dict[str, Format] = {
    "html": Format("index.html", "shadow.report.html"),
    "json": Format("report.json", "shadow.report.json_report"),
    "junit": Format("junit.xml", "shadow.report.junit"),
    "markdown": Format("report.md", "shadow.report.markdown"),
    "cutover": Format("cutover.json", "shadow.report.cutover"),
}
SPLIT = Format("index.html", "shadow.report.html.split")
"""The HTML report as an index of pages (`shadow.report.pages`)."""
