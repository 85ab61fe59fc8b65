"""`shadow serve`: the report in the browser, up to date while traffic flows."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from threading import Thread

import click

from shadow.cli.options import config_option
from shadow.config.addresses import check_listen
from shadow.config.load import load_settings

__all__ = ["command"]


def _listen(_context: click.Context, _option: click.Parameter, value: str) -> str:
    try:
        return check_listen(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _names(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> frozenset[str]:
    from shadow.serve.guard import host_name

    for value in values:
        if not host_name(value):
            raise click.BadParameter(f'"{value}" is not the name of a host, such as shadow.example.com')
    return frozenset(map(host_name, values))


@click.command("serve")
@click.option(
    "--listen",
    default="127.0.0.1:8100",
    show_default=True,
    metavar="HOST:PORT",
    help="Where to listen; port 0 takes a free one. Beyond this machine everybody who can connect can read.",
    callback=_listen,
)
@click.option(
    "--every",
    type=click.FloatRange(min=0.05, max=3600),
    default=2.0,
    show_default=True,
    metavar="SECONDS",
    help="How often to look for news, while somebody has the page open.",
)
@click.option(
    "--allow-host",
    "names",
    multiple=True,
    metavar="NAME",
    help="A further name that browsers may know this server by, such as a reverse proxy's; may be repeated.",
    callback=_names,
)
@click.option("--open", "opens", is_flag=True, help="Open the page in the browser.")
@click.option("-v", "--verbose", is_flag=True, help="Print a line per request to stderr.")
@config_option
def command(
    listen: str, every: float, names: frozenset[str], *, opens: bool, verbose: bool, config: Path | None
) -> None:
    """Serve the report as a page that keeps itself up to date while traffic flows. It reads the store, and writes
    nothing."""
    from shadow.serve.server import listen_at, serve

    settings = load_settings(config)
    assert settings.source is not None
    listener = listen_at(listen)
    if not listener.is_loopback:
        click.echo(f"shadow: whoever can reach {listen} can read the report: there is no password", err=True)

    def ready() -> None:
        click.echo(f"serving the report of {settings.source} on {listener.url} (Ctrl-C ends it)")
        if opens:
            # A browser in the terminal keeps whoever calls it waiting.
            Thread(target=webbrowser.open, args=(listener.url,), daemon=True).start()

    serve(settings, listener, every=every, names=names, verbose=verbose, ready=ready)
