"""CloudFormation and SAM templates; packaged Serverless and CDK output are CloudFormation too.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-template-resource-type-ref.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from shadow.routes import openapi
from shadow.routes.declared import Declared, items_of, route_key
from shadow.routes.known_route import ANY, DEFAULT_TEMPLATE

__all__ = ["declared", "recognised"]

Resources = dict[str, dict[str, Any]]


def recognised(document: dict[str, Any]) -> bool:
    return any(str(resource.get("Type", "")).startswith("AWS::") for _, resource in items_of(document.get("Resources")))


def declared(document: dict[str, Any]) -> Iterator[Declared]:
    resources: Resources = dict(items_of(document["Resources"]))
    for name, resource in resources.items():
        read = _READERS.get(str(resource.get("Type")))
        properties = resource.get("Properties")
        if read is not None and isinstance(properties, dict):
            yield from read(name, properties, resources)


def _function(name: str, properties: dict[str, Any], _: Resources) -> Iterator[Declared]:
    for _event, event in items_of(properties.get("Events")):
        given = event.get("Properties")
        details = given if isinstance(given, dict) else {}
        if event.get("Type") in {"Api", "HttpApi"}:
            path = _text(details.get("Path")) or DEFAULT_TEMPLATE
            yield Declared(_text(details.get("Method")) or ANY, DEFAULT_TEMPLATE if path == "$default" else path, name)


def _http_api_route(name: str, properties: dict[str, Any], _: Resources) -> Iterator[Declared]:
    if key := _text(properties.get("RouteKey")):
        yield Declared(*route_key(key), name)


def _rest_method(name: str, properties: dict[str, Any], resources: Resources) -> Iterator[Declared]:
    integration = properties.get("Integration")
    if isinstance(integration, dict) and integration.get("Type") == "MOCK":
        return  # CORS preflights that the gateway answers itself: there is no Lambda behind them
    yield Declared(
        _text(properties.get("HttpMethod")) or ANY, _rest_path(properties.get("ResourceId"), resources), name
    )


def _rest_path(reference: Any, resources: Resources) -> str:
    """From a resource up to the root, which ``Fn::GetAtt: [Api, RootResourceId]`` names."""
    parts: list[str] = []
    for _ in range(len(resources)):
        name = reference.get("Ref") if isinstance(reference, dict) else None
        resource = resources.get(name) if isinstance(name, str) else None
        if resource is None or not isinstance(resource.get("Properties"), dict):
            break
        parts.append(_text(resource["Properties"].get("PathPart")))
        reference = resource["Properties"].get("ParentId")
    return "/" + "/".join(reversed(parts))


def _definition(_: str, properties: dict[str, Any], __: Resources) -> Iterator[Declared]:
    body = properties.get("DefinitionBody") or properties.get("Body")
    if isinstance(body, dict) and openapi.recognised(body):
        yield from openapi.declared(body)


def _text(value: Any) -> str:
    """Text, also out of ``!Sub``; whatever else it is computed from is shown, and refused, as a variable."""
    if isinstance(value, dict):
        inner = next(iter(value.values()), "")
        return inner if isinstance(inner, str) and "Fn::Sub" in value else f"${{{inner}}}"
    return value if isinstance(value, str) else ""


_READERS: dict[str, Callable[[str, dict[str, Any], Resources], Iterator[Declared]]] = {
    "AWS::Serverless::Function": _function,
    "AWS::Serverless::Api": _definition,
    "AWS::Serverless::HttpApi": _definition,
    "AWS::ApiGateway::RestApi": _definition,
    "AWS::ApiGateway::Method": _rest_method,
    "AWS::ApiGatewayV2::Api": _definition,
    "AWS::ApiGatewayV2::Route": _http_api_route,
}
