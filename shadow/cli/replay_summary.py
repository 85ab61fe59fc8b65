"""What a replay says at its end."""

from __future__ import annotations

import time
from collections.abc import Iterator

from shadow.cli.verdict_lines import verdict_row
from shadow.config import Settings
from shadow.exchange import Side
from shadow.mirror.translation import side_settings
from shadow.replay.fitting import listed
from shadow.replay.run import Replay
from shadow.replay.selection import Left
from shadow.replay.tally import RouteTally, Tally
from shadow.report.build import document
from shadow.report.terminal.console import terminal_console
from shadow.report.terminal.verdict_rows import print_rows
from shadow.report.terminal.writer import Writer
from shadow.report.wording import TITLES, count
from shadow.store import open_store
from shadow.verdict import gate_sentence

__all__ = ["print_summary"]


def print_summary(replay: Replay, settings: Settings, *, with_verdicts: bool) -> None:
    """A line for each route with its verdict, what this replay has sent of it, and what it has left out, and why."""
    console, tally = terminal_console(), replay.tally
    page = Writer(console)
    if with_verdicts:
        with open_store(settings) as store:
            found = document(settings, store, time.time())
        rows = [
            verdict_row(verdict, about_route(tally.routes[verdict.route]) if verdict.route in tally.routes else "")
            for verdict in found.verdicts
        ]
        print_rows(console, rows)
        page.line(gate_sentence(found.verdicts), hang=2)
    for line in summary_lines(tally):
        page.line(line, hang=2)
    if replay.without_credentials and (bare := [side for side in Side if not _has_credentials(settings, side)]):
        names = " and ".join(f"`{side}.auth` or `{side}.headers`" for side in bare)
        page.line(
            f"note: {_requests(replay.without_credentials, 'was', 'were')} recorded with credentials, which were not "
            f"sent; give some in {names}, or send the recorded ones with --keep-auth",
            hang=2,
        )
    if replay.limited:
        page.line("note: what the recordings hold beyond --limit was not looked at", hang=2)
    page.line(f"report: {settings.report.path}")


def about_route(tally: RouteTally) -> str:
    """``replayed 412: 400 compared, 12 differ, 3 skipped (writes, not opted in)``."""
    told = [f"{count(tally.compared)} compared", f"{count(tally.differing)} differ"]
    told += [f"{count(tally.unproven)} prove nothing"] if tally.unproven else []
    told += [f"{count(tally.failed)} failed"] if tally.failed else []
    told += [f"{count(number)} not sent ({TITLES[reason]})" for reason, number in sorted(tally.skipped.items())]
    return f"replayed {count(tally.requests)}: {', '.join(told)}"


def summary_lines(tally: Tally) -> Iterator[str]:
    """How many there were, and what became of those that were not replayed."""
    before = f", {count(tally.before)} by an earlier try" if tally.before else ""
    partly = tally.done + tally.before < tally.chosen
    of = f" of {count(tally.chosen)}" if partly else ""
    what = "request" if (tally.chosen if partly else tally.done) == 1 else "requests"
    what += " that were read" if partly and tally.fraction < 1.0 else ""
    differ = f"{count(tally.differing)} {'differs' if tally.differing == 1 else 'differ'}"
    yield f"replayed {count(tally.done)}{of} {what} at {tally.done / tally.seconds:,.0f}/s{before}; {differ}"
    origins = f" ({listed(tally.elsewhere)})" if tally.elsewhere else ""
    left = [
        f"{count(number)} {reason}{origins if reason is Left.ELSEWHERE else ''}"
        for reason, number in tally.left.most_common()
    ]
    left += [f"{count(number)} {kind}" for kind, number in tally.others.most_common()]
    if left:
        yield f"left out: {', '.join(left)}"


def _requests(number: int, one: str, several: str) -> str:
    return f"{count(number)} request {one}" if number == 1 else f"{count(number)} requests {several}"


def _has_credentials(settings: Settings, side: Side) -> bool:
    chosen = side_settings(settings, side)
    return bool(chosen.auth or any(chosen.headers.values()) or chosen.client_cert)
