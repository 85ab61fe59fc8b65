"""Members of a document of which nothing is certain: neither that they are there, nor of what kind they are."""

from __future__ import annotations

import math

__all__ = ["items", "member", "number", "pairs", "text"]


def member(document: object, *names: str) -> object:
    """The member of the member of …, None where one of them is missing."""
    for name in names:
        document = document.get(name) if isinstance(document, dict) else None
    return document


def text(document: object, *names: str) -> str:
    """A text, "" where there is none."""
    value = member(document, *names)
    return value if isinstance(value, str) else ""


def items(document: object, *names: str) -> list[object]:
    """A list, empty where there is none."""
    value = member(document, *names)
    return value if isinstance(value, list) else []


def number(document: object, *names: str) -> float | None:
    """A finite number, also where it stands as a text; None where there is none."""
    value = member(document, *names)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def pairs(document: object, *names: str) -> list[tuple[str, str]]:
    """Names and values, whether they are objects with `name` (or `key`) and `value`, lists of two, or one object.

    Those that are switched off (Postman's `disabled`), and those without a name, are left out.
    """
    value = member(document, *names)
    if isinstance(value, dict):
        value = list(value.items())
    found = (_pair(item) for item in value) if isinstance(value, list) else ()
    return [pair for pair in found if pair is not None]


def _pair(item: object) -> tuple[str, str] | None:
    if isinstance(item, dict):
        if item.get("disabled") is True:
            return None
        name, value = item.get("name", item.get("key")), item.get("value")
    elif isinstance(item, list | tuple) and len(item) == 2:
        name, value = item
    else:
        return None
    if not isinstance(name, str) or not name:
        return None
    if isinstance(value, bool) or value is None:
        return name, "" if value is None else str(value).lower()
    return (name, str(value)) if isinstance(value, str | int | float) else None
