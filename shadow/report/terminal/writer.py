"""Lines for a terminal of any width and encoding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from rich.console import Console
from rich.text import Text

from shadow.report.terminal.console import printable

__all__ = ["GAP", "Piece", "Writer", "shell_lines"]

Piece = str | tuple[str, str]
"""Text, or text and its style."""
GAP = 2
"""Columns between two columns."""
_NARROWEST = 12
"""Columns that text gets at least, however narrow the terminal and deep the indent."""


class Writer:
    """Prints lines: wrapped between words in a terminal, whole elsewhere; never with blanks at the end."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.laid_out = console.is_terminal
        self.width = console.width

    def line(self, *pieces: Piece, indent: int = 0, hang: int = 0) -> None:
        """The pieces as one line; where it is wrapped, what follows is indented ``hang`` columns more."""
        text = self.text(*pieces)
        if not self.laid_out:
            self._print(" " * indent, text)
            return
        # A narrow terminal gets as much indent as it has room for.
        indent = min(indent, max(0, self.width - _NARROWEST))
        hang = min(hang, max(0, self.width - indent - _NARROWEST))
        first, *rest = self.wrapped(text, self.width - indent) or [Text()]
        if hang and rest:
            rest = self.wrapped(_after(text, first), self.width - indent - hang)
        self._print(" " * indent, first)
        for line in rest:
            self._print(" " * (indent + hang), line)

    def whole(self, text: str, *, indent: int = 0) -> None:
        """A line that must not be wrapped, because it is to be copied."""
        self._print(" " * indent, self.text(text))

    def text(self, *pieces: Piece) -> Text:
        """The pieces, safe to print."""
        shown = (printable(self.console, *((piece,) if isinstance(piece, str) else piece)) for piece in pieces)
        return Text().join(shown)

    def head(self, title: str, meaning: str = "") -> None:
        """A blank line and a title, with what it means."""
        self.line()
        self.line((title, "bold"), (f": {meaning}", "dim") if meaning else "")

    def beside(self, left: Sequence[Text], right: Sequence[Text], width: int, *, indent: int = 0) -> None:
        """Two columns of lines, the left one of that width."""
        for mine, theirs in zip_longest(left, right, fillvalue=Text()):
            gap = Text(" " * (width + GAP - mine.cell_len))
            self._print(" " * indent, Text().join([mine, gap, theirs]))

    def wrapped(self, text: Text, width: int) -> list[Text]:
        """Lines of at most so many columns, broken between words wherever words are shorter than that."""
        return list(map(_stripped, text.wrap(self.console, max(width, 1), overflow="fold")))

    def _print(self, indent: str, text: Text) -> None:
        text = _stripped(Text(indent).append_text(text))
        self.console.print(text, soft_wrap=True, markup=False, highlight=False)


def _stripped(text: Text) -> Text:
    text = text.copy()
    text.rstrip()
    return text


def _after(text: Text, first: Text) -> Text:
    """What follows its first line, without the blanks at which that was broken."""
    rest = text[len(first) :]
    return rest[len(rest) - len(rest.plain.lstrip()) :] if rest.plain.strip() else Text()


def shell_lines(words: Iterable[str], width: int) -> Iterator[str]:
    """A command over as many lines as it takes, each ended as a shell needs it, so that all of it can be pasted.

    A word that is wider than that stays whole: broken, it would be another word.
    """
    line = ""
    for word in words:
        if line and len(line) + len(word) + 3 > width:
            yield f"{line} \\"
            line = f"  {word}"
        else:
            line = f"{line} {word}" if line else word
    yield line
