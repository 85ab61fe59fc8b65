"""`shadow gate`: what it prints and exits with, on a real store."""

from __future__ import annotations

import json
import sqlite3
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shadow.errors import ExitCode
from tests.cli.conftest import TOML
from tests.report.runner import commands_in

Build = Callable[..., Any]


def test_all_ready_is_0_with_one_line_per_route_and_the_reason_at_the_end(project: Build) -> None:
    here = project()
    here.seen("GET /a", {"x": 1}, {"x": 1}, 12)
    here.seen("GET /b", {"x": 1}, {"x": 1}, 10)
    code, out, _ = here.run("gate")
    lines = out.splitlines()
    assert code == ExitCode.READY
    assert len(lines) == 3
    assert lines[0].startswith("✓ ready")
    assert "GET /a" in lines[0]
    assert "0 of 12 distinct requests differ" in lines[0]
    assert lines[2] == "exit 0: 2 of 2 required routes are ready"


def test_one_route_that_is_not_ready_is_1_and_comes_first(project: Build) -> None:
    here = project()
    here.seen("GET /a", {"x": 1}, {"x": 1}, 12)
    here.seen("GET /b", {"x": 1}, {"x": "1"})
    here.seen("GET /c", {"x": 1}, {"x": 1}, 3)
    code, out, _ = here.run("gate")
    lines = out.splitlines()
    assert code == ExitCode.NOT_READY
    assert [line[:3] for line in lines[:3]] == ["✗ n", "? i", "✓ r"]
    assert lines[-1] == "exit 1: 1 of 3 required routes is not ready, 1 is inconclusive, 1 is ready"


def test_inconclusive_is_3_and_may_be_allowed(project: Build) -> None:
    here = project()
    here.seen("GET /a", {"x": 1}, {"x": 1}, 12)
    here.seen("GET /c", {"x": 1}, {"x": 1}, 3)
    assert here.run("gate")[0] == ExitCode.INCONCLUSIVE
    code, out, _ = here.run("gate", "--allow-inconclusive")
    assert code == ExitCode.READY
    assert out.splitlines()[-1].endswith("--allow-inconclusive lets that pass")
    code, out, _ = here.run("gate", "GET /c", "--allow-inconclusive")
    assert code == ExitCode.INCONCLUSIVE
    assert "exit 3: the one required route is inconclusive" in out


def test_nothing_required_is_3(project: Build) -> None:
    here = project()
    here.seen("OPTIONS /a", {"x": 1}, {"x": 1}, 12)
    code, out, _ = here.run("gate")
    assert code == ExitCode.INCONCLUSIVE
    assert out.splitlines()[-1] == "exit 3: no route is required, so nothing is proven"


def test_without_a_store_it_is_4_and_none_is_made(project: Build) -> None:
    here = project()
    code, out, err = here.run("gate")
    assert code == ExitCode.HARNESS
    assert out == ""
    assert err.startswith("shadow: ")
    assert [path.name for path in here.folder.iterdir()] == ["shadow.toml"]


def test_a_broken_configuration_is_2(project: Build) -> None:
    assert project("[legacy]\n").run("gate")[0] == ExitCode.USAGE


def test_routes_narrow_what_is_asked_for(project: Build) -> None:
    here = project()
    here.seen("GET /orders/{id}", {"x": 1}, {"x": 1}, 12)
    here.seen("GET /users", {"x": 1}, {"x": "1"})
    here.seen("OPTIONS /orders/{id}", {"x": 1}, {"x": "1"})
    code, out, _ = here.run("gate", "GET /orders/{id}")
    assert code == ExitCode.READY
    assert "/users" not in out
    # A glob narrows the required routes, and OPTIONS is not among them; a name asks for that very route.
    assert here.run("gate", "* /orders*")[0] == ExitCode.READY
    assert here.run("gate", "OPTIONS /orders/{id}")[0] == ExitCode.NOT_READY


def test_an_unknown_route_is_a_usage_error_with_near_matches(project: Build) -> None:
    here = project()
    here.seen("GET /orders/{id}", {"x": 1}, {"x": 1})
    code, out, err = here.run("gate", "get /order/{id}")
    assert code == ExitCode.USAGE
    assert out == ""
    assert 'no route "get /order/{id}"; did you mean GET /orders/{id}?' in err
    assert here.run("gate", "DELETE *")[0] == ExitCode.USAGE


@pytest.mark.parametrize("name", ["json", "junit", "markdown", "cutover"])
def test_other_formats_have_stdout_for_themselves(project: Build, name: str) -> None:
    here = project()
    here.seen("GET /b", {"x": 1}, {"x": "1"})
    code, out, err = here.run("gate", "--format", name)
    assert code == ExitCode.NOT_READY
    assert "exit 1: the one required route is not ready" in err
    if name == "json":
        assert json.loads(out)["routes"][0]["verdict"] == "not-ready"
    elif name == "junit":
        assert ET.fromstring(out).find(".//failure") is not None
    elif name == "cutover":
        assert json.loads(out)["left_out"] == {"not-ready": 1, "inconclusive": 0}
    else:
        assert "| Verdict |" in out


