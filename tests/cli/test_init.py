from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from shadow.config.load import load_settings
from shadow.errors import ExitCode

LEGACY, CANDIDATE = "https://api.example.com/kong", "https://api.example.com"
COMMAND = [sys.executable, "-m", "shadow", "init"]
ROOT = Path(__file__).parents[2]


def init(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `shadow init` where nobody can be asked."""
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_what_init_writes_loads_and_it_says_what_comes_next(tmp_path: Path) -> None:
    done = init(tmp_path, "--legacy", LEGACY, "--candidate", CANDIDATE + "/")
    assert (done.returncode, done.stderr) == (ExitCode.READY, "")
    assert done.stdout.splitlines()[1:] == ["Next:", "  shadow config check --connect", "  shadow run"]
    settings = load_settings(cwd=tmp_path, environment={})
    assert (settings.legacy.url, settings.candidate.url) == (LEGACY, CANDIDATE)


def test_urls_with_odd_characters_survive(tmp_path: Path) -> None:
    odd = 'http://h:8080/it\'s/"q"/back\\slash/${HOME}/$$/{id}/100%25'
    assert init(tmp_path, "--legacy", odd, "--candidate", CANDIDATE).returncode == ExitCode.READY
    assert load_settings(cwd=tmp_path, environment={"HOME": "elsewhere"}).legacy.url == odd


def test_inventories_that_lie_in_the_folder_are_picked_up(tmp_path: Path) -> None:
    for name in ("kong.yml", "serverless.yml", "other.yml"):
        (tmp_path / name).touch()
    done = init(tmp_path, "--legacy", LEGACY, "--candidate", CANDIDATE)
    assert "with the routes of serverless.yml, kong.yml" in done.stdout
    found = load_settings(cwd=tmp_path, environment={}).routes.inventories
    assert found == [tmp_path / "serverless.yml", tmp_path / "kong.yml"]


def test_a_file_that_is_there_is_only_overwritten_by_force(tmp_path: Path) -> None:
    path = tmp_path / "shadow.toml"
    path.write_text("precious")
    refused = init(tmp_path, "--legacy", LEGACY, "--candidate", CANDIDATE)
    assert (refused.returncode, path.read_text()) == (ExitCode.USAGE, "precious")
    assert "--force overwrites it" in refused.stderr
    assert init(tmp_path, "--legacy", LEGACY, "--candidate", CANDIDATE, "--force").returncode == ExitCode.READY
    assert load_settings(path, environment={}).legacy.url == LEGACY


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "--legacy and --candidate must be given"),
        (["--legacy", LEGACY], "shadow: --candidate must be given"),
        (["--legacy", "example.com", "--candidate", CANDIDATE], "--legacy must start with http:// or https://"),
        (["--legacy", LEGACY, "--candidate", "http://me:pw@h"], "--candidate must not contain a user or password"),
        (["--legacy", LEGACY, "--candidate", LEGACY + "/"], f"--legacy and --candidate are both {LEGACY}"),
    ],
)
def test_what_cannot_work_is_one_error_and_no_file(tmp_path: Path, arguments: list[str], message: str) -> None:
    done = init(tmp_path, *arguments)
    assert done.returncode == ExitCode.USAGE
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "shadow.toml").mkdir()
    done = init(tmp_path, "--legacy", LEGACY, "--candidate", CANDIDATE, "--force")
    assert done.returncode == ExitCode.USAGE
    assert "shadow.toml can't be written: Is a directory" in done.stderr


def test_at_a_terminal_it_asks_for_what_is_not_given(tmp_path: Path) -> None:
    master, slave = pty.openpty()
    try:
        process = subprocess.Popen(
            [*COMMAND, "--legacy", LEGACY],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=slave,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        os.write(master, CANDIDATE.encode() + b"\n")
        output, _ = process.communicate(timeout=60)
    finally:
        os.close(slave)
        os.close(master)
    assert process.returncode == ExitCode.READY, output
    assert load_settings(cwd=tmp_path, environment={}).candidate.url == CANDIDATE
