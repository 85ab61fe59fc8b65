"""Any value from traffic → one that every JSON parser reads, and the bytes of a file of such values."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from shadow.report.log_text import json_for_log

__all__ = ["interoperable", "json_file"]

_DEEPEST = 200
"""Levels that are written; common parsers give up between 500 and 1,000."""
_LONGEST_BITS = 14_000
"""About 4,200 digits: Python's own limit for turning an integer into text (and back) is 4,300."""
_LONGEST_DIGITS = 300
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}")


def json_file(value: Any) -> bytes:
    """UTF-8 JSON (RFC 8259) that every parser reads and no CI job's log takes an instruction from."""
    text = json.dumps(interoperable(value), ensure_ascii=False, allow_nan=False, indent=1)
    return json_for_log(text.encode()) + b"\n"


def interoperable(value: Any, depth: int = 0) -> Any:
    """The value with whatever JSON can't say, or parsers disagree about (RFC 8259 §8.2), replaced.

    NaN and infinities become strings of that name, lone surrogates U+FFFD, bytes their length in words, and what is
    nested deeper than 200 levels an ellipsis. Integers stay exact; a decimal fraction becomes the nearest float.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if value.bit_length() <= _LONGEST_BITS else f"an integer of {value.bit_length():,} bits"
    if isinstance(value, str):
        return value.translate(_SURROGATES) if not value.isascii() else value
    if isinstance(value, float | Decimal):
        return _number(value)
    if depth >= _DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {interoperable(str(key)): interoperable(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [interoperable(item, depth + 1) for item in value]
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    return interoperable(str(value))


def _number(value: float | Decimal) -> float | int | str:
    if isinstance(value, Decimal):
        if value.is_nan():
            return "NaN"
        if value.is_finite() and value.adjusted() < _LONGEST_DIGITS and value == value.to_integral_value():
            return int(value)
    nearest = float(value)
    if math.isnan(nearest):
        return "NaN"
    if math.isinf(nearest):
        # A decimal may be finite and still beyond all floats.
        return str(value) if isinstance(value, Decimal) else "Infinity" if value > 0 else "-Infinity"
    return nearest
