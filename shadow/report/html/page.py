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

__all__ = [
    "MOST_ROUTES",
    "Live",
    "Part",
    "Parts",
    "assembled",
    "fitting",
    "page",
    "parts",
    "render",
    "room_beside",
    "size_of",
]

MOST_ROUTES = 1_000
"""Without an inventory any client can make up routes; the worst come first, and report.json has them all."""
_SENTENCES = 3_000
"""Bytes of what a page says when it doesn't show all routes, of the heads above them, and of a line end after each."""


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


class Live(msgspec.Struct, frozen=True):
    """What a page says of itself that its server keeps up to date."""

    state: str
    """JSON for the page's script: the digests of the parts."""
    at: str
    """Of when the page is, for people."""
    trouble: str = ""
    """Why it can't be brought up to date."""


def render(document: Document) -> bytes:
    """One self-contained file, as UTF-8, of at most 10 MB: what is left out is said, and is in report.json."""
    return page(parts(document))


def page(found: Parts, *, live: Live | None = None, template: str = "report.html.j2") -> bytes:
    """The parts as a whole page; a ``live`` one asks its own server for parts that have changed."""
    own = assets(live=live is not None)
    return rendered(template, parts_of=found, document=found.document, assets=own, live=live).encode()


def parts(document: Document) -> Parts:
    """All parts of the page, which together stay within 10 MB."""
    return assembled(document, Part("overview", rendered("overview.html.j2", document=document)), WHOLE)


def assembled(document: Document, overview: Part, limits: Limits, *, alone: bool = False) -> Parts:
    """The overview with as much of all routes as 10 MB and the ``limits`` allow. A route that stands ``alone`` is open,
    and its page is the last resort: no other has more of it."""
    room = room_beside(document, overview)
    found = fitting(frames(document, document.verdicts[:MOST_ROUTES], room=room // 2, alone=alone), room)
    room -= sum(map(size_of, found))
    sections = differences(document, [frame.verdict for frame in found], limits, room=room, split=alone)
    routes = (
        Part(anchor(frame.verdict.route), frame.around(section)) for frame, section in zip(found, sections, strict=True)
    )
    return Parts(document, overview, tuple(routes))


def room_beside(document: Document, overview: Part) -> int:
    """Bytes that are left for routes."""
    return MOST_BYTES - len(page(Parts(document, overview, ()))) - _SENTENCES


def fitting(found: Iterable[Frame], room: int) -> list[Frame]:
    """The worst routes, as many as fit."""
    return list(_first(found, room))


def _first(found: Iterable[Frame], room: int) -> Iterator[Frame]:
    """The worst routes, as many as fit."""
    for frame in found:
        room -= size_of(frame)
        if room < 0:
            return
        yield frame


def size_of(frame: Frame) -> int:
    """Bytes, with what is said of its differences in any case."""
    return frame.size + (AROUND_ROWS if frame.verdict.differences else 0)
