"""The console of a command: what the terminal, the pipe behind it and the environment ask for.

Layout and colour are separate questions. Lines are laid out by the terminal's width where stdout is one, and never
wrapped elsewhere, so that `grep` finds whole lines. Colours follow the environment: NO_COLOR (https://no-color.org)
wins over everything; FORCE_COLOR (https://force-color.org) and CLICOLOR_FORCE (https://bixense.com/clicolors) ask for
them in a pipe, too. No word is told by its colour alone.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator, Mapping

from rich.console import Console
from rich.text import Text

from shadow.report.log_text import for_log
from shadow.report.visible import visible

__all__ = ["colours", "printable", "terminal_console", "unbroken_pipe"]


def terminal_console() -> Console:
    """For stdout. A reader that goes away (`| head`) makes it silent, and ends nothing: a gate's exit code stands."""
    is_terminal = sys.stdout.isatty()
    columns, lines = shutil.get_terminal_size()
    return _Console(
        force_terminal=is_terminal,
        color_system="standard" if colours(os.environ, is_terminal=is_terminal) else None,
        width=columns,
        height=lines,
        highlight=False,
        markup=False,
        emoji=False,
    )


def colours(environment: Mapping[str, str], *, is_terminal: bool) -> bool:
    """Whether to print escape sequences at all: without colours none are."""
    if environment.get("NO_COLOR"):
        return False
    if any(environment.get(name, "") not in _OFF for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return is_terminal and environment.get("TERM") != "dumb" and environment.get("CLICOLOR") != "0"


_OFF = {"", "0"}


def printable(console: Console, text: str, style: str = "") -> Text:
    """Text without control characters, instructions to a CI job, and characters that the encoding doesn't have."""
    shown = for_log(visible(text)).encode(console.encoding, "replace").decode(console.encoding, "replace")
    return Text(shown, style)


@contextlib.contextmanager
def unbroken_pipe() -> Iterator[None]:
    """The reader of stdout may have gone: then the rest of what is printed is dropped."""
    try:
        yield
    except BrokenPipeError:
        _drop_stdout()


def _drop_stdout() -> None:
    # What is left in Python's own buffer would break the pipe again when the process ends.
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


class _Console(Console):
    def on_broken_pipe(self) -> None:
        self.quiet = True
        _drop_stdout()
