"""A reader of a report sees the old one or the new one, never half of one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from shadow.errors import ReportError
from shadow.report import FORMATS, Document, write_reports


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_json_report_is_written_beside_the_html_report(document: Document, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "folder" / "parity.html"
    assert write_reports(document, path) == [path, path.with_name("report.json")]
    assert path.read_bytes().startswith(b"<!doctype html>")
    assert json.loads(path.with_name("report.json").read_bytes())["schema"] == "shadow/report/1"


def test_the_json_report_is_written_even_when_nobody_asked(document: Document, tmp_path: Path) -> None:
    written = write_reports(document, tmp_path / "index.html", ["junit", "markdown"])
    assert [path.name for path in written] == ["junit.xml", "report.md", "report.json"]
    assert names(tmp_path) == ["junit.xml", "report.json", "report.md"]


def test_every_format_writes_a_file_of_its_own(document: Document, tmp_path: Path) -> None:
    write_reports(document, tmp_path / "index.html", FORMATS)
    assert names(tmp_path) == sorted(found.file_name for found in FORMATS.values())


def test_writing_again_replaces_and_leaves_nothing_behind(document: Document, tmp_path: Path) -> None:
    write_reports(document, tmp_path / "index.html")
    write_reports(replace(document, paused=True), tmp_path / "index.html")
    assert b"Mirroring is paused" in (tmp_path / "index.html").read_bytes()
    assert names(tmp_path) == ["index.html", "report.json"]


def test_others_may_read_a_report_as_the_umask_says(document: Document, tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    write_reports(document, tmp_path / "index.html")
    assert (tmp_path / "index.html").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_failing_write_leaves_the_old_report_and_names_the_path(document: Document, tmp_path: Path) -> None:
    write_reports(document, tmp_path / "index.html")
    old = (tmp_path / "index.html").read_bytes()
    # A folder where report.json should be: even root can't replace that with a file.
    (tmp_path / "report.json").unlink()
    (tmp_path / "report.json").mkdir()
    with pytest.raises(ReportError, match=r"report\.json") as caught:
        write_reports(replace(document, paused=True), tmp_path / "index.html", ["json"])
    assert "--out" in str(caught.value)
    assert (tmp_path / "index.html").read_bytes() == old
    assert names(tmp_path) == ["index.html", "report.json"]


def test_a_folder_that_is_a_file_is_one_clear_error(document: Document, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ReportError, match=str(tmp_path / "file" / "index.html")):
        write_reports(document, tmp_path / "file" / "index.html")


def test_the_html_report_never_takes_the_place_of_another(document: Document, tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="another name"):
        write_reports(document, tmp_path / "report.json")
    assert names(tmp_path) == []
