"""`shadow report` as a user runs it: a real process, a real store."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from shadow.config.load import load_settings
from shadow.errors import ExitCode
from shadow.store import open_store

ROOT = Path(__file__).parents[2]


def report(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "shadow", "report", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with settings and no store yet."""
    (tmp_path / "shadow.toml").write_text(
        '[legacy]\nurl = "https://api.example.com/kong"\n[candidate]\nurl = "https://api.example.com"\n'
        '[[route]]\nmatch = "GET /health"\n[report]\npath = "parity/today.html"\n'
    )
    return tmp_path


@pytest.fixture
def with_store(folder: Path) -> Path:
    with open_store(load_settings(folder / "shadow.toml"), create=True):
        return folder


def test_it_writes_html_and_json_and_prints_their_paths(with_store: Path) -> None:
    done = report(with_store)
    assert (done.returncode, done.stderr) == (ExitCode.READY, "")
    html, data = (Path(line) for line in done.stdout.splitlines())
    assert (html, data) == (with_store / "parity" / "today.html", with_store / "parity" / "report.json")
    assert "GET /<wbr>health" in html.read_text()
    assert json.loads(data.read_text())["routes"][0]["reasons"][0]["code"] == "not-seen"


def test_out_and_format_say_where_and_what(with_store: Path, tmp_path: Path) -> None:
    done = report(with_store, "--format", "junit, markdown", "--out", "elsewhere")
    assert done.returncode == ExitCode.READY
    assert [Path(line).name for line in done.stdout.splitlines()] == ["junit.xml", "report.md", "report.json"]
    assert sorted(path.name for path in (tmp_path / "elsewhere").iterdir()) == ["junit.xml", "report.json", "report.md"]
    assert not (tmp_path / "parity").exists()


def test_without_a_store_there_is_no_report_and_no_store_afterwards(folder: Path) -> None:
    done = report(folder)
    assert done.returncode == ExitCode.HARNESS
    assert done.stderr.startswith("shadow: ")
    assert "Traceback" not in done.stderr
    assert [path.name for path in folder.iterdir()] == ["shadow.toml"]


def test_an_unknown_format_is_a_usage_error_that_lists_the_known_ones(with_store: Path) -> None:
    done = report(with_store, "--format", "html,pdf")
    assert done.returncode == ExitCode.USAGE
    assert "pdf is not among html, json, junit, markdown" in done.stderr


def test_a_place_that_cannot_be_written_is_one_clear_line(with_store: Path) -> None:
    (with_store / "file").touch()
    done = report(with_store, "--out", "file/sub")
    assert done.returncode == ExitCode.HARNESS
    assert "file/sub/today.html" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_command_knows_every_format_that_there_is() -> None:
    from shadow.cli.report import FORMATS as OFFERED
    from shadow.report import FORMATS

    assert set(OFFERED) == set(FORMATS)


def test_cutover_json_is_written_on_request(with_store: Path) -> None:
    done = report(with_store, "--format", "cutover")
    assert (done.returncode, done.stderr) == (ExitCode.READY, "")
    found = json.loads((with_store / "parity" / "cutover.json").read_text())
    assert (found["routes"], found["left_out"]) == ([], {"not-ready": 0, "inconclusive": 1})


def test_split_writes_a_page_for_each_route(with_store: Path) -> None:
    done = report(with_store, "--split")
    assert (done.returncode, done.stderr) == (ExitCode.READY, "")
    index, data, pages = (Path(line) for line in done.stdout.splitlines())
    assert [path.name for path in (index, data, pages)] == ["today.html", "report.json", "routes"]
    (page,) = pages.iterdir()
    assert f'href="routes/{page.name}"' in index.read_text()
    assert "../today.html#get-health-" in page.read_text()


def test_split_without_html_is_a_usage_error(with_store: Path) -> None:
    done = report(with_store, "--split", "--format", "json")
    assert done.returncode == ExitCode.USAGE
    assert "--split is about the HTML report" in done.stderr
