"""`shadow report`: write reports from the store."""

from __future__ import annotations

import time
from pathlib import Path

import click

from shadow.cli.options import config_option
from shadow.config.load import load_settings

__all__ = ["command"]

FORMATS = ("html", "json", "junit", "markdown", "cutover")


@click.command("report")
@click.option(
    "--format",
    "formats",
    default="html,json",
    show_default=True,
    metavar="LIST",
    help=f"Formats, with commas between: {', '.join(FORMATS)}. report.json is always written.",
    callback=lambda _context, _option, value: _chosen(value),
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Folder to write to; default: that of report.path in shadow.toml.",
)
@click.option(
    "--split",
    is_flag=True,
    help="Write the HTML report as an index and a folder with one page per route, which holds all of its differences.",
)
@config_option
def command(formats: tuple[str, ...], out: Path | None, split: bool, config: Path | None) -> None:
    """Write reports from the store, and print the path of each."""
    from shadow.report import write_reports
    from shadow.report.build import document
    from shadow.report.standing import with_standings
    from shadow.store import open_store

    if split and "html" not in formats:
        raise click.UsageError("--split is about the HTML report: name html in --format, too")
    settings = load_settings(config)
    path = settings.report.path if out is None else out / settings.report.path.name
    with open_store(settings, create=False) as store:
        found = document(settings, store, time.time())
        if "cutover" in formats:
            found = with_standings(found, settings, store)
    for written in write_reports(found, path, formats, split=split):
        click.echo(written)


def _chosen(text: str) -> tuple[str, ...]:
    names = tuple(name.strip().lower() for name in text.split(",") if name.strip())
    unknown = [name for name in names if name not in FORMATS]
    if unknown or not names:
        raise click.BadParameter(f"{', '.join(unknown) or 'nothing'} is not among {', '.join(FORMATS)}")
    return names
