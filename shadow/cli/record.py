"""`shadow record`: mitmdump with the installed addon, which records what passes and mirrors nothing."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from shadow.cli.options import config_option
from shadow.cli.run import mitmdump_command
from shadow.config.load import load_settings
from shadow.config.settings import Settings
from shadow.errors import UsageError
from shadow.pipeline.recording_file import KEEP, check_free, check_place

__all__ = ["command"]


@click.command("record", context_settings={"ignore_unknown_options": True, "help_option_names": ["-h", "--help"]})
@click.option(
    "--keep",
    type=click.IntRange(min=0),
    default=KEEP,
    show_default=True,
    metavar="N",
    help="Keep at most N requests, which show as many kinds of them as so few can; 0 keeps all.",
)
@config_option
@click.argument("file")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[MITMDUMP OPTIONS]…")
def command(file: str, arguments: tuple[str, ...], keep: int, config: Path | None) -> None:
    """Start the proxy, and record what passes to FILE, without its secrets. Nothing is mirrored.

    FILE is made for being committed: `shadow replay FILE` sends its requests to both sides, in CI say. Where it is
    a recording already, it is gone on with. Whatever else is given goes to mitmdump, as with `shadow run`.
    """
    if file.startswith("-"):
        raise UsageError(f"name the FILE to record to before mitmdump's options: shadow record FILE {file} …")
    settings = load_settings(config)
    target = Path(file).absolute()
    check_place(target, _key_name(settings) if target.exists() else "")
    check_free(target)
    assert settings.source is not None, "loaded settings have a source"
    own = ("--set", f"shadow_record={target}", "--set", f"shadow_keep={keep}")
    line = mitmdump_command(settings.source, (*own, *arguments))
    sys.stdout.flush()
    os.execv(line[0], line)  # noqa: S606 - becoming mitmdump: signals and exit code are then its own


def _key_name(settings: Settings) -> str:
    from shadow.redact import Redactor  # takes a while to load

    return Redactor.from_settings(settings).key_name
