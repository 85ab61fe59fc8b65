"""What there is to see at one moment: the page, its parts, and what tells two such moments apart."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import msgspec
from markupsafe import Markup

from shadow.report.document import Document
from shadow.report.html.page import Live, Part, Parts, page
from shadow.report.visible import visible
from shadow.report.wording import headline, utc

__all__ = ["State", "state_of"]


class State(msgspec.Struct, frozen=True):
    id: str
    """Changes with anything that a reader can see; the same after a restart of the server if nothing has changed."""
    document: Document
    summary: bytes
    """JSON for the page's script: what of the page has changed is what has another digest."""
    page: bytes
    """The whole page, as HTML."""
    parts: dict[str, Part]
    trouble: str
    """Why this is not the state of now, in a line or several; "" where it is."""


def state_of(found: Parts, trouble: str) -> State:
    """What to show of these parts, beside the ``trouble`` that keeps them from being made anew."""
    trouble = "\n".join(visible(line) for line in trouble.splitlines())
    every = (found.overview, *found.routes)
    summary: dict[str, Any] = {
        "frame": _frame(found),
        "at": utc(found.document.generated_at),
        "title": visible(f"{headline(found.document)} · shadow parity report"),
        "trouble": trouble,
        "overview": found.overview.digest,
        "routes": [[route.name, route.digest] for route in found.routes],
    }
    identity = _digest(msgspec.json.encode(summary))
    encoded = msgspec.json.encode({"id": identity, **summary})
    return State(
        id=identity,
        document=found.document,
        summary=encoded,
        page=page(found, live=Live(encoded.decode(), summary["at"], trouble)),
        parts={part.name: part for part in every},
        trouble=trouble,
    )


def _frame(found: Parts) -> str:
    """Changes with what of the page is in no part: then its script has to load the whole page again.

    That is so where the style or the script is another one, because the server runs another version of shadow, and
    where the first route appears. What the page's script counts by itself is left out.
    """
    shown, all_of_them = len(found.routes), len(found.document.verdicts)
    document = msgspec.structs.replace(found.document, verdicts=())
    bare = (Part("", Markup()),) if shown else ()
    html = page(Parts(document, Part("overview", Markup()), bare), live=Live("", ""))
    return _digest(html + bytes([all_of_them > shown]))


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=8).hexdigest()
