"""Who may read what is kept: files are for their owner, or their group where somebody has said so."""

from __future__ import annotations

import stat
from contextlib import suppress
from pathlib import Path

__all__ = ["close_to_others"]


def close_to_others(*files: Path) -> None:
    """Take away what users outside of the files' group may do with them; what isn't there, or isn't ours, stays.

    A file that is there already may have been made under another umask, or copied. The group's rights are somebody's
    choice.
    """
    for file in files:
        with suppress(OSError):
            mode = stat.S_IMODE(file.stat().st_mode)
            if mode & stat.S_IRWXO:
                file.chmod(mode & ~stat.S_IRWXO)
