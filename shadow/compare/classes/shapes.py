"""What is there, and in what it is wrapped: nothing, empty, a default, a list of one."""

from __future__ import annotations

from decimal import Decimal
from itertools import zip_longest
from typing import Any

from shadow.compare.documents.values import json_type

__all__ = ["alone_in_list", "alone_in_object", "always", "is_default", "is_empty", "same"]

_MOST = 100_000
"""Values that are compared before two structures are taken for different ones."""


def always(*_: object) -> bool:
    return True


def is_empty(value: str | list[Any] | dict[str, Any], _: object) -> bool:
    return not value


def both_empty(one: list[Any], other: dict[str, Any]) -> bool:
    return not one and not other


def is_default(value: bool | Decimal, _: object) -> bool:
    """`false` and 0: what a type without null has where nobody has set anything."""
    return not value


def alone_in_list(wrapping: list[Any], value: object) -> bool:
    return len(wrapping) == 1 and same(wrapping[0], value)


def alone_in_object(wrapping: dict[str, Any], value: object) -> bool:
    return len(wrapping) == 1 and same(next(iter(wrapping.values())), value)


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal, type by type; those of more than 100,000 values are taken to differ."""
    waiting = [(one, other)]
    for _ in range(_MOST):
        if not waiting:
            return True
        a, b = waiting.pop()
        if json_type(a) != json_type(b):
            return False
        if isinstance(a, list):
            if len(a) != len(b):
                return False
            waiting.extend(zip_longest(a, b))
        elif isinstance(a, dict):
            if a.keys() != b.keys():
                return False
            waiting.extend((a[name], b[name]) for name in a)
        elif a != b:
            return False
    return False
