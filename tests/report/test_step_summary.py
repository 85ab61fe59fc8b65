"""The step summary is a courtesy: it never grows beyond what GitHub shows, and never stops anything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from shadow.report import Document
from shadow.report.document import Note
from shadow.report.markdown import render
from shadow.report.step_summary import MOST_BYTES, append_summary
from shadow.verdict.model import Verdict


def test_it_is_appended_to_what_the_step_has_written(document: Document, tmp_path: Path) -> None:
    file = tmp_path / "summary"
    file.write_bytes(b"# mine")
    assert append_summary(document, file) == ""
    assert append_summary(document, file) == ""
    assert file.read_bytes() == b"# mine" + 2 * (b"\n\n" + render(document))


def test_what_stands_there_counts_towards_githubs_limit(
    route: Callable[..., Any], document_of: Callable[..., Document], tmp_path: Path
) -> None:
    template = route("GET /x", Verdict.INCONCLUSIVE, 0, "not-enough-requests")
    long = document_of([replace(template, route=f"GET /{number}/{'x' * 150}") for number in range(6_000)])
    file = tmp_path / "summary"
    file.write_bytes(b"x" * 900_000)
    assert append_summary(long, file) == ""
    assert MOST_BYTES - 1_000 < file.stat().st_size <= MOST_BYTES
    assert b"further rows and details are left out" in file.read_bytes()
    assert "GitHub takes no more than 1,048,576" in append_summary(long, file)
    assert file.stat().st_size <= MOST_BYTES


def test_a_head_for_which_there_is_no_room_is_not_written(
    document: Document, hostile_text: str, tmp_path: Path
) -> None:
    file = tmp_path / "summary"
    file.write_bytes(b"x" * (MOST_BYTES - 5_000))
    noted = replace(document, notes=(Note(hostile_text * 20),) * 50)
    assert "bytes already" in append_summary(noted, file)
    assert file.stat().st_size == MOST_BYTES - 5_000


def test_what_can_not_be_written_is_said_and_nothing_more(document: Document, tmp_path: Path) -> None:
    assert append_summary(document, tmp_path) == f"{tmp_path} can't be written: Is a directory"
    assert "No such file or directory" in append_summary(document, tmp_path / "none" / "summary")
