"""Bytes as one word of a command line, which bash, zsh and ksh read back as they were, whatever they hold."""

from __future__ import annotations

import re

__all__ = ["printf_format", "shell_word"]

_BARE = re.compile(rb"[A-Za-z0-9_./:@%+,-]+")
_PLAIN = re.compile(rb"[ -&(-~]*")
"""Printable ASCII without the single quote: stands for itself between single quotes, in interactive shells too."""
_ESCAPES = {0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t", 0x5C: "\\\\"}
_LITERAL = frozenset(range(0x20, 0x7F)) - set(b"'!\\")
"""What is safe between ``$'`` and ``'``. An exclamation mark would be history to an interactive bash, which may lose
count of the quotes before it."""


def shell_word(data: bytes) -> str:
    """Printable ASCII only, on one line. Raises ValueError for a NUL, which no argument of a command can hold."""
    if 0 in data:
        raise ValueError("an argument can't hold a NUL")
    if _BARE.fullmatch(data):
        return data.decode("ascii")
    if _PLAIN.fullmatch(data):
        return f"'{data.decode('ascii')}'"
    return "$'" + "".join(chr(b) if b in _LITERAL else _ESCAPES.get(b) or f"\\x{b:02x}" for b in data) + "'"


def printf_format(data: bytes) -> str:
    """A format, already quoted, by which ``printf --`` writes these bytes; NULs too."""
    literal = _LITERAL - {0x25}
    return "'" + "".join(chr(b) if b in literal else f"\\{b:03o}" for b in data) + "'"
