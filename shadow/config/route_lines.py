"""Where in the configuration file that stands which a route is configured by."""

from __future__ import annotations

import re

from shadow.config.route_settings import glob_matches
from shadow.config.settings import Settings

__all__ = ["line_of_route"]

_TABLE = r"""^[ \t]*{open}[ \t]*(?:tool[ \t]*\.[ \t]*shadow[ \t]*\.[ \t]*)?["']?{name}["']?[ \t]*{close}"""
_BLOCK = re.compile(_TABLE.format(open=r"\[\[", name="route", close=r"\]\]"), re.MULTILINE)
_ROUTES = re.compile(_TABLE.format(open=r"\[", name="routes", close=r"\]"), re.MULTILINE)


def line_of_route(settings: Settings, text: str, route: str) -> int:
    """The line (from 1) of the most specific `[[route]]` block that matches the route, else of `[routes]`, else 1.

    ``text`` is that of the file which the settings came from. Where its blocks are written in another way than as
    `[[route]]` tables, they aren't found.
    """
    blocks = [_line(text, found) for found in _BLOCK.finditer(text)]
    if len(blocks) == len(settings.route):
        matching = [
            (_specificity(block.match), line)
            for block, line in zip(settings.route, blocks, strict=True)
            if glob_matches(block.match, route)
        ]
        if matching:
            return max(matching)[1]
    table = _ROUTES.search(text)
    return _line(text, table) if table else 1


def _specificity(match: str) -> tuple[bool, int]:
    """More for a name than for a glob, and for a glob with more in it than stars; the later of equals holds."""
    return "*" not in match, len(match.replace("*", ""))


def _line(text: str, found: re.Match[str]) -> int:
    return text.count("\n", 0, found.start()) + 1
