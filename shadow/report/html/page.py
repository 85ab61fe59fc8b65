"""Documents → pages. A page is put together from parts, each a piece of HTML that can be replaced on its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b

import msgspec
from markupsafe import Markup

from shadow.report.document import Document
from shadow.report.html.anchors import anchor
from shadow.report.html.assets import assets
from shadow.report.html.differences import AROUND_ROWS, differences
from shadow.report.html.environment import rendered
from shadow.report.html.frames import Frame, frames
from shadow.report.html.page_size import MOST_BYTES, WHOLE, Limits

__all__ = ["Part", "Parts", "page", "parts", "render"]

_MOST_ROUTES = 1_000
"""Without an inventory any client can make up routes; the worst come first, and report.json has them all."""
_SENTENCES = 1_000
"""Bytes of what a page says when it doesn't show all routes."""


class Part(msgspec.Struct, frozen=True):
    """A piece of the page: one element, or what stands before the routes."""

    name: str
    """The anchor of a route; `overview` for what stands before the routes."""
    html: Markup

    @property
    def digest(self) -> str:
        """Changes with the HTML."""
        return blake2b(self.html.encode(), digest_size=8).hexdigest()


class Parts(msgspec.Struct, frozen=True):
    document: Document
    overview: Part
    routes: tuple[Part, ...]
    """Worst first."""


def render(document: Document) -> bytes:
    """One self-contained file, as UTF-8, of at most 10 MB: what is left out is said, and is in report.json."""
    return page(parts(document))


def page(found: Parts, *, live: bool = False) -> bytes:
    """The parts as a whole page; a ``live`` one asks its own server for parts that have changed."""
    return rendered("report.html.j2", parts_of=found, document=found.document, assets=assets(live=live)).encode()


def parts(document: Document, limits: Limits = WHOLE) -> Parts:
    """All parts of the page, which together stay within 10 MB."""
    overview = Part("overview", rendered("overview.html.j2", document=document))
    room = MOST_BYTES - len(page(Parts(document, overview, ()), live=True)) - _SENTENCES
    lines = list(_first(frames(document, document.verdicts[:_MOST_ROUTES], room=room // 2), room))
    room -= sum(map(_size, lines))
    sections = differences(document, [frame.verdict for frame in lines], limits, room=room)
    routes = (
        Part(anchor(frame.verdict.route), frame.around(section)) for frame, section in zip(lines, sections, strict=True)
    )
    return Parts(document, overview, tuple(routes))


def _first(found: Iterable[Frame], room: int) -> Iterator[Frame]:
    """The worst routes, as many as fit."""
    for frame in found:
        room -= _size(frame)
        if room < 0:
            return
        yield frame


def _size(frame: Frame) -> int:
    return frame.size + (AROUND_ROWS if frame.verdict.differences else 0)
