"""`shadow accept`: the block that it writes, what it leaves alone, and what it refuses."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shadow.config.load import load_settings
from shadow.errors import ExitCode

Build = Callable[..., Any]
TOMORROW = (dt.datetime.now(dt.UTC) + dt.timedelta(days=1)).date()
YESTERDAY = TOMORROW - dt.timedelta(days=2)


def test_the_route_is_ready_at_once_and_the_file_is_as_it_was_plus_the_block(project: Build) -> None:
    here = project()
    before = here.config.read_text()
    fingerprint = here.seen("GET /orders/{id}", {"x": 1}, {"x": "1"}, 10)
    assert here.run("gate")[0] == ExitCode.NOT_READY
    code, out, _ = here.run("accept", fingerprint, "--reason", "the app reads both", "--until", str(TOMORROW))
    assert code == ExitCode.READY
    assert f"accepted on GET /orders/{{id}} until {TOMORROW}" in out
    assert here.config.read_text() == (
        f'{before}\n[[accept]]\nroutes = ["GET /orders/{{id}}"]\nfingerprint = "{fingerprint}"\n'
        f'reason = "the app reads both"\nuntil = {TOMORROW}\n'
    )
    assert here.run("gate")[0] == ExitCode.READY
    assert sorted(path.suffix for path in here.folder.iterdir() if path.name.startswith(".")) == []


def test_pyproject_toml_gets_a_table_of_its_own(project: Build) -> None:
    here = project(
        '[tool.shadow.legacy]\nurl = "https://l.test"\n[tool.other]\nx = 1\n[tool.shadow.candidate]\nurl = "https://c.test"',
        "pyproject.toml",
    )
    fingerprint = here.seen("GET /a", {"x": 1}, {"x": "1"})
    assert here.run("accept", fingerprint, "--reason", "known")[0] == ExitCode.READY
    found = tomllib.loads(here.config.read_text())["tool"]
    assert found["shadow"]["accept"] == [{"routes": ["GET /a"], "fingerprint": fingerprint, "reason": "known"}]
    assert found["other"] == {"x": 1}


@pytest.mark.parametrize("reason", ['say "no"', "back\\slash", "${HOME} is text", "two\nlines", "Größe ✓ \x07", "'''"])
def test_any_reason_is_read_back_as_it_was_given(project: Build, reason: str) -> None:
    here = project()
    fingerprint = here.seen("GET /a", {"x": 1}, {"x": "1"})
    assert here.run("accept", fingerprint, "--reason", reason)[0] == ExitCode.READY
    assert load_settings(here.config).accept[0].reason == reason


def test_line_ends_mode_and_links_stay_as_they_are(project: Build, tmp_path: Path) -> None:
    here = project('[legacy]\r\nurl = "https://l.test"\r\n[candidate]\r\nurl = "https://c.test"\r\n')
    fingerprint = here.seen("GET /a", {"x": 1}, {"x": "1"})
    target = tmp_path / "real" / "shadow.toml"
    target.parent.mkdir()
    here.config.rename(target)
    target.chmod(0o640)
    here.config.symlink_to(target)
    assert here.run("accept", fingerprint, "--reason", "known")[0] == ExitCode.READY
    assert here.config.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o640
    content = target.read_bytes()
    assert content.count(b"\n") == content.count(b"\r\n") > 4


def test_an_inline_list_is_left_alone_and_the_block_is_given_to_paste(project: Build) -> None:
    text = 'accept = []\n[legacy]\nurl = "https://l.test"\n[candidate]\nurl = "https://c.test"\n'
    here = project(text)
    fingerprint = here.seen("GET /a", {"x": 1}, {"x": "1"})
    code, _, err = here.run("accept", fingerprint, "--reason", "known")
    assert code == ExitCode.USAGE
    assert f'[[accept]]\nroutes = ["GET /a"]\nfingerprint = "{fingerprint}"' in err
    assert here.config.read_text() == text


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--reason", "  "], "--reason must say why"),
        (["--reason", "known", "--until", str(YESTERDAY)], f"--until {YESTERDAY} is past"),
        (["--reason", "known", "--until", "soon"], "does not match the format"),
        ([], "Missing option '--reason'"),
        (["--reason", "known", "--route", "GET /nowhere"], 'no route "GET /nowhere"'),
    ],
)
def test_what_can_t_be_right_is_refused_and_nothing_changes(project: Build, options: list[str], words: str) -> None:
    here = project()
    before = here.config.read_bytes()
    fingerprint = here.seen("GET /a", {"x": 1}, {"x": "1"})
    code, _, err = here.run("accept", fingerprint, *options)
    assert code == ExitCode.USAGE
    assert words in err
    assert here.config.read_bytes() == before


def test_an_unknown_fingerprint_is_refused_with_near_matches(project: Build) -> None:
    here = project()
    fingerprint = here.seen("GET /a", {"x": 1}, {"x": "1"})
    code, _, err = here.run("accept", fingerprint[:-1] + "x", "--reason", "known")
    assert code == ExitCode.USAGE
    assert f"did you mean {fingerprint}?" in err


def test_a_fingerprint_of_several_routes_needs_the_route(project: Build) -> None:
    here = project()
    fingerprint = here.seen("GET /a", {"x": 1}, {"x": "1"})
    assert here.seen("GET /b", {"x": 1}, {"x": "1"}) == fingerprint
    code, _, err = here.run("accept", fingerprint, "--reason", "known")
    assert code == ExitCode.USAGE
    assert "seen on 2 routes (GET /a, GET /b); say which one with --route" in err
    assert here.run("accept", fingerprint, "--reason", "known", "--route", "GET /b")[0] == ExitCode.READY
    assert load_settings(here.config).accept[0].routes == ["GET /b"]


def test_what_is_accepted_already_or_harmless_is_refused(project: Build) -> None:
    here = project()
    fingerprint = here.seen("GET /a", {"x": 1}, {"x": "1"})
    assert here.run("accept", fingerprint, "--reason", "known")[0] == ExitCode.READY
    code, _, err = here.run("accept", fingerprint, "--reason", "again")
    assert code == ExitCode.USAGE
    assert "is accepted on GET /a already: known" in err
