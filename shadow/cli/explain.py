"""`shadow explain`: one route in the terminal."""

from __future__ import annotations

import time
from pathlib import Path

import click

from shadow.cli.options import config_option
from shadow.cli.route_choice import the_route
from shadow.config.load import load_settings

__all__ = ["command"]


@click.command("explain")
@click.argument("route")
@click.option(
    "--examples",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    metavar="N",
    help="Examples to show of each difference.",
)
@config_option
def command(route: str, examples: int, config: Path | None) -> None:
    """Show what is known of one ROUTE: evidence, reasons, and the differences in groups, with examples.

    ROUTE is a name such as 'GET /orders/{orderId}', or a glob that matches just one.
    """
    from rich.console import Console

    from shadow.cli.explanation import explain
    from shadow.report.build import document
    from shadow.store import open_store

    settings = load_settings(config)
    with open_store(settings, create=False) as store:
        found = document(settings, store, time.time())
    name = the_route(route, [verdict.route for verdict in found.verdicts])
    verdict = next(verdict for verdict in found.verdicts if verdict.route == name)
    explain(Console(highlight=False), verdict, found, examples)
