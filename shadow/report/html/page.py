"""Documents → pages. A page is put together from parts, each a piece of HTML that can be replaced on its own."""

from __future__ import annotations

from hashlib import blake2b

import msgspec
from markupsafe import Markup

from shadow.report.document import Document
from shadow.report.html.anchors import anchor
from shadow.report.html.assets import assets
from shadow.report.html.environment import rendered
from shadow.report.html.page_size import MOST_BYTES, Examples, choose_examples, differences_per_route
from shadow.verdict.model import RouteVerdict

__all__ = ["Live", "Part", "Parts", "page", "parts", "render"]

_MOST_ROUTES = 1_000
"""Without an inventory any client can make up routes; the worst come first, and report.json has them all."""


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


def page(found: Parts, *, live: Live | None = None) -> bytes:
    """The parts as a whole page; a ``live`` one asks its own server for parts that have changed."""
    own = assets(live=live is not None)
    return rendered("report.html.j2", parts_of=found, document=found.document, assets=own, live=live).encode()


def parts(document: Document) -> Parts:
    """All parts of the page, which together stay within 10 MB."""
    verdicts = document.verdicts[:_MOST_ROUTES]
    overview = Part("overview", rendered("overview.html.j2", document=document))
    for most_differences in differences_per_route(verdicts):
        bare = _routes(document, verdicts, most_differences, {})
        room = MOST_BYTES - len(page(Parts(document, overview, bare)))
        if room >= MOST_BYTES // 2:  # That half is for examples.
            break
    examples = choose_examples(document, verdicts, most_differences, room=room)
    return Parts(document, overview, _routes(document, verdicts, most_differences, examples))


def _routes(
    document: Document, verdicts: tuple[RouteVerdict, ...], most_differences: int, examples: Examples
) -> tuple[Part, ...]:
    return tuple(
        Part(
            anchor(verdict.route),
            rendered(
                "route.html.j2",
                document=document,
                verdict=verdict,
                most_differences=most_differences,
                examples=examples,
            ),
        )
        for verdict in verdicts
    )
