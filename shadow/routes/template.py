"""Path templates: ``/orders/{orderId}``, ``/files/{name}.json``, greedy ``/{proxy+}``.

Text between parameters is compared percent-decoded, segment by segment, so an encoded slash never separates segments.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, unquote_to_bytes

from shadow.routes.known_route import DEFAULT_TEMPLATE
from shadow.routes.octets import octets

__all__ = ["canonical_path", "fill", "parameters", "shape", "values", "without_query"]

_PARAMETER = re.compile(r"\{([^{}/]+)\}")
_PLAIN = re.compile(r"[\w.~/-]*", re.ASCII)


def parameters(template: str) -> list[str]:
    """The names of the template's parameters in order; a greedy one ends in ``+``."""
    return _PARAMETER.findall(template)


def shape(template: str) -> str:
    """The template with its parameters' names taken out: two templates of one shape match the same paths."""
    if template == DEFAULT_TEMPLATE:
        return template
    pieces = _PARAMETER.split(template.rstrip("/") or "/")
    texts, names = pieces[::2], pieces[1::2]
    joints = ["{+}" if name.endswith("+") else "{}" for name in names] + [""]
    return "".join(canonical_path(text) + joint for text, joint in zip(texts, joints, strict=True))


def canonical_path(path: str) -> str:
    """The path with every segment percent-encoded in one way (RFC 3986 §6.2.2); ``a%2Fb`` stays one segment."""
    if _PLAIN.fullmatch(path):
        return path
    return "/".join(quote(unquote_to_bytes(octets(segment)), safe="") for segment in path.split("/"))


def without_query(target: str) -> str:
    return target.partition("?")[0].partition("#")[0]


def values(template: str, path: str) -> list[str] | None:
    """What stands in the path for each parameter, byte for byte; None where the path has another form.

    A greedy parameter takes one segment or more.
    """
    found = _matcher(template).fullmatch(path.rstrip("/") or "/")
    return None if found is None else list(found.groups())


def fill(template: str, given: dict[str, str]) -> str:
    """The path that has these values for the template's parameters."""
    return _PARAMETER.sub(lambda found: given[found[1]], template)


@lru_cache(maxsize=4096)
def _matcher(template: str) -> re.Pattern[str]:
    pieces = _PARAMETER.split(template.rstrip("/") or "/")
    pattern = re.escape(pieces[0])
    for name, text in zip(pieces[1::2], pieces[2::2], strict=True):
        pattern += ("(.+)" if name.endswith("+") else "([^/]+)") + re.escape(text)
    return re.compile(pattern, re.DOTALL)
