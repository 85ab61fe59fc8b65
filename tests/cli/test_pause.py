"""`shadow pause` and `shadow resume`."""

from __future__ import annotations

import pytest

from shadow.cli import main
from shadow.config.load import load_settings
from shadow.errors import ExitCode
from shadow.store import open_store

TOML = """
[legacy]
url = "https://api.example.com/kong"
[candidate]
url = "https://api.example.com"
"""


@pytest.fixture
def config(tmp_path):
    file = tmp_path / "shadow.toml"
    file.write_text(TOML)
    return file


def run(*arguments) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return ended.value.code


def test_pause_and_resume_turn_mirroring_off_and_on_for_whoever_asks_the_store(config, capsys):
    settings = load_settings(config)
    with open_store(settings, create=True) as proxy:
        assert run("pause", "--config", config) == ExitCode.READY
        assert proxy.paused()
        assert run("resume", "--config", config) == ExitCode.READY
        assert not proxy.paused()
    assert "shadow resume" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["pause", "resume", "status", "forget"])
def test_without_a_store_there_is_one_message_and_none_is_made(config, capsys, command):
    assert run(command, "--config", config) == ExitCode.HARNESS
    assert f"no store at {config.parent / 'shadow.db'}" in capsys.readouterr().err
    assert [file.name for file in config.parent.iterdir()] == ["shadow.toml"]
