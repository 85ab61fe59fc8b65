"""Route inventories: files that say which routes there are. What kind of file it is, is told from its content."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from shadow.config import Settings
from shadow.errors import ConfigError
from shadow.routes import cloudformation, kong, openapi, serverless
from shadow.routes.declared import Declared
from shadow.routes.document import line_of, read_document
from shadow.routes.known_route import ANY, DEFAULT_TEMPLATE, KnownRoute
from shadow.routes.sides import BaseUrl

__all__ = ["read_inventory"]


class _Format(NamedTuple):
    recognised: Callable[[dict[str, Any]], bool]
    declared: Callable[[dict[str, Any]], Iterator[Declared]]
    has_base_path: bool
    """Whether its paths may start with the path of a side's base URL, which is then taken off."""


_FORMATS = (
    _Format(cloudformation.recognised, cloudformation.declared, has_base_path=False),
    _Format(openapi.recognised, openapi.declared, has_base_path=True),
    _Format(kong.recognised, kong.declared, has_base_path=True),
    _Format(serverless.recognised, serverless.declared, has_base_path=False),
)


def read_inventory(path: Path, settings: Settings) -> list[KnownRoute]:
    """The routes that the file declares, in its order. Raises ConfigError, naming file and line."""
    document = read_document(path)
    format_ = next((each for each in _FORMATS if isinstance(document, dict) and each.recognised(document)), None)
    if format_ is None:
        raise ConfigError(
            f"{path} is not an inventory of routes: expected a serverless.yml (`functions`), a SAM or CloudFormation "
            "template (`Resources`), an OpenAPI or Swagger document, or a Kong declarative file (`_format_version`)"
        )
    bases = _base_paths(settings) if format_.has_base_path else []
    routes = [_known(each, path, bases) for each in format_.declared(document)]
    if not routes:
        # With an inventory only its routes are mirrored: an empty one would turn everything off without a word.
        raise ConfigError(f"{path} declares no HTTP route; take it out of routes.from, or correct it")
    return routes


def _known(declared: Declared, path: Path, bases: list[str]) -> KnownRoute:
    for part in (declared.method, declared.path):
        if not isinstance(part, str):
            raise ConfigError(f"{path}: {declared.name}: {part!r} is not a route: expected a method and a path")
        if "${" in part:
            raise ConfigError(
                f"{path}{line_of(part)}: {declared.name}: the route holds an unresolved variable: {part!s}; "
                "write what `serverless print` prints into a file, and name that file in routes.from"
            )
    method = ANY if declared.method.upper() in {"ANY", "*"} else declared.method.upper()
    template = declared.path if declared.path == DEFAULT_TEMPLATE else "/" + declared.path.strip().strip("/")
    for base in bases:
        if template == base or template.startswith(f"{base}/"):
            template = template[len(base) :] or "/"
            break
    if any(mark in template for mark in "?#* ") or not method:
        raise ConfigError(
            f"{path}{line_of(declared.path)}: {declared.name}: {declared.method} {declared.path} is not "
            "a route: expected a method and a path such as /orders/{orderId}"
        )
    return KnownRoute(method, template, f"{path.name}: {declared.name}")


def _base_paths(settings: Settings) -> list[str]:
    paths = {BaseUrl.parse(side.url).path for side in (settings.legacy, settings.candidate)}
    return sorted(filter(None, paths), key=len, reverse=True)
