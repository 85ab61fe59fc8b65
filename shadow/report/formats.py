"""The formats that a report can be written in."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from shadow.report import cutover, html, json_report, junit, markdown
from shadow.report.document import Document

__all__ = ["FORMATS", "Format"]


class Format(msgspec.Struct, frozen=True):
    file_name: str
    """The usual name of the file; `report.path` names the HTML report itself."""
    render: Callable[[Document], bytes]
    """Document → the whole file."""


FORMATS: dict[str, Format] = {
    "html": Format("index.html", html.render),
    "json": Format("report.json", json_report.render),
    "junit": Format("junit.xml", junit.render),
    "markdown": Format("report.md", markdown.render),
    "cutover": Format("cutover.json", cutover.render),
}
