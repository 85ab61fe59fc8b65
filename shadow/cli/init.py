"""`shadow init`: writes a commented shadow.toml into the working directory."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from shadow.config.addresses import check_base_url
from shadow.config.starter import INVENTORIES, starter_text
from shadow.errors import ConfigError, UsageError

__all__ = ["command"]

_SIDES = {
    "legacy": ("--legacy", "https://api.example.com/kong"),
    "candidate": ("--candidate", "https://api.example.com"),
}


@click.command()
@click.option("--legacy", metavar="URL", help="Base URL of the API as it is today.")
@click.option("--candidate", metavar="URL", help="Base URL of the API that is to replace it.")
@click.option("--force", is_flag=True, help="Overwrite a shadow.toml that is there.")
def command(legacy: str | None, candidate: str | None, force: bool) -> None:
    """Write a commented shadow.toml here; asks for the URLs when they aren't given."""
    path = Path.cwd() / "shadow.toml"
    if path.exists() and not force:
        raise UsageError(f"{path} is already there; --force overwrites it")
    urls = {"legacy": legacy, "candidate": candidate}
    if (missing := [_SIDES[side][0] for side, url in urls.items() if url is None]) and not sys.stdin.isatty():
        raise UsageError(
            f"{' and '.join(missing)} must be given where nobody can be asked: "
            "shadow init --legacy https://api.example.com/kong --candidate https://api.example.com"
        )
    legacy, candidate = (_base_url(side, url) for side, url in urls.items())
    if legacy == candidate:
        raise UsageError(f"--legacy and --candidate are both {legacy}: nothing would be compared")
    found = [name for name in INVENTORIES if (path.parent / name).is_file()]
    _write(path, starter_text(legacy, candidate, found), force=force)
    click.echo(f"Wrote {path}" + (f" with the routes of {', '.join(found)}" if found else ""))
    click.echo("Next:\n  shadow config check --connect\n  shadow run")


def _base_url(side: str, url: str | None) -> str:
    """The URL that was given, or that the user types. Raises UsageError for one that can't be a base URL."""
    option, example = _SIDES[side]
    try:
        return check_base_url(click.prompt(f"Base URL of {side}, such as {example}") if url is None else url)
    except ValueError as error:
        raise UsageError(f"{option} {error}") from None


def _write(path: Path, text: str, *, force: bool) -> None:
    try:
        # "x" refuses a file that somebody else has made since we looked.
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise ConfigError(f"{path} can't be written: {error.strerror or error}") from error
