"""`shadow routes`: which routes are known, where from, and what of them was seen."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from shadow.cli.options import config_option
from shadow.cli.route_listing import Listed, list_routes, missing
from shadow.cli.route_match import route_of
from shadow.config.load import load_settings
from shadow.errors import ExitCode, StoreMissingError, UsageError

if TYPE_CHECKING:
    from shadow.config import Settings

__all__ = ["command"]


@click.command("routes")
@click.option("--match", "request", metavar="'GET /a/b'", help="Print only the route that this request belongs to.")
@click.option("--missing", "only_missing", is_flag=True, help="Only what was never seen, or what no inventory knows.")
@click.option("--write", is_flag=True, help="Append a [[route]] block to shadow.toml for each route that was guessed.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@config_option
def command(
    request: str | None, format_: Literal["text", "json"], config: Path | None, *, only_missing: bool, write: bool
) -> ExitCode | None:
    """List the known routes, and those that traffic has shown.

    A request for --match is a method and a path, or a whole URL; the path may be under legacy's base, under the
    candidate's, or relative to both. Exits 1 where it belongs to no route.
    """
    if request is not None and (only_missing or write):
        raise UsageError("--match prints one route; it goes with neither --missing nor --write")
    # Inventories take a matcher and a YAML parser, which `shadow routes --help` does without.
    from shadow.routes import RouteTable

    settings = load_settings(config)
    table = RouteTable.from_settings(settings)
    if request is not None:
        return _print_match(route_of(request, settings, table), request, format_)
    listed = list_routes(table, *_seen(settings))
    if write:
        _write(settings, listed)
        return None
    shown = missing(listed) if only_missing else listed
    if format_ == "json":
        click.echo(json.dumps({"routes": [route.to_json() for route in shown]}, indent=2))
    else:
        _print_table(shown, only_missing=only_missing)
    return None


def _seen(settings: Settings) -> tuple[list[str], dict[str, tuple[int, float]]]:
    """Every route in the store, and of those with current evidence how often and when last; nothing without a store."""
    from shadow.store import open_store

    try:
        with open_store(settings) as store:
            evidence = store.evidence(settings, time.time())
            return store.routes(), {each.epoch.route: (each.seen, each.last_seen) for each in evidence}
    except StoreMissingError:
        return [], {}


def _print_match(route: str | None, request: str, format_: str) -> ExitCode | None:
    if format_ == "json":
        click.echo(json.dumps({"route": route}))
    elif route is not None:
        click.echo(route)
    else:
        click.echo(f"shadow: {request} belongs to no known route", err=True)
    return ExitCode.NOT_READY if route is None else None


def _print_table(routes: list[Listed], *, only_missing: bool) -> None:
    if not routes:
        nothing = "Every known route was seen, and every seen route is known."
        empty = "No route is known yet: name an inventory in routes.from, or let traffic pass through the proxy."
        click.echo(nothing if only_missing else empty)
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("Route", "Known from", "Requests", "Last seen"):
        table.add_column(heading, overflow="fold", justify="right" if heading == "Requests" else "left")
    for route in routes:
        table.add_row(*map(Text, (route.name, route.origin or "traffic", route.requests_text, route.last_seen_text)))
    # Where nobody looks, nothing is cut: `shadow routes | grep` finds whole lines.
    Console(width=None if sys.stdout.isatty() else 400).print(table)


def _write(settings: Settings, listed: list[Listed]) -> None:
    from shadow.cli.config_blocks import append_routes

    guessed = [route.name for route in listed if not route.origin]
    assert settings.source is not None
    written = append_routes(settings.source, guessed)
    for name in written:
        click.echo(name)
    many = "block" if len(written) == 1 else "blocks"
    click.echo(
        f"{len(written)} [[route]] {many} added to {settings.source}" if written else "Nothing to add.", err=True
    )
