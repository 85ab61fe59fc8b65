"""Kong's declarative configuration: ``services[].routes[]`` and ``routes[]`` with ``paths`` and ``methods``.

https://docs.konghq.com/gateway/latest/key-concepts/routes/. A plain path is a prefix, so it gives two routes: itself
and everything below it. A regex (marked by ``~`` since format 3.0) gives a template where its groups are whole
segments, else its literal start and everything below that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from shadow.routes.declared import Declared
from shadow.routes.known_route import ANY

__all__ = ["declared", "recognised"]


def recognised(document: dict[str, Any]) -> bool:
    return "_format_version" in document


def declared(document: dict[str, Any]) -> Iterator[Declared]:
    for route in _entries(document, "routes"):
        yield from _route(route, "")
    for service in _entries(document, "services"):
        for route in _entries(service, "routes"):
            yield from _route(route, str(service.get("name") or ""))


def _entries(of: dict[str, Any], key: str) -> list[dict[str, Any]]:
    entries = of.get(key)
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _route(route: dict[str, Any], service: str) -> Iterator[Declared]:
    paths, methods = route.get("paths"), route.get("methods")
    name = "route " + str(route.get("name") or service or "without a name")
    for path in paths if isinstance(paths, list) and paths else ["/"]:
        for template in _templates(path if isinstance(path, str) else "/"):
            for method in methods if isinstance(methods, list) and methods else [ANY]:
                yield Declared(str(method), template, name)


def _templates(path: str) -> list[str]:
    if path.startswith("~") or re.search(r"[\\()\[\]^$+*]", path):
        template = _from_regex(path.removeprefix("~").removeprefix("^"))
        return [template] if template else _prefix(re.split(r"[\\()\[\]^$+*?.|{]", path.lstrip("~^"))[0])
    return _prefix(path)


def _prefix(path: str) -> list[str]:
    whole = path if path.startswith("/") else f"/{path}"
    return [whole.rstrip("/") or "/", f"{whole.rstrip('/')}/{{proxy+}}"]


def _from_regex(regex: str) -> str:
    """``/orders/(?<id>\\d+)$`` → ``/orders/{id}``; "" where that would not say the same."""
    segments = []
    for number, segment in enumerate(re.split(r"/(?![^(\[]*[)\]])", regex.removesuffix("$").rstrip("/"))):
        group = re.fullmatch(r"\((?:\?P?<(\w+)>)?(?:[^()\\/]|\\[dws])+\)|(?:\[[^\]/]+\]|\\[dw])[+*]", segment)
        if group:
            segments.append(f"{{{group[1] or f'p{number}'}}}")
        elif re.fullmatch(r"(?:[\w~-]|\\[.-])*", segment):
            segments.append(segment.replace("\\", ""))
        else:
            return ""
    return "/".join(segments) if regex.endswith("$") else ""
