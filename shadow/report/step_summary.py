"""The Markdown report on the page of a GitHub Actions run: appended to the file that `GITHUB_STEP_SUMMARY` names."""

from __future__ import annotations

from pathlib import Path

from shadow.report import markdown
from shadow.report.document import Document

__all__ = ["MOST_BYTES", "append_summary"]

MOST_BYTES = 2**20
"""Of one step's summary, whoever wrote it: of a larger one GitHub shows nothing at all."""


def append_summary(document: Document, path: Path) -> str:
    """Append the report, cut to what the step has room for; returns why nothing was written, or "".

    Never raises for what is wrong with the file: a summary is a courtesy, and decides nothing.
    """
    try:
        with path.open("ab") as file:
            taken = file.tell()
            gap = b"\n\n" if taken else b""
            room = MOST_BYTES - taken - len(gap)
            page = markdown.render(document, min(room, markdown.MOST_BYTES))
            if len(page) > room:
                return f"{path} has {taken:,} bytes already, and GitHub takes no more than {MOST_BYTES:,}"
            file.write(gap + page)
    except (OSError, ValueError) as error:
        return f"{path} can't be written: {getattr(error, 'strerror', None) or error}"
    return ""
