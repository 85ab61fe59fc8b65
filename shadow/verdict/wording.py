"""Numbers in words, for the sentences of a verdict."""

from __future__ import annotations

import math
import shlex
from collections.abc import Callable

__all__ = ["accept_command", "one_line", "percent", "percent_below", "plural"]


def accept_command(fingerprint: str, route: str, *, elsewhere: bool, reason: str = "…") -> list[str]:
    """The words of the command that accepts a group of differences, each as a shell needs it.

    ``elsewhere``: other routes have shown that fingerprint, too, so the command must say which one is meant.
    """
    where = ["--route", shlex.quote(route)] if elsewhere else []
    return ["shadow", "accept", fingerprint, *where, "--reason", reason]


def plural(number: int, noun: str, nouns: str = "") -> str:
    """``1 request``, ``1,234 requests``."""
    return f"{number:,} {noun if number == 1 else nouns or f'{noun}s'}"


def percent(value: float | None) -> str:
    """A share (0 to 1) with two significant digits, from the nearer end: ``0.82%``, ``99.97%``; a dash for none."""
    return "–" if value is None else _percent(value * 100, round)


def percent_below(bound: float) -> str:
    """The same for an upper bound, which is rounded up so that the sentence stays true."""
    # A hair less first, because 0.82 x 100 is a hair more than 82.
    return _percent(bound * 100, lambda scaled: math.ceil(scaled - 1e-6))


def _percent(value: float, to_whole: Callable[[float], int]) -> str:
    if value <= 0 or value >= 100:
        return f"{value:.0f}%"
    digits = max(0, 1 - math.floor(math.log10(min(value, 100 - value))))
    scale = 10**digits
    text = f"{to_whole(value * scale) / scale:.{digits}f}"
    return (text.rstrip("0").rstrip(".") if digits else text) + "%"


def one_line(text: str, most: int = 160) -> str:
    """The text on one line, with at most that many characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
