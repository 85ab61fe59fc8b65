"""Which examples a page shows, as HTML."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

import msgspec
from markupsafe import Markup

from shadow.evidence.observation import Example
from shadow.exchange import TransportFailure
from shadow.report.document import Document
from shadow.report.example.view import ExampleView, view_example
from shadow.report.html.anchors import anchor
from shadow.report.html.environment import rendered
from shadow.report.html.page_size import MOST_BYTES, in_turn
from shadow.verdict.model import JudgedDifference

__all__ = ["Examples", "choose_examples"]

_PER_EXAMPLE = MOST_BYTES // 10
"""No example may take more than a tenth of the page."""
_MOST_TAGS = 60_000
"""Tags of examples that a browser makes elements of while it opens the page."""
_BYTES_PER_LINE = 1_000
"""Of a body, that are read in the time in which a line is laid out."""
_LATER = "<noscript class=later>", "</noscript>"

Examples = dict[tuple[str, str], list[Markup]]
"""(route, fingerprint) → its examples as HTML."""


class _Drawn(msgspec.Struct, frozen=True):
    html: Markup
    effort: int
    """What the bodies cost to look at and to lay out, in lines of ordinary length."""


_drawn_before: dict[bytes, _Drawn] = {}
"""The examples of the page that was written last: most of them are on the next one, too, a few seconds later."""


def choose_examples(
    document: Document, groups: Iterable[tuple[str, JudgedDifference]], *, room: int, lines: int
) -> Examples:
    """The examples that fit into ``room`` bytes and ``lines`` lines: the first of each of the ``groups`` (by route) in
    their order, before the second of any, so that one route with huge bodies can't crowd out the others."""
    global _drawn_before  # noqa: PLW0603
    groups = list(groups)
    chosen: Examples = {}
    drawn: dict[bytes, _Drawn] = {}
    for which, _, example in in_turn([judged.evidence.examples for _, judged in groups], 1_000):
        if room <= 0 or lines <= 0:
            break
        route, judged = groups[which]
        group = chosen.setdefault((route, judged.evidence.fingerprint), [])
        name = f"{anchor(route)}-{judged.evidence.fingerprint}-{len(group) + 1}"
        key = _key(example, judged.evidence.fingerprint, document, name)
        found = _drawn_before.get(key) if key else None
        found = found or _draw(example, judged.evidence.fingerprint, document, name, first=not group)
        drawn[key] = found
        lines -= found.effort
        size = len(found.html.encode()) + sum(map(len, _LATER))
        if size <= min(room, _PER_EXAMPLE):
            group.append(found.html)
            room -= size
    _drawn_before = drawn
    return _later(chosen)


def _draw(example: Example, fingerprint: str, document: Document, name: str, *, first: bool) -> _Drawn:
    """``name``: what the ids of its elements begin with."""
    view = view_example(example, fingerprint, document)
    return _Drawn(rendered("example.html.j2", example=view, name=name, first=first), _effort(view) + _reading(example))


def _key(example: Example, fingerprint: str, document: Document, name: str) -> bytes:
    """A digest of all that `_draw` looks at; none where it can't be written down."""
    try:
        seen = repr((example, fingerprint, document.legacy, document.candidate, name))
    except (ValueError, RecursionError):  # an integer of thousands of digits; bottomless nesting
        return b""
    return blake2b(seen.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _effort(view: ExampleView) -> int:
    lines = (*view.legacy_body.lines, *view.candidate_body.lines)
    return len(lines) + sum(map(len, lines)) // 100


def _reading(example: Example) -> int:
    """What it costs to look at all bodies, however little of them is shown: requests', and what is no text."""
    pair = example.pair
    sides = (pair.legacy, pair.candidate)
    messages = [message for side in sides for message in (side.request, side.response)]
    bodies = [message.body for message in messages if not isinstance(message, TransportFailure)]
    return sum(map(len, bodies)) // _BYTES_PER_LINE


def _later(chosen: Examples) -> Examples:
    """The same, where those of the last groups become elements only when somebody opens them.

    Within `<noscript>` they are but a text to a browser that runs scripts, which opens several times as fast; for any
    other they are elements. `scripts/later.js` puts them into the page.
    """
    before, after = map(Markup, _LATER)
    found: Examples = {}
    tags = 0
    for group, examples in chosen.items():
        tags += sum(html.count("<") for html in examples)
        found[group] = examples if tags <= _MOST_TAGS else [before + html + after for html in examples]
    return found
