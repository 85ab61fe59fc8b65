"""Groups of differences for which a page has no room as HTML: packed as data, which `scripts/more.js` makes rows of.

Packed, a group takes about 45 bytes instead of 2,000, and costs a browser nothing until somebody looks: a page can hold
100,000. For each route there is a block: a JSON list of columns, in the order of `COLUMNS`, in zlib's format (RFC 1950,
which browsers call `deflate`), as base64. It stands in an attribute, because a parser lays the page out anew at every
`<script>` element, of data too, and 200 of them take a second.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from shadow.report.html.page_size import level
from shadow.report.visible import clip, visible
from shadow.report.wording import became, percent, standing
from shadow.verdict.model import JudgedDifference

__all__ = ["COLUMNS", "Block", "pack", "pack_within"]

COLUMNS = (
    "fingerprint", "status", "where", "path", "kind", "class", "change", "summary", "distinct", "share",
    "first", "last",
)  # fmt: skip
"""``share`` in words (``0.82%``); ``first`` and ``last`` in minutes since the epoch."""
_MOST_ROWS = 120_000
"""Of all routes: what a browser filters within a tenth of a second."""


class Block(msgspec.Struct, frozen=True):
    """Some groups of one route, the first ones of those that were asked for."""

    listed: int
    data: str


_NONE = Block(0, "")
_percent = lru_cache(maxsize=10_000)(percent)
"""A route has but as many shares as it has distinct requests."""


def pack(groups: Sequence[JudgedDifference]) -> Block:
    """All of the groups."""
    if not groups:
        return _NONE
    columns = list(zip(*map(_row, groups), strict=True))
    return Block(len(groups), base64.b64encode(zlib.compress(msgspec.json.encode(columns))).decode())


def pack_within(room: int, routes: Sequence[Sequence[JudgedDifference]]) -> list[Block]:
    """For each route as many groups as are its due when ``room`` bytes are shared fairly."""
    most = level(map(len, routes), _MOST_ROWS)
    blocks = [pack(groups[:most]) for groups in routes]
    due = level((len(block.data) for block in blocks), room)
    return [_cut(block, groups, due) for block, groups in zip(blocks, routes, strict=True)]


def _cut(block: Block, groups: Sequence[JudgedDifference], due: int) -> Block:
    """At most ``due`` bytes of it. How well a text packs is known only when it is packed."""
    while len(block.data) > due:
        block = pack(groups[: block.listed * due * 9 // (len(block.data) * 10)])
    return block


def _row(judged: JudgedDifference) -> tuple[str | int, ...]:
    found = judged.evidence
    return (
        _text(found.fingerprint, 40),
        standing(judged),
        found.where,
        _text(found.path, 200),
        found.kind,
        _text(found.class_, 60),
        judged.change,
        _text(became(found), 200),
        judged.distinct,
        _percent(judged.share),
        int(found.first_seen // 60),
        int(found.last_seen // 60),
    )


def _text(text: str, most: int) -> str:
    return visible(clip(text, most))
