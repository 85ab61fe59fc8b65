"""`shadow forget`: asks before it deletes, and never deletes everything by accident."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from shadow.cli import main
from shadow.config.load import load_settings
from shadow.errors import ExitCode
from shadow.evidence.epochs import epoch_for
from shadow.evidence.observation import Observation
from shadow.store import open_store

TOML = """
[legacy]
url = "https://api.example.com/kong"
[candidate]
url = "https://api.example.com"
"""
ROUTES = ["GET /orders", "GET /users"]


@pytest.fixture
def config(tmp_path):
    """A configuration whose store has evidence of two routes."""
    file = tmp_path / "shadow.toml"
    file.write_text(TOML)
    settings = load_settings(file)
    with open_store(settings, create=True) as store:
        epochs = [epoch_for(settings, route, "", "") for route in ROUTES]
        store.record([Observation(epoch=epoch, at=1.0, outcome="shed") for epoch in epochs])
    return file


def left(config) -> list[str]:
    with open_store(load_settings(config)) as store:
        return store.routes()


def run(*arguments) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return ended.value.code


def on_a_terminal(config, answer: str, *arguments: str) -> int:
    """Run the command as a person would, who answers its question."""
    terminal, end = pty.openpty()
    command = [sys.executable, "-m", "shadow", "forget", *arguments, "--config", str(config)]
    with subprocess.Popen(command, stdin=end, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        os.write(terminal, f"{answer}\n".encode())
        process.communicate(timeout=60)
    os.close(terminal)
    os.close(end)
    return process.returncode


def test_a_route_is_forgotten_without_a_question_where_nobody_can_be_asked(config, capsys):
    assert run("forget", "GET /orders", "--config", config) == ExitCode.READY
    assert left(config) == ["GET /users"]
    assert "Forgot GET /orders (1 epoch)" in capsys.readouterr().out


def test_everything_is_not_forgotten_where_nobody_can_be_asked(config, capsys):
    assert run("forget", "--config", config) == ExitCode.USAGE
    assert "--yes" in capsys.readouterr().err
    assert left(config) == ROUTES


def test_everything_is_forgotten_with_yes(config):
    assert run("forget", "--yes", "--config", config) == ExitCode.READY
    assert left(config) == []


def test_an_unknown_route_is_a_usage_error_that_names_the_near_ones(config, capsys):
    assert run("forget", "GET /order", "--yes", "--config", config) == ExitCode.USAGE
    assert 'did you mean "GET /orders"' in capsys.readouterr().err
    assert left(config) == ROUTES


def test_with_nothing_to_forget_an_unknown_route_says_so(config, capsys):
    run("forget", "--yes", "--config", config)
    assert run("forget", "GET /orders", "--config", config) == ExitCode.USAGE
    assert "nor of any other route" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "answer", "expected"),
    [
        ((), "n", ROUTES),
        ((), "y", []),
        (("GET /orders",), "n", ROUTES),
        (("GET /orders",), "y", ["GET /users"]),
    ],
)
def test_on_a_terminal_the_user_may_think_again(config, arguments, answer, expected):
    assert (on_a_terminal(config, answer, *arguments) == 0) == (expected != ROUTES)
    assert left(config) == expected