def test_it_warns_that_builds_may_be_mixed_unless_the_candidate_has_a_version(project: Build) -> None:
    here = project()
    here.seen("GET /a", {"x": 1}, {"x": 1}, 12)
    assert "candidate.version" in here.run("gate")[2]
    versioned = project(
        here.config.read_text().replace('url = "https://api.test"\n', 'url = "https://api.test"\nversion = "7"\n')
    )
    versioned.seen("GET /a", {"x": 1}, {"x": 1}, 12)
    assert versioned.run("gate")[2] == ""


def test_an_acceptance_that_covers_nothing_is_one_line_on_stderr(project: Build) -> None:
    here = project(
        '[legacy]\nurl = "https://api.test/kong"\n[candidate]\nurl = "https://api.test"\nversion = "7"\n'
        '[[accept]]\nheader = "etag"\nreason = "two\\nlines"\n'
    )
    here.seen("GET /a", {"x": 1}, {"x": 1}, 12)
    _, out, err = here.run("gate")
    assert len(err.splitlines()) == 1
    assert err.startswith('note: an [[accept]] block covers nothing that has been seen: `header = "etag"`')
    assert "note:" not in out


def test_files_are_written_in_all_formats_whatever_the_verdict_and_text_says_where(project: Build) -> None:
    here = project()
    here.seen("GET /b", {"x": 1}, {"x": "1"})
    names = {
        "text": "a.txt",
        "json": "a.json",
        "junit": "deep/a.xml",
        "markdown": "a.md",
        "cutover": "c.json",
        "html": "h",
    }
    code, out, _ = here.run("gate", *(word for name, file in names.items() for word in ("--write", f"{name}={file}")))
    assert code == ExitCode.NOT_READY
    lines = out.splitlines()
    assert lines[1:7] == [f"written: {file} ({name})" for name, file in names.items()]
    assert (here.folder / "a.txt").read_text().splitlines() == [lines[0], lines[-1]]
    assert json.loads((here.folder / "a.json").read_text())["routes"][0]["verdict"] == "not-ready"
    assert ET.parse(here.folder / "deep" / "a.xml").find(".//failure") is not None
    assert json.loads((here.folder / "c.json").read_text())["routes"] == []
    assert (here.folder / "h").read_bytes().startswith(b"<!doctype html>")
    assert [path.name for path in (here.folder / "deep").iterdir()] == ["a.xml"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["xml=a"], '"xml" is not among text, json, junit'),
        (["junit"], '"junit" names no file'),
        (["junit="], '"junit=" names no file'),
        (["junit=a", "json=./a"], "is named twice"),
    ],
)
def test_a_write_that_makes_no_sense_is_2(project: Build, given: list[str], said: str) -> None:
    code, out, err = project().run("gate", *(word for one in given for word in ("--write", one)))
    assert (code, out) == (ExitCode.USAGE, "")
    assert said in err


def test_a_file_that_can_not_be_written_is_4_and_keeps_no_other_from_being_written(project: Build) -> None:
    here = project()
    here.seen("GET /a", {"x": 1}, {"x": 1}, 12)
    (here.folder / "file").write_text("mine")
    code, out, err = here.run("gate", "--write", "junit=file/a.xml", "--write", "json=b.json", "--write", "text=.")
    assert code == ExitCode.HARNESS
    assert "shadow: --write junit=file/a.xml can't be written: " in err
    assert "shadow: --write text=. can't be written: Is a directory" in err
    assert out.splitlines()[-1] == "exit 4: the one required route is ready; a file could not be written"
    assert (here.folder / "b.json").exists()
    assert (here.folder / "file").read_text() == "mine"
    # What outranks everything else outranks this, too.
    here.seen("GET /b", {"x": 1}, {"x": "1"})
    assert here.run("gate", "--write", "text=.")[0] == ExitCode.NOT_READY


def test_a_link_and_what_is_no_file_are_written_to_and_not_replaced(project: Build) -> None:
    here = project()
    here.seen("GET /a", {"x": 1}, {"x": 1}, 12)
    (here.folder / "link").symlink_to("real")
    assert here.run("gate", "--write", "text=link", "--write", "json=/dev/null")[0] == ExitCode.READY
    assert (here.folder / "link").is_symlink()
    assert "exit 0" in (here.folder / "real").read_text()
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize(
    ("toml", "arguments", "code", "said"),
    [
        (TOML, [], ExitCode.HARNESS, "there is no store"),
        ("[legacy]\n", [], ExitCode.USAGE, "has 2 problems"),
        (TOML, ["GET /nowhere"], ExitCode.USAGE, 'no route "GET /nowhere"'),
    ],
)
@pytest.mark.parametrize("name", ["json", "junit", "markdown", "cutover"])
def test_what_keeps_everything_from_being_judged_is_told_in_every_format(
    project: Build, name: str, toml: str, arguments: list[str], code: ExitCode, said: str
) -> None:
    here = project(toml)
    if arguments:
        here.seen("GET /a", {"x": 1}, {"x": 1}, 12)
    stale = here.folder / "stale"
    stale.write_text("yesterday's")
    done, out, err = here.run("gate", "--format", name, "--write", f"{name}={stale}", "--write", "text=t", *arguments)
    assert done == code
    assert err.startswith("shadow: ")
    assert said in err
    assert stale.read_text().splitlines()[1:3] == out.splitlines()[1:3]  # the first has the time
    assert (here.folder / "t").read_text().startswith(f"exit {int(code)}: ")
    if name == "junit":
        error = ET.fromstring(out).find("testsuite/testcase[@name='shadow gate']/error")
        assert error is not None
        assert said in error.attrib["message"]
    elif name == "markdown":
        assert "**Nothing could be judged.**" in out
    else:
        found = json.loads(out)
        assert said in found["failure"]
        assert found["routes"] == []


