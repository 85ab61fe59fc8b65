"""What `shadow recompare` prints: progress while it works, then what has changed."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import click

from shadow.replay.recompare_changes import Change, Standing
from shadow.replay.recompare_work import Group
from shadow.report.terminal.console import terminal_console, unbroken_pipe
from shadow.report.terminal.verdict_rows import VerdictRow, print_rows
from shadow.report.terminal.writer import Writer
from shadow.report.visible import clip
from shadow.report.wording import WORDS
from shadow.verdict.model import Verdict
from shadow.verdict.wording import plural

__all__ = ["print_json", "print_text", "progress"]

_FEW = 5_000
"""Pairs that are compared in a second or so."""
_EVERY = 5.0
"""Seconds between two lines of progress where stderr is no terminal."""
_MOST_GROUPS = 3
"""Groups that are named in a sentence."""
_MOST_ROUTES = 5
"""Routes with nothing to do that are named."""
_LONGEST = 120
"""Characters of a path in a sentence."""


@contextlib.contextmanager
def progress(pairs: int) -> Iterator[Callable[[int], None]]:
    """What is to be told of each few pairs that are done; says nothing where there are few in all."""
    if pairs <= _FEW:
        yield lambda _: None
    elif sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("comparing again"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("", total=pairs)
            yield lambda more: bar.advance(task, more)
    else:
        yield _Lines(pairs)


class _Lines:
    def __init__(self, pairs: int) -> None:
        self._pairs = pairs
        self._done = 0
        self._said = time.monotonic()

    def __call__(self, more: int) -> None:
        self._done += more
        if time.monotonic() - self._said >= _EVERY:
            self._said = time.monotonic()
            click.echo(f"compared again: {self._done:,} of {plural(self._pairs, 'pair')}", err=True)


def print_text(found: Sequence[Change], idle: Sequence[str]) -> None:
    """A row for each route with its verdict of now, and a line for those with nothing to do."""
    console = terminal_console()
    page = Writer(console)
    print_rows(console, [_row(change) for change in found])
    if idle:
        named = ", ".join(clip(route, _LONGEST) for route in idle[:_MOST_ROUTES])
        more = f" and {len(idle) - _MOST_ROUTES:,} more" if len(idle) > _MOST_ROUTES else ""
        page.line(f"nothing to compare again: {named}{more}", hang=2)
    failed = sum(change.failed for change in found)
    pairs, routes = sum(change.pairs for change in found), plural(len(found), "route")
    page.line(
        f"{plural(pairs, 'pair')} of {routes} compared again"
        + (f"; {plural(failed, 'pair')} could not be, and nothing is counted of {_them(failed)}" if failed else ""),
        hang=2,
    )


def _them(number: int) -> str:
    return "it" if number == 1 else "them"


def _row(change: Change) -> VerdictRow:
    now = change.now
    return VerdictRow(
        verdict=now.verdict if now else Verdict.INCONCLUSIVE,
        name=change.route,
        why="; ".join(_told(change)),
        about=f"{plural(change.pairs, 'pair')}, {_numbers(change.before)} → {_numbers(now)}",
    )


def _numbers(standing: Standing | None) -> str:
    return "–" if standing is None else f"{standing.differing:,} of {standing.distinct:,} differ"


def _told(change: Change) -> Iterator[str]:
    before, now = change.before, change.now
    if now is None:
        yield "only pairs of other versions than today's, so no verdict is about them"
    elif before is not None and before.verdict is now.verdict:
        yield f"still {WORDS[now.verdict]}"
    elif before is not None:
        yield f"was {WORDS[before.verdict]}"
    if change.gone or change.new:
        yield _came_and_went(change)
    elif before is not None and now is not None:
        yield "the same groups as before"
    if change.unconfirmed:
        groups = [group for group, _ in change.unconfirmed]
        most = max(pairs for _, pairs in change.unconfirmed)
        yield (
            f"{_counted(groups)} shown by up to {plural(most, 'pair')} and never confirmed, so "
            f"{'it keeps' if len(groups) == 1 else 'they keep'} the route from being ready: let traffic flow"
        )


def _came_and_went(change: Change) -> str:
    said = [f"{_counted(change.gone)} gone"] if change.gone else []
    if change.new:
        said.append(f"{_counted(change.new)} new")
    return ", ".join(said)


def _counted(groups: Sequence[Group]) -> str:
    """``2 groups (list-order at $.items, value at $.total) are``."""
    named = ", ".join(f"{group.class_} at {clip(group.path, _LONGEST)}" for group in groups[:_MOST_GROUPS])
    more = ", …" if len(groups) > _MOST_GROUPS else ""
    return f"{plural(len(groups), 'group')} ({named}{more}) {'is' if len(groups) == 1 else 'are'}"


def print_json(found: Sequence[Change], idle: Sequence[str]) -> None:
    value = {
        "schema": "shadow/recompare/1",
        "pairs": sum(change.pairs for change in found),
        "failed": sum(change.failed for change in found),
        "routes": [
            {
                "route": change.route,
                "pairs": change.pairs,
                "failed": change.failed,
                "before": _standing(change.before),
                "now": _standing(change.now),
                "gone": [_group(group) for group in change.gone],
                "new": [_group(group) for group in change.new],
                "unconfirmed": [{**_group(group), "pairs": pairs} for group, pairs in change.unconfirmed],
            }
            for change in found
        ],
        "nothing_to_do": list(idle),
    }
    with unbroken_pipe():
        click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _group(group: Group) -> dict[str, str]:
    return {"where": group.where, "path": group.path, "class": group.class_}


def _standing(standing: Standing | None) -> dict[str, Any] | None:
    if standing is None:
        return None
    return {"verdict": str(standing.verdict), "distinct": standing.distinct, "differing": standing.differing}
