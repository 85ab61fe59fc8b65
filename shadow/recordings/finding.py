"""Which recordings a command's arguments mean."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from pathlib import Path

from shadow.errors import UsageError
from shadow.recordings.opening import STANDARD_INPUT, Recording

__all__ = ["recordings_of"]


def recordings_of(arguments: Sequence[str]) -> list[Recording]:
    """The recordings, in the order of the arguments; those that one pattern matches sorted by name, each file once.

    An argument is `-` for standard input, a path, or a pattern that no shell has expanded (`**` for any folders).
    Raises UsageError for one that matches nothing, a folder, and what can't be read.
    """
    recordings: list[Recording] = []
    known: set[str] = set()
    for argument in arguments:
        if argument == STANDARD_INPUT:
            if any(recording.path is None for recording in recordings):
                raise UsageError("- stands for standard input, which can be read only once; give it once")
            recordings.append(Recording(None))
            continue
        for path in _files(argument):
            real = os.path.realpath(path)
            if real not in known:
                known.add(real)
                recordings.append(Recording(path))
    return recordings


def _files(argument: str) -> list[Path]:
    if "\0" in argument or not argument:
        raise UsageError("a recording's name is empty, or holds a byte that no name can hold")
    if os.path.lexists(argument):
        found = [Path(argument)]
    else:
        # A folder among many matches is none of the recordings that were meant.
        matches = (Path(name) for name in glob.glob(argument, recursive=True))  # noqa: PTH207  (of any root)
        found = sorted(path for path in matches if not path.is_dir())
        if not found:
            what = "matches no file" if glob.has_magic(argument) else "does not exist"
            raise UsageError(f"{argument} {what}; give recordings: files, patterns, or - for standard input")
    for path in found:
        if path.is_dir():
            raise UsageError(f"{path} is a folder; give the files in it, such as '{path / '*'}'")
        if not path.exists():
            raise UsageError(f"{path} is a link to nothing")
        if not os.access(path, os.R_OK):
            raise UsageError(f"{path} can't be read: permission denied")
    return found