def test_a_store_that_is_none_is_an_error_too(project: Build) -> None:
    here = project()
    (here.folder / "shadow.db").write_bytes(b"no database at all, but text" * 100)
    code, out, _ = here.run("gate", "--format", "junit")
    assert code == ExitCode.HARNESS
    assert ET.fromstring(out).find(".//error") is not None


def test_a_fault_of_shadows_own_is_never_taken_for_a_verdict(project: Build) -> None:
    """What nobody has thought of: here, a row that no version of shadow has ever written."""
    here = project()
    here.seen("GET /b", {"x": 1}, {"x": "1"})
    with sqlite3.connect(here.folder / "shadow.db") as database:
        database.execute("UPDATE shadow_signatures SET fingerprints = '7'")
    code, out, err = here.run("gate", "--format", "junit")
    assert code == ExitCode.HARNESS
    assert "a fault of shadow's own (TypeError)" in err
    assert ET.fromstring(out).find(".//error") is not None


@pytest.mark.parametrize("name", ["text", "json"])
def test_in_github_actions_the_summary_is_appended_and_the_worst_routes_are_annotated(
    project: Build, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    summary = Path("summary.md")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    here = project(TOML + '[[route]]\nmatch = "GET /b"\nsample = 1.0\n')
    summary.write_text("before\n")
    here.seen("GET /b", {"x": 1}, {"x": "1"})
    here.seen("GET /c", {"x": 1}, {"x": 1})
    _, out, err = here.run("gate", "--format", name)
    text = summary.read_text()
    assert text.startswith("before\n\n\n## Shadow parity report")
    assert "<code>GET /b</code>" in text
    assert commands_in(out) == []
    error, warning = commands_in(err)
    assert (error.name, error.properties) == (
        "error",
        {"file": "shadow.toml", "line": "9", "title": "GET /b is not ready"},
    )
    assert "distinct request" in error.data
    assert (warning.name, warning.properties["line"]) == ("warning", "1")
    if name == "json":
        assert json.loads(out)["schema"] == "shadow/report/1"


def test_outside_of_github_actions_nothing_is_annotated(project: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    here = project()
    here.seen("GET /b", {"x": 1}, {"x": "1"})
    _, out, err = here.run("gate")
    assert commands_in(out + err) == []


def test_the_file_is_told_as_the_repository_knows_it(project: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    here = project()
    here.seen("GET /b", {"x": 1}, {"x": "1"})
    monkeypatch.setenv("GITHUB_WORKSPACE", str(here.folder.parent))
    assert commands_in(here.run("gate")[2])[0].properties["file"] == f"{here.folder.name}/shadow.toml"
    monkeypatch.setenv("GITHUB_WORKSPACE", "/nowhere")
    assert "file" not in commands_in(here.run("gate")[2])[0].properties


def test_a_summary_that_can_not_be_written_changes_nothing(project: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    here = project()
    here.seen("GET /a", {"x": 1}, {"x": 1}, 12)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(here.folder / "none" / "summary"))
    code, _, err = here.run("gate")
    assert code == ExitCode.READY
    assert "warning: the step summary is left out: " in err


@pytest.mark.parametrize("colour", ["", "1"])
def test_a_route_that_is_called_like_an_instruction_gives_none(
    project: Build, monkeypatch: pytest.MonkeyPatch, colour: str
) -> None:
    if colour:
        # A terminal of which only the width is known: lines are wrapped, and begin with no escape sequence.
        monkeypatch.setenv("FORCE_COLOR", colour)
        monkeypatch.setenv("TERM", "dumb")
        monkeypatch.setenv("COLUMNS", "30")
    here = project()
    for route in ("GET /::set-output name=a::b", "GET /" + "x" * 8 + " ::stop-commands::x", "GET /##[add-mask]e"):
        here.seen(route, {"x": 1}, {"x": "1"})
    for arguments in (["gate"], ["gate", "GET /nope::"], ["explain", "GET /##[add-mask]e"]):
        _, out, err = here.run(*arguments)
        assert commands_in(out + err) == []


def test_the_failure_is_annotated_and_summed_up_too(project: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    here = project()
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(here.folder / "summary"))
    code, _, err = here.run("gate")
    assert code == ExitCode.HARNESS
    assert [(one.name, one.properties) for one in commands_in(err)] == [("error", {"title": "shadow gate"})]
    assert "Nothing could be judged" in (here.folder / "summary").read_text()
