"""docs/report.md names the keys that the page names."""

from __future__ import annotations

import re
from pathlib import Path

from shadow.report.document import Document
from shadow.report.html import render

DOCS = Path(__file__).parents[3] / "docs" / "report.md"


def test_the_keys_in_the_docs_are_those_of_the_page(document: Document) -> None:
    rows = re.findall(r"^\| ((?:`[^`]+` ?)+)\| ", DOCS.read_text("utf-8"), re.MULTILINE)
    told = [re.findall(r"`([^`]+)`", row) for row in rows]
    dialog = render(document).decode().partition('<dialog id="keys"')[2].partition("</dialog>")[0]
    shown = [re.findall(r"<kbd>([^<]+)</kbd>", line) for line in re.findall(r"<dt>(.*?)</dt>", dialog, re.DOTALL)]
    assert told == shown
    assert len(told) > 5
