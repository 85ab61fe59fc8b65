"""Sizes and durations as people write them: ``"64 MiB"``, ``"14d"``, ``2.5``."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator, Field

__all__ = ["Bytes", "Seconds", "parse_bytes", "parse_seconds", "show_bytes", "show_seconds"]

_SIZES = {
    "": 1.0,
    "b": 1.0,
    "kb": 1e3,
    "mb": 1e6,
    "gb": 1e9,
    "kib": 2.0**10,
    "mib": 2.0**20,
    "gib": 2.0**30,
}
_DURATIONS = {"": 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
# At most 15 digits before the point: what a float holds exactly, and far beyond any size or duration meant in earnest.
_QUANTITY = re.compile(r"\s*(\d{1,15}(?:\.\d{1,15})?)\s*([a-z]*)\s*", re.IGNORECASE | re.ASCII)


def parse_bytes(value: object) -> object:
    """Bytes from ``"64 MiB"``, ``"5MB"`` or a number; what is not text is returned for pydantic to judge.

    Raises ValueError for text that is not a size.
    """
    if not isinstance(value, str):
        return value
    return int(_parse(value, _SIZES, 'a number of bytes or a size such as "64 MiB"'))


def parse_seconds(value: object) -> object:
    """Seconds from ``"14d"``, ``"90s"``, ``"250ms"`` or a number; what is not text is returned for pydantic to judge.

    Raises ValueError for text that is not a duration.
    """
    if not isinstance(value, str):
        return value
    return _parse(value, _DURATIONS, 'a number of seconds or a duration such as "30s" or "14d"')


def show_bytes(size: int) -> int | str:
    """The inverse of `parse_bytes`, as short as it is exact: ``67108864`` → ``"64 MiB"``, ``1000`` → ``1000``."""
    for unit, factor in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if size and size % factor == 0:
            return f"{size // factor} {unit}"
    return size


def show_seconds(seconds: float) -> float | str:
    """The inverse of `parse_seconds`, as short as it is exact: ``1209600.0`` → ``"14d"``, ``30.0`` → ``30.0``."""
    for unit, factor in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= factor and seconds % factor == 0:
            return f"{int(seconds // factor)}{unit}"
    return seconds


def _parse(text: str, units: dict[str, float], wanted: str) -> float:
    found = _QUANTITY.fullmatch(text)
    if found is None or found[2].lower() not in units:
        raise ValueError(f'must be {wanted}, not "{text}"')
    return float(found[1]) * units[found[2].lower()]


_SIZE_TEXT = Annotated[str, Field(pattern=r"^\s*\d+(\.\d+)?\s*([kKmMgG]?[iI]?[bB])?\s*$")]
_DURATION_TEXT = Annotated[str, Field(pattern=r"^\s*\d+(\.\d+)?\s*([mM][sS]|[smhdwSMHDW])?\s*$")]

Bytes = Annotated[
    int,
    BeforeValidator(parse_bytes, json_schema_input_type=Annotated[int, Field(ge=0)] | _SIZE_TEXT),
    Field(strict=True, ge=0, le=2**53),
]
"""A size in bytes."""
Seconds = Annotated[
    float,
    BeforeValidator(parse_seconds, json_schema_input_type=Annotated[float, Field(ge=0)] | _DURATION_TEXT),
    Field(strict=True, ge=0, allow_inf_nan=False),
]
"""A duration in seconds."""
