"""`shadow resume`: mirroring goes on."""

from __future__ import annotations

from pathlib import Path

import click

from shadow.cli.options import config_option
from shadow.config.load import load_settings

__all__ = ["command"]


@click.command("resume")
@config_option
def command(config: Path | None) -> None:
    """Start mirroring again, after `shadow pause`."""
    from shadow.store import open_store

    with open_store(load_settings(config)) as store:
        store.resume()
    click.echo("Mirroring is on.")
