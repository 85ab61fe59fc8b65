"""Verdicts in a terminal: a table where there is room for one, a block for each where there is not, else whole lines.

A wide terminal gets three columns, a narrow one blocks instead of columns of three letters, and where there is no
terminal each verdict is one line, however long.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from rich.console import Console
from rich.text import Text

from shadow.report.terminal.writer import GAP, Writer
from shadow.report.visible import clip
from shadow.report.wording import ICONS, WORDS
from shadow.verdict.model import Verdict

__all__ = ["STYLES", "VerdictRow", "print_rows"]

STYLES = {Verdict.NOT_READY: "bold red", Verdict.INCONCLUSIVE: "yellow", Verdict.READY: "green"}
_COLUMNS_FROM = 100
"""Columns of the terminal from which on the sentence has one of its own."""
_WORD = max(len(word) for word in WORDS.values()) + 2
"""Columns of the verdict with its icon."""
_MOST_ALIGNED = 60
"""Characters of a name to which the others are aligned where there is no terminal."""
_LONGEST_NAME, _LONGEST_SENTENCE = 500, 1_000


class VerdictRow(msgspec.Struct, frozen=True, kw_only=True):
    verdict: Verdict
    name: str
    """The route, and whether it is required."""
    why: str
    about: str = ""
    """More about the route, in a few words."""


def print_rows(console: Console, rows: Sequence[VerdictRow]) -> None:
    """Icon and word, route, and the one sentence that explains the verdict."""
    writer = Writer(console)
    # No word of what is said about a route is cut either.
    words = [clip(row.name, _LONGEST_NAME) for row in rows] + [word for row in rows for word in row.about.split()]
    widest = max((writer.text(word).cell_len for word in words), default=0)
    if not writer.laid_out:
        _lines(writer, rows)
    elif console.width < _COLUMNS_FROM or widest > (console.width - _WORD) // 2 - GAP:
        _blocks(writer, rows)
    else:
        # What is said about a route gets a third of the terminal, where it needs that much.
        longest = max((writer.text(row.about).cell_len for row in rows), default=0)
        _columns(writer, rows, max(widest, min(longest, (console.width - _WORD) // 3)))


def _lines(writer: Writer, rows: Sequence[VerdictRow]) -> None:
    """Never wrapped, so that `grep` finds whole lines."""
    names = [writer.text(clip(row.name, _LONGEST_NAME)).plain for row in rows]
    abouts = [writer.text(row.about).plain for row in rows]
    name_width, about_width = (min(max(map(len, texts), default=0), _MOST_ALIGNED) for texts in (names, abouts))
    for row, name, about in zip(rows, names, abouts, strict=True):
        more = f"{about:{about_width}}  " if about_width else ""
        word = (f"{_word(row):{_WORD}}", STYLES[row.verdict])
        writer.line(word, "  ", (f"{name:{name_width}}", "bold"), f"  {more}{_why(row)}")


def _blocks(writer: Writer, rows: Sequence[VerdictRow]) -> None:
    for row in rows:
        writer.line((_word(row), STYLES[row.verdict]), "  ", (clip(row.name, _LONGEST_NAME), "bold"), hang=2)
        if row.about:
            writer.line((row.about, "dim"), indent=2)
        writer.line(_why(row), indent=2)


def _columns(writer: Writer, rows: Sequence[VerdictRow], names: int) -> None:
    width = _WORD + GAP + names
    for row in rows:
        word, name = (f"{_word(row):{_WORD + GAP}}", STYLES[row.verdict]), (clip(row.name, _LONGEST_NAME), "bold")
        about = writer.wrapped(writer.text((row.about, "dim")), names) if row.about else []
        left = [writer.text(word, name), *(Text(" " * (_WORD + GAP)).append_text(line) for line in about)]
        writer.beside(left, writer.wrapped(writer.text(_why(row)), writer.width - width - GAP), width)


def _why(row: VerdictRow) -> str:
    return clip(row.why, _LONGEST_SENTENCE)


def _word(row: VerdictRow) -> str:
    return f"{ICONS[row.verdict]} {WORDS[row.verdict]}"
