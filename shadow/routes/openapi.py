"""OpenAPI 3 (https://spec.openapis.org/oas/v3.1.1) and Swagger 2: paths × methods, after the server's path."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from shadow.routes.declared import Declared, items_of
from shadow.routes.known_route import ANY

__all__ = ["declared", "recognised"]

_METHODS = {
    **{method: method.upper() for method in ("get", "put", "post", "delete", "options", "head", "patch", "trace")},
    "x-amazon-apigateway-any-method": ANY,
}


def recognised(document: dict[str, Any]) -> bool:
    return "paths" in document and ("openapi" in document or "swagger" in document)


def declared(document: dict[str, Any]) -> Iterator[Declared]:
    for path, reference in items_of(document.get("paths")):
        item = _resolved(reference, document)
        prefix = _server_path(item) or _server_path(document)
        for key, operation in items_of(item):
            if key in _METHODS:
                name = operation.get("operationId") or f"{key} {path}"
                yield Declared(_METHODS[key], f"{prefix}{path}" if prefix else path, f"operation {name}")


def _server_path(document: dict[str, Any]) -> str:
    """The path that the first server (OpenAPI 3) or ``basePath`` (Swagger 2) puts before every path."""
    base = document.get("basePath")
    if isinstance(base, str):
        return base.rstrip("/")
    servers = document.get("servers")
    server = servers[0] if isinstance(servers, list) and servers else None
    if not isinstance(server, dict) or not isinstance(server.get("url"), str):
        return ""
    defaults = {name: str(variable.get("default", "")) for name, variable in items_of(server.get("variables"))}
    url = re.sub(r"\{([^{}]+)\}", lambda found: defaults.get(found[1], ""), server["url"])
    return urlsplit(url).path.rstrip("/")


def _resolved(item: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """A path item that is only a reference within the document (``#/components/pathItems/X``), looked up."""
    reference = item.get("$ref")
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return item
    found: Any = document
    for key in reference[2:].split("/"):
        found = found.get(key.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else item
