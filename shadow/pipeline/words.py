"""Which texts of a body may be words of an enumeration, told from people's words by two tables and a pattern.

Values of traffic are somebody's data. So a text is a word only where the name of its field says that it holds one of a
few (``orderStatus``), and where it is written as programs write their constants. Whether there are few indeed, and
whether several requests have them, is for `Enumerations` to see.
"""

from __future__ import annotations

import re
from functools import lru_cache

from shadow.compare.ids import LONGEST, is_id
from shadow.redact.text import looks_secret

__all__ = ["is_plain_name", "is_word", "tells_of_words"]

_TELLING = frozenset(
    (
        *("access", "action", "align", "alignment", "availability", "billing", "category", "channel"),
        *("class", "color", "colour", "country", "currency", "decision", "delivery", "direction"),
        *("division", "encoding", "environment", "event", "fit", "format", "frequency", "fulfillment"),
        *("fulfilment", "interval", "kind", "language", "layout", "league", "level", "locale", "method"),
        *("mode", "operation", "outcome", "period", "permission", "phase", "plan", "platform", "priority"),
        *("privacy", "protocol", "rank", "region", "result", "role", "scope", "severity", "shape"),
        *("shipping", "side", "size", "sort", "stage", "state", "status", "strategy", "style", "theme"),
        *("tier", "transition", "trigger", "type", "unit", "variant", "verdict", "view", "visibility"),
    )
)
"""The last word of a field's name, in the singular."""
_CUTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_WORD = re.compile(
    r"""
      (?:[a-z]+(?:[A-Z][a-z]+)*|[A-Z][a-z]+(?:[A-Z][a-z]+)*|[A-Z]+)     # inProgress, InProgress, PENDING
      (?:[_-](?:[a-z]+|[A-Z]+|[A-Z][a-z]+))*                            # in_progress, IN-PROGRESS
      (?:[_-]?\d{1,3})?                                                 # v2, tier_1
    """,
    re.VERBOSE | re.ASCII,
)
_MOST = 32
"""Characters of a word."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}", re.ASCII)


@lru_cache(maxsize=4096)
def tells_of_words(name: str) -> bool:
    """Whether a field of this name holds one of few words: `state`, `paymentStatus`, `order_type`, `roles`."""
    if len(name) > LONGEST:
        return False
    words = _CUTS.findall(name)
    last = words[-1].lower() if words else ""
    return any(last.removesuffix(ending) in _TELLING for ending in ("", "s", "es")) or (
        last.endswith("ies") and f"{last[:-3]}y" in _TELLING
    )


def is_word(text: str) -> bool:
    """Whether a text is written as the constants of programs are, and is no id."""
    return len(text) <= _MOST and _WORD.fullmatch(text) is not None and not is_id(text)


@lru_cache(maxsize=4096)
def is_plain_name(name: str) -> bool:
    """Whether a member's or parameter's name is one that a program gave, as far as can be told."""
    return _NAME.fullmatch(name) is not None and not is_id(name) and not looks_secret(name)
