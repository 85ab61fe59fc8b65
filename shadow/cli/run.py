"""`shadow run`: mitmdump with the installed addon, for people who would rather not type it."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import click

from shadow.cli.options import config_option
from shadow.config.load import load_settings
from shadow.errors import UsageError

__all__ = ["command", "mitmdump_command"]


def mitmdump_command(config: Path, arguments: tuple[str, ...] = ()) -> list[str]:
    """The command line that starts mitmdump with the packaged addon, lean, under that configuration.

    Raises UsageError where there is no mitmdump.
    """
    beside = Path(sys.executable).with_name("mitmdump")
    mitmdump = str(beside) if beside.exists() else shutil.which("mitmdump")
    if mitmdump is None:
        raise UsageError(f"mitmdump was found neither beside {sys.executable} nor on PATH: pip install mitmproxy")
    entry = Path(__file__).parents[1] / "proxy" / "entry.py"
    own = ("--set", f"shadow_config={config}", "--set", "shadow_lean=true")
    return [mitmdump, "-s", str(entry), *own, *arguments]


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["-h", "--help"]})
@config_option
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[MITMDUMP OPTIONS]…")
def command(config: Path | None, arguments: tuple[str, ...]) -> None:
    """Start the proxy: mitmdump with the installed addon.

    Whatever else is given goes to mitmdump: `shadow run -q`, `shadow run -p 9000`, `shadow run --mode regular`.
    """
    settings = load_settings(config)  # its errors are better met here than in mitmdump's log
    assert settings.source is not None, "loaded settings have a source"
    line = mitmdump_command(settings.source, arguments)
    sys.stdout.flush()
    os.execv(line[0], line)  # noqa: S606 - becoming mitmdump: signals and exit code are then its own
