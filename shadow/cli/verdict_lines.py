"""Verdicts in a terminal: one line per route where there is no terminal, laid out by its width where there is."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from shadow.report.history_view import trend_phrase
from shadow.report.log_text import for_log
from shadow.report.visible import visible
from shadow.report.wording import ICONS, WORDS, sentence
from shadow.verdict.model import RouteVerdict, Verdict

__all__ = ["STYLES", "print_verdicts", "printable"]

STYLES = {Verdict.NOT_READY: "bold red", Verdict.INCONCLUSIVE: "yellow", Verdict.READY: "green"}
_NARROW = 90
"""Columns below which the sentence gets lines of its own."""


def print_verdicts(console: Console, verdicts: Sequence[RouteVerdict]) -> None:
    """Icon and word, route, and the one sentence that explains the verdict."""
    if not console.is_terminal:
        _plain(console, verdicts)
    elif console.width < _NARROW:
        _stacked(console, verdicts)
    else:
        _columns(console, verdicts)


def printable(console: Console, text: str, style: str = "") -> Text:
    """Text without control characters, instructions to a CI job, and characters that the encoding doesn't have."""
    shown = for_log(visible(text)).encode(console.encoding, "replace").decode(console.encoding, "replace")
    return Text(shown, style)


def _plain(console: Console, verdicts: Sequence[RouteVerdict]) -> None:
    """Never wrapped, so that `grep` finds whole lines."""
    routes = [for_log(visible(_route(verdict))) for verdict in verdicts]
    width = min(max(map(len, routes), default=0), 60)
    for verdict, route in zip(verdicts, routes, strict=True):
        line = f"{_word(verdict):14}  {route:{width}}  {_why(verdict)}"
        console.print(printable(console, line), soft_wrap=True)


def _stacked(console: Console, verdicts: Sequence[RouteVerdict]) -> None:
    for verdict in verdicts:
        word = printable(console, _word(verdict), STYLES[verdict.verdict])
        console.print(Text.assemble(word, "  ", printable(console, _route(verdict), "bold")))
        console.print(Padding(printable(console, _why(verdict)), (0, 0, 0, 2)))


def _columns(console: Console, verdicts: Sequence[RouteVerdict]) -> None:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold", ratio=2)
    table.add_column(overflow="fold", ratio=3)
    for verdict in verdicts:
        table.add_row(
            printable(console, _word(verdict), STYLES[verdict.verdict]),
            printable(console, _route(verdict), "bold"),
            printable(console, _why(verdict)),
        )
    console.print(table)


def _why(verdict: RouteVerdict) -> str:
    trend = trend_phrase(verdict)
    return f"{sentence(verdict)} ({trend})" if trend else sentence(verdict)


def _word(verdict: RouteVerdict) -> str:
    return f"{ICONS[verdict.verdict]} {WORDS[verdict.verdict]}"


def _route(verdict: RouteVerdict) -> str:
    return verdict.route if verdict.required else f"{verdict.route} (not required)"
