"""A route as an inventory declares it, before it is checked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from shadow.routes.document import Text
from shadow.routes.known_route import ANY, DEFAULT_TEMPLATE

__all__ = ["Declared", "items_of", "route_key"]


class Declared(NamedTuple):
    """Method and path are text, if the file is right."""

    method: Any
    """Any case; ``*`` and ``any`` are every method."""
    path: Any
    name: str
    """What people call it: the function, operation, resource or service."""


def route_key(key: str) -> tuple[str, str]:
    """Method and path of API Gateway's ``GET /orders``; ``$default`` and ``*`` take whatever no other route takes.

    One word alone is a path for every method.
    """
    words = key.split()
    if words in (["$default"], ["*"]):
        return ANY, DEFAULT_TEMPLATE
    if len(words) == 1:
        return ANY, _at(key, words[0])
    method, _, path = key.strip().partition(" ")
    return _at(key, method), _at(key, DEFAULT_TEMPLATE if path.strip() == "*" else path.strip())


def items_of(mapping: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The members of a mapping that are mappings themselves; nothing where it isn't one."""
    if isinstance(mapping, dict):
        yield from ((name, value) for name, value in mapping.items() if isinstance(value, dict))


def _at(whole: str, part: str) -> str:
    """The part, with the line of the whole."""
    text = Text(part)
    text.line = whole.line if isinstance(whole, Text) else 0
    return text
