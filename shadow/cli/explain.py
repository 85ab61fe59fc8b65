"""`shadow explain`: one route in the terminal."""

from __future__ import annotations

import shlex
import time
from collections.abc import Sequence
from pathlib import Path

import click

from shadow.cli.options import config_option
from shadow.cli.route_choice import the_route
from shadow.config.load import load_settings
from shadow.errors import UsageError
from shadow.report.commands import typable
from shadow.report.visible import clip
from shadow.report.wording import ICONS, WORDS
from shadow.verdict.model import RouteVerdict

__all__ = ["command"]


@click.command("explain")
@click.argument("route", required=False)
@click.option(
    "--examples",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    metavar="N",
    help="Examples to show of each difference.",
)
@config_option
def command(route: str | None, examples: int, config: Path | None) -> None:
    """Show what is known of one ROUTE: evidence, reasons, and the differences in groups, with examples.

    ROUTE is a name such as 'GET /orders/{orderId}', or a glob that matches just one. Without it, the worst are named.
    """
    from shadow.cli.explanation import explain
    from shadow.report.build import document
    from shadow.report.terminal.console import terminal_console
    from shadow.store import open_store

    settings = load_settings(config)
    with open_store(settings, create=False) as store:
        found = document(settings, store, time.time())
    if route is None:
        raise UsageError(_which(found.verdicts))
    name = the_route(route, [verdict.route for verdict in found.verdicts])
    verdict = next(verdict for verdict in found.verdicts if verdict.route == name)
    option = ["--config", shlex.quote(str(config))] if config else []
    explain(terminal_console(), verdict, found, examples, option)


def _which(verdicts: Sequence[RouteVerdict]) -> str:
    """What to say where no route is named: the worst of them, each as it can be pasted."""
    if not verdicts:
        return "name a ROUTE; none has been seen yet, and no inventory names any"
    worst = [
        f"  {ICONS[verdict.verdict]} {WORDS[verdict.verdict]:12}  shadow explain {clip(_quoted(verdict.route), 300)}"
        for verdict in verdicts[:_MOST_NAMED]
    ]
    more = len(verdicts) - len(worst)
    rest = [f"  and {more:,} more: `shadow gate` lists all"] if more else []
    return "\n".join(["name a ROUTE; the worst first:", *worst, *rest])


_MOST_NAMED = 10


def _quoted(route: str) -> str:
    return shlex.quote(typable(route))
