"""`shadow gate`: exit 0 only if every required route is ready."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Literal

import click
import msgspec

from shadow.cli.options import config_option
from shadow.cli.route_choice import the_routes
from shadow.config.load import load_settings
from shadow.errors import ExitCode
from shadow.verdict import gate_exit_code, gate_sentence
from shadow.verdict.model import RouteVerdict

__all__ = ["command"]


@click.command("gate")
@click.argument("routes", nargs=-1, metavar="[ROUTE]…")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "junit", "markdown"]),
    default="text",
    show_default=True,
    help="What is printed; the exit code is the same, and its reason is on stderr where stdout is a file format.",
)
@click.option(
    "--allow-inconclusive",
    is_flag=True,
    help="Exit 0 also with inconclusive routes, if at least one required route is ready, none is not ready, and none "
    "lacks credentials.",
)
@config_option
def command(
    routes: tuple[str, ...],
    format_: Literal["text", "json", "junit", "markdown"],
    config: Path | None,
    *,
    allow_inconclusive: bool,
) -> ExitCode:
    """Judge every route by the evidence in the store, and exit with the answer for CI.

    With ROUTEs only these are asked for: a name (`'GET /orders/{orderId}'`) whether it is required or not, a glob
    (`'GET /orders*'`) those of the required routes that it matches.

    \b
    Exit codes:
      0  every required route is ready
      1  at least one is not ready
      2  the command or the configuration is wrong
      3  none is not ready, but at least one is inconclusive, or none is required
      4  the harness itself failed: there is no store, or it can't be read
    """
    from shadow.report.build import document
    from shadow.report.notes import mixed_builds
    from shadow.report.visible import clip, visible
    from shadow.store import open_store

    settings = load_settings(config)
    with open_store(settings, create=False) as store:
        found = document(settings, store, time.time())
    if routes:
        found = msgspec.structs.replace(found, verdicts=_narrowed(found.verdicts, routes))
    for note in found.notes:
        click.echo(f"note: {visible(clip(note.sentence, 500))}", err=True)
    code = gate_exit_code(found.verdicts, allow_inconclusive)
    told = f"exit {int(code)}: {gate_sentence(found.verdicts, allow_inconclusive)}"
    if format_ == "text":
        _print_text(found.verdicts, told)
    else:
        from shadow.report import FORMATS

        click.echo(FORMATS[format_].render(found), nl=False)
        click.echo(told, err=True)
    if mixed := mixed_builds(found.verdicts):
        click.echo(f"note: {mixed}", err=True)
    return code


def _narrowed(verdicts: tuple[RouteVerdict, ...], wanted: tuple[str, ...]) -> tuple[RouteVerdict, ...]:
    meant = the_routes(wanted, [verdict.route for verdict in verdicts])
    return tuple(
        msgspec.structs.replace(verdict, required=verdict.required or meant[verdict.route])
        for verdict in verdicts
        if verdict.route in meant
    )


def _print_text(verdicts: tuple[RouteVerdict, ...], told: str) -> None:
    from rich.console import Console

    from shadow.cli.verdict_lines import print_verdicts, printable

    console = Console(highlight=False)
    print_verdicts(console, verdicts)
    console.print(printable(console, told), soft_wrap=True)
