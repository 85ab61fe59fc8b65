"""Two responses → their differences: the comparison itself."""

from __future__ import annotations

from shadow.compare.bodies.differences import body_differences
from shadow.compare.difference import Difference
from shadow.compare.headers.differences import header_differences
from shadow.compare.rules import Rules
from shadow.compare.status import status_differences
from shadow.exchange import Response

__all__ = ["compare"]

_DEFAULT = Rules()


def compare(legacy: Response, candidate: Response, rules: Rules | None = None) -> list[Difference]:
    """All differences of two responses, status first, then headers, then the body.

    Pure. The two say the same when no item has ``severity == "difference"``; notices may remain. Whatever can't be
    read or takes too long is a difference (`malformed`, `truncated`), never an exception and never silence.
    """
    rules = _DEFAULT if rules is None else rules
    return [
        *status_differences(legacy, candidate),
        *header_differences(legacy, candidate, rules),
        *body_differences(legacy, candidate, rules),
    ]
