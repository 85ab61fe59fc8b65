"""How far a replay is, on stderr: a bar in a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import asyncio
import os
import sys

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from shadow.replay.tally import Tally
from shadow.report.terminal.console import colours, printable

__all__ = ["SELDOM", "ProgressLine", "progress_words", "span"]

OFTEN = 0.1
"""Seconds between two looks, in a terminal."""
SELDOM = 10.0
"""… and elsewhere: a log is read by people."""


def progress_words(tally: Tally, seconds: float) -> str:
    """``1,204/5,000, 212/s, 12 differ, 18 s left``, after so many seconds; what is a guess is said with ``~``."""
    done, total = tally.before + tally.done, tally.total
    rate = tally.done / seconds
    words = [f"{done:,}/{_about(tally, total)}", f"{rate:,.0f}/s", f"{tally.differing:,} differ"]
    if total is not None and tally.done and total > done:
        words.append(f"{span((total - done) / rate)} left")
    return ", ".join(words)


class ProgressLine:
    """Shows a replay's progress; `say` prints lines above it."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        terminal = sys.stderr.isatty()
        self._console = Console(
            stderr=True,
            force_terminal=terminal,
            color_system="standard" if colours(os.environ, is_terminal=terminal) else None,
            highlight=False,
            markup=False,
            emoji=False,
        )
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            TextColumn("{task.fields[words]}"),
            console=self._console,
            transient=True,
            disable=not terminal,
        )
        self._every = OFTEN if terminal else SELDOM

    def say(self, line: str) -> None:
        """A line for the user, who may have got it from traffic."""
        for part in f"shadow: {line}".split("\n"):
            self._console.print(printable(self._console, part), soft_wrap=True)

    async def show(self) -> None:
        """Until it is cancelled."""
        task = self._bar.add_task("replaying", total=None, words="")
        with self._bar:
            while True:
                await asyncio.sleep(self._every)
                tally = self._tally
                words = progress_words(tally, tally.seconds) + (f" ({tally.waiting_for})" if tally.waiting_for else "")
                if self._bar.disable:
                    self.say(words)
                else:
                    done = tally.before + tally.done
                    self._bar.update(task, completed=done, total=tally.total, words=words)


def _about(tally: Tally, total: int | None) -> str:
    if total is None:
        return "?"
    return f"{total:,}" if tally.fraction >= 1.0 else f"~{total:,}"


def span(seconds: float) -> str:
    """``18 s``, ``3 min``, ``26 h``."""
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:,.0f} {unit}"
    return f"{seconds:.0f} s"
