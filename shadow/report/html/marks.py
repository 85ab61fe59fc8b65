"""Text from traffic as the content of an element, and what differs in it as `<del>` and `<ins>`."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Literal

from markupsafe import Markup

from shadow.report.example.words import Segment
from shadow.report.visible import visible

__all__ = ["content", "marked"]


def content(text: str) -> Markup:
    """Escaped for the inside of an element, where quotes need no escape: a JSON body is a third shorter without. Never
    for an attribute."""
    return Markup(escape(visible(text), quote=False))  # noqa: S704


def marked(segments: Iterable[Segment], element: Literal["del", "ins"]) -> Markup:
    """The pieces of a line one after the other, those that differ within ``element``."""
    pieces = (f"<{element}>{content(text)}</{element}>" if differs else content(text) for text, differs in segments)
    return Markup("".join(pieces))  # noqa: S704 - each piece is escaped
