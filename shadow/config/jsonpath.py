"""RFC 9535 JSONPaths as configuration takes them: is one valid, what does it select by."""

from __future__ import annotations

import re

__all__ = ["check_jsonpath", "selects_by_position", "selects_nothing_by_name"]


def check_jsonpath(path: str) -> str:
    """The path itself. Raises ValueError, with the parser's reason, where it is not a valid JSONPath."""
    _canonical(path)
    return path


def selects_by_position(path: str) -> bool:
    """Whether a valid path uses an index, a slice or a filter, none of which a fingerprint has."""
    return re.search(r"[\d:?]", _without_names(path)) is not None


def selects_nothing_by_name(path: str) -> bool:
    """Whether a valid path names no member at all, so that it covers whole bodies: `$`, `$.*`, `$[*]`, `$..*`, …"""
    return "'" not in _without_names(path) and not selects_by_position(path)


def _without_names(path: str) -> str:
    """The path in bracket notation with every name emptied: ``$.items[*].id`` → ``$[''][*]['']``."""
    return re.sub(r"'(?:[^'\\]|\\.)*'", "''", _canonical(path))


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
