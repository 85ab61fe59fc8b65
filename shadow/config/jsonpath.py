"""RFC 9535 JSONPaths, cut into steps once for all who follow one: settings, comparison, redaction, acceptance."""

from __future__ import annotations

import json
import re
from enum import Enum
from typing import Final

import msgspec

__all__ = [
    "ANY",
    "Path",
    "Step",
    "Wildcard",
    "check_jsonpath",
    "parse_path",
    "selects_by_position",
    "selects_nothing_by_name",
]


class Wildcard(Enum):
    ANY = "*"


ANY: Final = Wildcard.ANY


class Step(msgspec.Struct, frozen=True):
    """One segment of a path: its selectors, and whether it also looks at all descendants."""

    selectors: tuple[str | int | Wildcard, ...]
    deep: bool = False


class Path(msgspec.Struct, frozen=True):
    """A JSONPath."""

    text: str
    """The canonical form, the same for every spelling."""
    steps: tuple[Step, ...] | None
    """None where the path has to be evaluated on each document: it has a filter, a slice or an index from the end."""


def parse_path(text: str) -> Path:
    """Read a JSONPath. Raises ValueError, with the parser's reason, where it is not a valid one."""
    canonical = _canonical(text)
    return Path(canonical, _steps(canonical))


def check_jsonpath(path: str) -> str:
    """The path itself. Raises ValueError, with the parser's reason, where it is not a valid JSONPath."""
    _canonical(path)
    return path


def selects_by_position(path: str) -> bool:
    """Whether a valid path uses an index, a slice or a filter, none of which a fingerprint has."""
    steps = parse_path(path).steps
    return steps is None or any(isinstance(selector, int) for step in steps for selector in step.selectors)


def selects_nothing_by_name(path: str) -> bool:
    """Whether a valid path names no member at all, so that it covers whole bodies: `$`, `$.*`, `$[*]`, `$..*`, …"""
    steps = parse_path(path).steps
    return steps is not None and all(selector is ANY for step in steps for selector in step.selectors)


def _canonical(path: str) -> str:
    # The parsed form differs between the library's major versions; its bracket notation does not.
    # Imported here because mitmdump's process, which reads the settings too, rarely needs it.
    import jsonpath_rfc9535

    try:
        return str(jsonpath_rfc9535.compile(path))
    except (jsonpath_rfc9535.JSONPathError, RecursionError) as error:
        # Version 2's `str(error)` fails for an empty path; its first argument is the bare reason in all versions.
        reason = error.args[0] if error.args else "nested too deeply"
        raise ValueError(f'"{path}" is not a valid JSONPath (RFC 9535): {reason}') from None


_SELECTOR = r"'(?:[^'\\]|\\.)*'|\d+|\*"
_SEGMENT = re.compile(rf"(\.\.)?\[((?:{_SELECTOR})(?:, (?:{_SELECTOR}))*)\]", re.DOTALL)
_ONE = re.compile(_SELECTOR, re.DOTALL)
_ESCAPE = re.compile(r'\\.|"', re.DOTALL)


def _steps(canonical: str) -> tuple[Step, ...] | None:
    steps, at = [], 1
    while at < len(canonical):
        segment = _SEGMENT.match(canonical, at)
        if segment is None:
            return None
        steps.append(Step(tuple(map(_selector, _ONE.findall(segment[2]))), deep=segment[1] is not None))
        at = segment.end()
    return tuple(steps)


def _selector(text: str) -> str | int | Wildcard:
    if text == "*":
        return ANY
    if text.startswith("'"):
        quoted = _ESCAPE.sub(lambda e: {"\\'": "'", '"': '\\"'}.get(e[0], e[0]), text[1:-1])
        return str(json.loads(f'"{quoted}"', strict=False))
    return int(text)
