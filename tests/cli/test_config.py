from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from shadow.cli import main
from shadow.errors import ExitCode


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, empty."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SHADOW_CONFIG", raising=False)
    return tmp_path


def shadow(*arguments: str) -> int:
    """The exit code of the command line."""
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    assert isinstance(ended.value.code, int)
    return ended.value.code


def write(path: Path, legacy: str, candidate: str, rest: str = "") -> Path:
    path.write_text(f'[legacy]\nurl = "{legacy}"\n[candidate]\nurl = "{candidate}"\nversion = "1"\n{rest}', "utf-8")
    return path


def test_check_prints_the_effective_settings_and_their_file(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(here / "shadow.toml", "http://a.test/a", "http://b.test", '[redact]\nkey = "s3cret"\n')
    assert shadow("config", "check") == ExitCode.READY
    out, err = capsys.readouterr()
    assert out.startswith(f"# {path}\n")
    assert tomllib.loads(out)["legacy"]["url"] == "http://a.test/a"
    assert "s3cret" not in out
    assert err == ""


def test_check_takes_the_file_that_is_named(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(here / "other.toml", "http://a.test/a", "http://b.test")
    assert shadow("config", "check", "--config", "other.toml") == ExitCode.READY
    assert str(path) in capsys.readouterr().out


def test_check_reports_all_problems_and_exits_with_2(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(here / "shadow.toml", "ftp://a.test", "http://b.test", "[mirror]\nrates = 1\n")
    assert shadow("config", "check") == ExitCode.USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert "has 2 problems:\n  legacy.url: must start with" in err
    assert "mirror.rates: unknown key; did you mean `rate`?" in err


def test_check_without_a_file_says_how_to_get_one(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert shadow("config", "check") == ExitCode.USAGE
    assert "`shadow init`" in capsys.readouterr().err


def test_check_warns_about_mirrored_writes_and_still_exits_with_0(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(
        here / "shadow.toml", "http://a.test/a", "http://b.test", '[[route]]\nmatch = "PUT /x"\nwrites = "isolated"\n'
    )
    assert shadow("config", "check") == ExitCode.READY
    assert capsys.readouterr().err.startswith('warning: route[0].writes: PUT /x is "isolated"')


def test_check_refuses_files_that_are_not_there(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(here / "shadow.toml", "http://a.test/a", "http://b.test", '[routes]\nfrom = ["serverless.yml"]\n')
    assert shadow("config", "check") == ExitCode.USAGE
    assert f"routes.from[0]: there is no file {here / 'serverless.yml'}" in capsys.readouterr().err


def test_connect_sends_one_marked_get_to_each_side(
    here: Path, backend: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    backend.answer(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
    write(
        here / "shadow.toml", f"{backend.url}/kong", backend.url, '[candidate.headers]\nx-api-key = "k"\naccept = ""\n'
    )
    assert shadow("config", "check", "--connect") == ExitCode.READY
    err = capsys.readouterr().err
    assert f"legacy.url: {backend.url}/kong answers (status 404)" in err
    assert f"candidate.url: {backend.url} answers (status 404)" in err
    candidate, legacy = sorted(backend.requests)
    assert candidate.startswith(b"GET / HTTP/1.1\r\n")
    assert legacy.startswith(b"GET /kong HTTP/1.1\r\n")
    assert b"\r\nx-api-key: k" in candidate
    assert b"accept" not in candidate.lower()
    for request in (candidate, legacy):
        assert b"\r\nX-Shadow-Mirror: 1" in request
        assert f"\r\nHost: {backend.netloc}".encode() in request


def test_connect_names_key_and_address_of_a_side_that_cannot_be_reached(
    here: Path, backend: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    # Port 1 (tcpmux) is reserved, and nothing listens there on loopback.
    write(here / "shadow.toml", backend.url, "http://127.0.0.1:1")
    assert shadow("config", "check", "--connect") == ExitCode.HARNESS
    err = capsys.readouterr().err
    assert f"legacy.url: {backend.url} answers (status 200)" in err
    assert "shadow: candidate.url: http://127.0.0.1:1 can't be reached: " in err


def test_connect_names_a_side_for_which_no_credentials_can_be_got(
    here: Path, backend: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    write(here / "shadow.toml", f"{backend.url}/kong", backend.url, '[candidate.auth]\ncommand = "false"\n')
    assert shadow("config", "check", "--connect") == ExitCode.HARNESS
    said = [line for line in capsys.readouterr().err.splitlines() if "auth" in line]
    assert said == ["shadow: candidate.auth: the command gave no token (exit code 1)"]


def test_connect_takes_a_large_or_broken_answer_for_what_it_is(
    here: Path, backend: Any, steps: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    large = b"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n" + b"x" * 2_000_000
    backend.answer(large)
    write(here / "shadow.toml", f"{backend.url}/a", backend.url)
    assert shadow("config", "check", "--connect") == ExitCode.READY
    assert "answers (with a large body)" in capsys.readouterr().err
    backend.answer(steps.Reset())
    assert shadow("config", "check", "--connect") == ExitCode.HARNESS


def test_schema_prints_a_json_schema_that_the_configuration_fulfils(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shadow("config", "schema") == ExitCode.READY
    schema = json.loads(capsys.readouterr().out)
    data = tomllib.loads(write(here / "shadow.toml", "http://a.test/a", "http://b.test").read_text())
    Draft202012Validator(schema).validate(data)
