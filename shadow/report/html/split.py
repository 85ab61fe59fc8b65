"""A report as a folder: an index of all routes, and a page for each with everything of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import quote

from msgspec.structs import replace

from shadow.report.document import Document
from shadow.report.html.anchors import anchor
from shadow.report.html.differences import listed
from shadow.report.html.environment import rendered
from shadow.report.html.frames import frames
from shadow.report.html.page import MOST_ROUTES, Part, Parts, assembled, fitting, page, room_beside, size_of
from shadow.report.html.page_size import Limits

__all__ = ["FOLDER", "PAGE_HEAD", "is_page", "render", "render_pages"]

FOLDER = "routes"
"""Beside the index."""
_LINES, _LEAST_LINES = 1_000_000, 4_000
"""Lines of bodies that are laid out for all pages together, about a minute; and for each page in any case."""
_NAME = re.compile(r"[a-z0-9-]*[0-9a-f]{10}(-[0-9]+)?\.html")
_MADE = re.compile(rb'<meta name="generator" content="shadow [^"]*: page of a route">')
"""What the whole report doesn't say of itself: somebody may have put one there, as report-20261201.html."""
PAGE_HEAD = 4_096
"""Bytes within which a page says that shadow has made it."""


def render(document: Document) -> bytes:
    """The routes, each with what is said of it as a whole, a list of its differences, and a link to its page."""
    names = _file_names(document)
    links = {route: f"{FOLDER}/{name}" for route, name in names.items()}
    overview = Part("overview", rendered("overview.html.j2", document=document))
    room = room_beside(document, overview)
    found = fitting(frames(document, document.verdicts[:MOST_ROUTES], room=room // 2, links=links), room)
    sections = listed([one.verdict for one in found], links, room=room - sum(map(size_of, found)))
    routes = (
        Part(anchor(one.verdict.route), one.around(section)) for one, section in zip(found, sections, strict=True)
    )
    return page(Parts(document, overview, tuple(routes)))


def render_pages(document: Document, index: str) -> Iterator[tuple[str, bytes]]:
    """(name of a file in `FOLDER`, its content) for each route; ``index`` is the name of the index's file.

    One after another, because together they may be larger than memory.
    """
    names = list(_file_names(document).items())
    lines = max(_LEAST_LINES, _LINES // max(1, len(names)))
    limits = Limits(groups=5_000, groups_per_route=5_000, lines=lines)
    verdicts = {verdict.route: verdict for verdict in document.verdicts}
    for place, (route, name) in enumerate(names):
        alone = replace(document, verdicts=(verdicts[route],))
        around = {
            "index": f"../{quote(index)}",
            "previous": names[place - 1] if place else None,
            "next": names[place + 1] if place + 1 < len(names) else None,
        }
        header = Part("overview", rendered("split_header.html.j2", document=alone, verdict=verdicts[route], **around))
        yield name, page(assembled(alone, header, limits, alone=True), template="split_page.html.j2")


def is_page(name: str, content: bytes) -> bool:
    """Whether a file of that name, which begins like that, is a page that shadow has written for a route."""
    return bool(_NAME.fullmatch(name) and _MADE.search(content[:PAGE_HEAD]))


def _file_names(document: Document) -> dict[str, str]:
    """Route → its file, made of its anchor alone, so that no route's name leads out of the folder."""
    found: dict[str, str] = {}
    taken: Counter[str] = Counter()
    for verdict in document.verdicts[:MOST_ROUTES]:
        name = anchor(verdict.route)
        taken[name] += 1
        # Anchors are short, so two routes may have the same, above all where somebody has looked for such.
        found[verdict.route] = f"{name}.html" if taken[name] == 1 else f"{name}-{taken[name]}.html"
    return found
