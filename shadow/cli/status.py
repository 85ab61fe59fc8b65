"""`shadow status`: what is going on."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from shadow.cli.options import config_option
from shadow.config.load import load_settings

if TYPE_CHECKING:
    from shadow.evidence.route_evidence import RouteEvidence
    from shadow.store import Proxy, Status

__all__ = ["ago", "command"]

_SPANS = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))


@click.command("status")
@config_option
def command(config: Path | None) -> None:
    """What is going on: is mirroring on, which proxies run, what has been counted for each route so far."""
    from shadow.store import open_store

    settings, now = load_settings(config), time.time()
    with open_store(settings) as store:
        status, evidences = store.status(now), store.evidence(settings, now)
    for line in _lines(status, now):
        click.echo(line)
    console = Console()
    for table in (_proxies(status.proxies, now), _routes(evidences, now)):
        if table.row_count:
            console.print(table)


def ago(seconds: float) -> str:
    """How long ago something was, in its largest unit: ``"3 min ago"``."""
    for size, unit in _SPANS:
        if seconds >= size:
            return f"{int(seconds // size)} {unit} ago"
    return "now"


def _lines(status: Status, now: float) -> list[str]:
    last = (
        "nothing has been recorded yet" if status.last_seen is None else f"last evidence {ago(now - status.last_seen)}"
    )
    return [
        f"mirroring: {'paused (`shadow resume` starts it again)' if status.paused else 'on'}",
        f"store:     {status.place}, {last}, routes: {status.routes}, pairs kept: {status.pairs}",
        f"proxies:   {len(status.proxies) or 'none is running'}",
        *(f"breaker:   {proxy.listen}: {proxy.held}" for proxy in status.proxies if proxy.held),
    ]


def _proxies(proxies: tuple[Proxy, ...], now: float) -> Table:
    table = Table("listens on", "host", "pid", "started", "waiting", "shed", box=None, pad_edge=False)
    for proxy in proxies:
        started = ago(now - proxy.started)
        table.add_row(proxy.listen, proxy.host, str(proxy.pid), started, f"{proxy.queue:,}", f"{proxy.shed:,}")
    return table


def _routes(evidences: list[RouteEvidence], now: float) -> Table:
    table = Table("route", box=None, pad_edge=False)
    for name in ("seen", "compared", "distinct", "differing"):
        table.add_column(name, justify="right")
    table.add_column("last")
    for evidence in evidences:
        groups = evidence.distinct
        distinct, matching = (
            sum(g.requests for g in some) for some in (groups, [g for g in groups if not g.fingerprints])
        )
        counts = (evidence.seen, evidence.counters.get("compared", 0), distinct, distinct - matching)
        table.add_row(evidence.epoch.route, *(f"{count:,}" for count in counts), ago(now - evidence.last_seen))
    return table
