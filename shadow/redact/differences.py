"""Secrets in a difference: in both values, in its place, and in the sentence about them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec

from shadow.compare.difference import Difference
from shadow.redact.detectors import is_card_number
from shadow.redact.marks import Marker
from shadow.redact.names import is_secret_name

__all__ = ["redact_difference", "redact_parsed"]


def redact_difference(
    difference: Difference,
    redact_value: Callable[[Any], Any],
    redact_text: Callable[[str], str],
) -> Difference:
    """``redact_value`` is for both values, ``redact_text`` for the words around them.

    The fingerprint stays: it is made without values. So do kind, class and severity.
    """
    legacy, candidate = redact_value(difference.legacy), redact_value(difference.candidate)
    changed = (legacy, candidate) != (difference.legacy, difference.candidate)
    return msgspec.structs.replace(
        difference,
        path=redact_text(difference.path),
        pattern=redact_text(difference.pattern),
        legacy=legacy,
        candidate=candidate,
        # The sentence quotes the values, cut at other places; so it can't be kept.
        summary=_sentence(difference, legacy, candidate) if changed else redact_text(difference.summary),
    )


def redact_parsed(value: Any, marker: Marker, redact: Callable[[str], str]) -> Any:
    """A parsed JSON value without its secrets; ``redact`` is for the strings in it."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, list):
        return [redact_parsed(item, marker, redact) for item in value]
    if isinstance(value, dict):
        return {
            redact(name): marker.value(item) if is_secret_name(name) else redact_parsed(item, marker, redact)
            for name, item in value.items()
        }
    if isinstance(value, int) and is_card_number(str(value)):
        return marker.value(value)
    return value


def _sentence(difference: Difference, legacy: Any, candidate: Any) -> str:
    place = f"header {difference.path}: " if difference.where == "header" else ""
    if difference.kind in {"missing", "header-missing"}:
        return f"{place}{_shown(legacy)} is missing"
    if difference.kind in {"added", "header-added"}:
        return f"{place}{_shown(candidate)} was added"
    if difference.kind == "reordered":
        return f"{place}{_shown(legacy)} in another order"
    return f"{place}{_shown(legacy)} became {_shown(candidate)}"


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
