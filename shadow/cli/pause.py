"""`shadow pause`: the kill switch."""

from __future__ import annotations

from pathlib import Path

import click

from shadow.cli.options import config_option
from shadow.config.load import load_settings

__all__ = ["command"]


@click.command("pause")
@config_option
def command(config: Path | None) -> None:
    """Stop all mirroring of every proxy on this store, within a second; clients are still answered."""
    from shadow.store import open_store

    with open_store(load_settings(config)) as store:
        store.pause()
    click.echo("Mirroring is paused; clients are still answered. `shadow resume` starts it again.")
