"""`shadow recompare`: recorded pairs again, under today's comparison rules."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shadow.cli.options import config_option
from shadow.cli.route_choice import the_routes
from shadow.config.load import load_settings
from shadow.errors import UsageError

if TYPE_CHECKING:
    from shadow.config import Settings
    from shadow.store import Store

__all__ = ["command"]


@click.command("recompare")
@click.argument("routes", nargs=-1, metavar="[ROUTE]…")
@click.option(
    "--format",
    "format_",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="What is printed when all is done; progress is on stderr.",
)
@config_option
def command(routes: tuple[str, ...], format_: str, config: Path | None) -> None:
    """Compare the pairs that `store.record = "all"` has kept again, under today's comparison rules, without traffic.

    Where a route's rules have changed, its evidence starts afresh; this fills it with what the recorded pairs show
    under the new rules, and says what that changes. No side is asked. Uses all cores. May be broken off and called
    again: no pair is counted twice.

    With ROUTEs only these: names (`'GET /orders/{orderId}'`) or globs (`'GET /orders*'`).

    \b
    Exit codes:
      0  done, or nothing to do; `shadow gate` says which routes are ready
      2  the command or the configuration is wrong, or no pair was ever recorded
      4  the harness itself failed: there is no store, it can't be read or written
    """
    from shadow.cli.recompare_output import print_json, print_text, progress
    from shadow.redact import Redactor
    from shadow.replay.recompare import recompare, sources
    from shadow.replay.recompare_changes import befores, changes
    from shadow.report.build import document
    from shadow.store import open_store

    settings = load_settings(config)
    with open_store(settings) as store:
        store.use_key(Redactor.from_settings(settings).key_name)
        known = _recorded(store, settings)
        chosen = set(the_routes(routes, known)) if routes else known
        wanted = sources(settings, store, chosen)
        before = befores(store.history(settings), wanted, settings, time.time()) if wanted else {}
        with progress(sum(source.pairs for source in wanted)) as told:
            outcomes = recompare(settings, store, wanted, told=told)
        verdicts = document(settings, store, time.time()).verdicts if wanted else ()
    found = changes(outcomes, before, verdicts)
    print_ = print_json if format_ == "json" else print_text
    print_(found, sorted(chosen - outcomes.keys()))


def _recorded(store: Store, settings: Settings) -> set[str]:
    """The routes with recorded pairs. Raises UsageError where there are none."""
    routes = {epoch.route for epoch, _ in store.recorded()}
    if not routes:
        recording = settings.store.record == "all"
        advice = "let traffic flow" if recording else 'set store.record = "all" in shadow.toml and let traffic flow'
        raise UsageError(f"the store holds no recorded pairs to compare again: {advice}")
    return routes
