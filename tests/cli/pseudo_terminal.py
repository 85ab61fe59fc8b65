"""Commands as real processes: in a terminal of some width, or with a pipe behind them."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

__all__ = ["ABOUT_CI", "Ran", "environment", "in_a_pipe", "in_a_terminal", "without_styles"]

_ABOUT_COLOURS = {"NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "LINES", "TTY_COMPATIBLE"}
ABOUT_CI = {"GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE"}
"""Where they are set, commands write for GitHub, too."""
_STYLE = re.compile(r"\x1b\[[\d;]*m")
Ran = tuple[int, str]
"""Exit code, and what stdout got."""


def environment(**more: str) -> dict[str, str]:
    """That of the tests, with nothing in it about terminals and CI but what ``more`` says."""
    left_out = _ABOUT_COLOURS | ABOUT_CI | {"SHADOW_CONFIG"}
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    return {**kept, "TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8", **more}


def in_a_terminal(folder: Path, *arguments: str, columns: int, **variables: str) -> Ran:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    command = [sys.executable, "-m", "shadow", *arguments]
    with subprocess.Popen(
        command, cwd=folder, env=environment(**variables), stdin=theirs, stdout=theirs, stderr=subprocess.DEVNULL
    ) as process:
        os.close(theirs)
        said = b""
        with contextlib.suppress(OSError):  # Linux' way to say that the other end is closed.
            while chunk := os.read(ours, 65_536):
                said += chunk
        os.close(ours)
    return process.returncode, said.decode().replace("\r\n", "\n")


def in_a_pipe(folder: Path, *arguments: str, **variables: str) -> Ran:
    command = [sys.executable, "-m", "shadow", *arguments]
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode, done.stdout.decode()


def without_styles(text: str) -> str:
    """The text without the escape sequences that only change how it looks; any other is left in it."""
    return _STYLE.sub("", text)
