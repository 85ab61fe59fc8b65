"""Serverless Framework: ``functions.*.events[]`` with ``http`` (REST API) or ``httpApi`` (HTTP API).

https://www.serverless.com/framework/docs/providers/aws/events/apigateway and …/http-api
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shadow.routes.declared import Declared, items_of, route_key
from shadow.routes.known_route import ANY, DEFAULT_TEMPLATE

__all__ = ["declared", "recognised"]


def recognised(document: dict[str, Any]) -> bool:
    return "functions" in document and "openapi" not in document


def declared(document: dict[str, Any]) -> Iterator[Declared]:
    functions = document["functions"]
    # Also a list of mappings, which is how functions are read from several files.
    for each in functions if isinstance(functions, list) else [functions]:
        if isinstance(each, str):
            yield Declared(ANY, each, "functions")  # `${file(…)}`: refused with a hint
        for name, function in items_of(each):
            yield from _events(function.get("events"), f"function {name}")


def _events(events: Any, name: str) -> Iterator[Declared]:
    for event in events if isinstance(events, list) else [events]:
        if isinstance(event, str) and "${" in event:
            yield Declared(ANY, event, name)
        if isinstance(event, dict):
            for kind in ("http", "httpApi"):
                if event.get(kind):
                    yield Declared(*_route(event[kind]), name)


def _route(event: Any) -> tuple[str, str]:
    if isinstance(event, dict):
        path = str(event.get("path") or "")
        default = path == "*" or ("path" not in event and event.get("method") in {"*", None})
        return event.get("method") or ANY, DEFAULT_TEMPLATE if default else event.get("path") or "/"
    return route_key(event if isinstance(event, str) else str(event))
