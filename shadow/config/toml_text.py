"""Values as TOML 1.0 text (tomllib only reads)."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from pathlib import Path

from shadow.config.environment import escaped

__all__ = ["toml_value"]


def toml_value(value: object) -> str:
    """The value so that shadow reads it back as it is: a ``${`` in text is escaped.

    Takes what TOML knows (text, numbers, booleans, dates, lists, tables, written inline) and paths.
    """
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return repr(value)
        case str() | Path():
            return _quoted(escaped(str(value)))
        case dt.date():
            return value.isoformat()
        case list() | tuple():
            return f"[{', '.join(map(toml_value, value))}]"
        case Mapping():
            pairs = ", ".join(f"{_key(key)} = {toml_value(item)}" for key, item in value.items())
            return f"{{ {pairs} }}" if pairs else "{}"
    raise TypeError(f"TOML has no {type(value).__name__}")


def _key(key: str) -> str:
    # Keys are not expanded, so nothing in them is escaped.
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _quoted(key)


def _quoted(text: str) -> str:
    # A TOML basic string has JSON's escapes, but must not hold a plain DEL.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
