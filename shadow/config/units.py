"""Sizes and durations as people write them: ``"64 MiB"``, ``"14d"``, ``2.5``."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator, Field

__all__ = ["Bytes", "Seconds", "parse_bytes", "parse_seconds"]

_SIZES = {
    "": 1,
    "b": 1,
    "kb": 10**3,
    "mb": 10**6,
    "gb": 10**9,
    "kib": 2**10,
    "mib": 2**20,
    "gib": 2**30,
}
_DURATIONS = {"": 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_QUANTITY = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*", re.IGNORECASE)


def parse_bytes(value: object) -> object:
    """Bytes from ``"64 MiB"``, ``"5MB"`` or a number; what is not text is returned for pydantic to judge.

    Raises ValueError for text that is not a size.
    """
    if not isinstance(value, str):
        return value
    return int(_parse(value, {k: float(v) for k, v in _SIZES.items()}, 'a size such as "64 MiB"'))


def parse_seconds(value: object) -> object:
    """Seconds from ``"14d"``, ``"90s"``, ``"250ms"`` or a number; what is not text is returned for pydantic to judge.

    Raises ValueError for text that is not a duration.
    """
    if not isinstance(value, str):
        return value
    return _parse(value, _DURATIONS, 'a duration such as "30s" or "14d"')


def _parse(text: str, units: dict[str, float], wanted: str) -> float:
    found = _QUANTITY.fullmatch(text)
    if found is None or found[2].lower() not in units:
        raise ValueError(f"{text!r} is not {wanted}")
    return float(found[1]) * units[found[2].lower()]


Bytes = Annotated[int, BeforeValidator(parse_bytes), Field(ge=0)]
"""A size in bytes."""
Seconds = Annotated[float, BeforeValidator(parse_seconds), Field(ge=0)]
"""A duration in seconds."""
