"""`shadow status`: what is going on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shadow.cli.options import config_option
from shadow.config.load import load_settings
from shadow.report.wording import count
from shadow.verdict import gate_sentence

if TYPE_CHECKING:
    from shadow.store import Proxy, Status
    from shadow.verdict.model import RouteVerdict

__all__ = ["ago", "command"]

_SPANS = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))


@click.command("status")
@config_option
def command(config: Path | None) -> None:
    """What is going on: is mirroring on, which proxies and replays run, what each route's evidence says so far.

    The worst route is first.
    """
    from shadow.cli.verdict_lines import verdict_row
    from shadow.report.build import document
    from shadow.report.terminal.console import terminal_console
    from shadow.report.terminal.verdict_rows import print_rows
    from shadow.report.terminal.writer import Writer
    from shadow.store import open_store

    settings, now = load_settings(config), time.time()
    console = terminal_console()
    page = Writer(console)
    with open_store(settings) as store:
        status = store.status(now)
        # Said first: whether mirroring is on must be told even where an inventory can't be read.
        for name, told in _lines(status, now):
            page.line((f"{name:11}", "bold"), told, hang=11)
        for proxy in status.proxies:
            page.line((proxy.listen, "bold"), f"  {_about(proxy, now)}", indent=2, hang=2)
        verdicts = document(settings, store, now).verdicts
    if verdicts:
        page.line()
        print_rows(console, [verdict_row(verdict, _numbers(verdict, now)) for verdict in verdicts])
        page.line(gate_sentence(verdicts), hang=2)


def ago(seconds: float) -> str:
    """How long ago something was, in its largest unit: ``"3 min ago"``."""
    for size, unit in _SPANS:
        if seconds >= size:
            return f"{int(seconds // size)} {unit} ago"
    return "now"


def _lines(status: Status, now: float) -> Iterator[tuple[str, str]]:
    last = (
        "nothing has been recorded yet" if status.last_seen is None else f"last evidence {ago(now - status.last_seen)}"
    )
    yield "mirroring:", "paused (`shadow resume` starts it again)" if status.paused else "on"
    yield "store:", f"{status.place}, {last}, routes: {count(status.routes)}, pairs kept: {count(status.pairs)}"
    yield "running:", count(len(status.proxies)) if status.proxies else "no proxy and no replay"
    for proxy in status.proxies:
        if proxy.held:
            yield "breaker:", f"{proxy.listen}: {proxy.held}"


def _about(proxy: Proxy, now: float) -> str:
    return (
        f"on {proxy.host}, pid {proxy.pid}, started {ago(now - proxy.started)}, "
        f"{count(proxy.queue)} waiting, {count(proxy.shed)} shed"
    )


def _numbers(verdict: RouteVerdict, now: float) -> str:
    """What differs is counted as the verdict counts it: without what is accepted, noise, or not decided yet."""
    seen, compared, distinct = (count(verdict.requests.get(name, 0)) for name in ("seen", "compared", "distinct"))
    last = "" if verdict.last_seen is None else f", last {ago(now - verdict.last_seen)}"
    verb = "differs" if verdict.divergence.distinct == 1 else "differ"
    differ = f"{count(verdict.divergence.distinct)} {verb}"
    return f"{seen} seen, {compared} compared, {distinct} distinct, {differ}{last}"
