"""`shadow forget`: evidence starts afresh."""

from __future__ import annotations

import sys
from difflib import get_close_matches
from pathlib import Path

import click

from shadow.cli.options import config_option
from shadow.config.load import load_settings
from shadow.errors import UsageError

__all__ = ["command"]


@click.command("forget")
@click.argument("route", required=False, metavar="[ROUTE]")
@click.option("-y", "--yes", is_flag=True, help="Don't ask.")
@config_option
def command(route: str | None, config: Path | None, *, yes: bool) -> None:
    """Delete the evidence of ROUTE (such as "GET /orders/{orderId}"), or of all routes, so that it starts afresh."""
    from shadow.store import open_store

    with open_store(load_settings(config)) as store:
        routes = store.routes()
        if route is not None and route not in routes:
            raise UsageError(_unknown(route, routes))
        if not yes:
            _ask(route, len(routes))
        epochs = store.forget(route)
    click.echo(
        f"Forgot {'all evidence' if route is None else route} ({epochs} {'epoch' if epochs == 1 else 'epochs'})."
    )


def _ask(route: str | None, routes: int) -> None:
    """Let the user think again. Raises UsageError where nobody can be asked and everything would be gone."""
    if sys.stdin.isatty():
        what = f"all evidence of all routes ({routes})" if route is None else f"all evidence of {route}"
        click.confirm(f"Delete {what}?", abort=True)
    elif route is None:
        raise UsageError("this deletes the evidence of all routes: name a ROUTE, or confirm with --yes")


def _unknown(route: str, routes: list[str]) -> str:
    near = get_close_matches(route, routes, n=3) or routes[:3]
    if not near:
        return f'there is no evidence of "{route}", nor of any other route'
    names = " or ".join(f'"{name}"' for name in near)
    return f'there is no evidence of "{route}"; did you mean {names}?'
