"""An API-Gateway-like front: a REST API with Lambda proxy integrations, one per route.

Event and result have the shapes of "Set up Lambda proxy integrations in API Gateway" (payload version 1.0), errors
and headers are those of a REST API: 403 `Missing Authentication Token` where no route matches, also for a wrong
method or HEAD; 401 from a Cognito authorizer; 502 for a function that fails or returns something else.
"""

from __future__ import annotations

import base64
import http.client
import json
import secrets
import time
import uuid
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from shadow.demo.lambdas import Event, Handler
from shadow.demo.server import Application
from shadow.demo.templates import find
from shadow.demo.tokens import subject
from shadow.exchange import Headers, Request, Response, header

__all__ = ["api_gateway", "event"]

_NOT_PASSED_ON = {"connection", "content-length", "date", "keep-alive", "transfer-encoding"}


def api_gateway(handlers: Mapping[str, Handler], public: Collection[str], passed_on: Mapping[str, str]) -> Application:
    """The functions behind the gateway; all but ``public`` routes need a token.

    ``passed_on`` maps routes that have no function (an HTTP proxy integration) to the base URL that answers them.
    """

    def answer(request: Request) -> Response:
        path = request.target.partition("?")[0]
        found = find([*handlers, *passed_on], request.method, path.rstrip("/") or "/")
        if found is None:
            return _refusal(403, "Missing Authentication Token", "MissingAuthenticationTokenException")
        route, parameters = found
        player = subject(request.headers)
        if player is None and route not in public:
            return _refusal(401, "Unauthorized", "UnauthorizedException")
        if route in passed_on:
            return _with_ids(_forward(request, passed_on[route]))
        try:
            return _with_ids(_response(handlers[route](event(request, route, parameters, player), None)))
        except Exception:  # noqa: BLE001 - whatever goes wrong in the function, the gateway says this
            return _refusal(502, "Internal server error", "InternalServerErrorException")

    return answer


def event(request: Request, route: str, parameters: dict[str, str], player: str | None) -> Event:
    """The event that a function is called with."""
    path, _, query = request.target.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True)
    every_value: dict[str, list[str]] = {}
    for name, value in pairs:
        every_value.setdefault(name, []).append(value)
    every_header: dict[str, list[str]] = {}
    for name, value in request.headers:
        every_header.setdefault(name, []).append(value)
    try:
        body, encoded = request.body.decode(), False
    except UnicodeDecodeError:
        body, encoded = base64.b64encode(request.body).decode(), True
    return {
        "resource": route.partition(" ")[2],
        "path": path,
        "httpMethod": request.method,
        "headers": dict(request.headers),
        "multiValueHeaders": every_header,
        "queryStringParameters": dict(pairs) or None,
        "multiValueQueryStringParameters": every_value or None,
        "pathParameters": parameters or None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": route.partition(" ")[2],
            "httpMethod": request.method,
            "stage": "demo",
            "requestId": str(uuid.uuid4()),
            "requestTimeEpoch": int(time.time() * 1000),
            "identity": {"sourceIp": "127.0.0.1", "userAgent": header(request.headers, "User-Agent")},
            "authorizer": {"claims": {"sub": player}} if player else {},
        },
        "body": body or None,
        "isBase64Encoded": encoded,
    }


def _response(result: dict[str, Any]) -> Response:
    """What the client gets for a function's result; raises (the gateway's 502) where it isn't one."""
    headers = [(str(name), str(value)) for name, value in (result.get("headers") or {}).items()]
    for name, values in (result.get("multiValueHeaders") or {}).items():
        headers += [(str(name), str(value)) for value in values]
    if not header(headers, "Content-Type"):
        headers.append(("Content-Type", "application/json"))
    said = result.get("body") or ""
    body = base64.b64decode(said) if result.get("isBase64Encoded") else said.encode()
    return Response(int(result["statusCode"]), headers, body)


def _forward(request: Request, base: str) -> Response:
    """The HTTP proxy integration: ask the other server, and return what it says."""
    origin = urlsplit(base)
    connection = http.client.HTTPConnection(str(origin.hostname), origin.port, timeout=29)
    wanted = {name: value for name, value in request.headers if name.lower() not in {*_NOT_PASSED_ON, "host"}}
    try:
        connection.request(request.method, origin.path + request.target, request.body or None, wanted)
        response = connection.getresponse()
        kept = [(name, value) for name, value in response.getheaders() if name.lower() not in _NOT_PASSED_ON]
        return Response(response.status, kept, response.read())
    except OSError:
        return _refusal(504, "Endpoint request timed out", "IntegrationTimeoutException")
    finally:
        connection.close()


def _with_ids(response: Response) -> Response:
    ids: Headers = [
        ("x-amzn-RequestId", str(uuid.uuid4())),
        ("x-amz-apigw-id", secrets.token_urlsafe(10) + "="),
        ("X-Amzn-Trace-Id", f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)};Sampled=0"),
    ]
    return Response(response.status, [*response.headers, *ids], response.body)


def _refusal(status: int, message: str, kind: str) -> Response:
    headers = [("Content-Type", "application/json"), ("x-amzn-ErrorType", kind)]
    return _with_ids(Response(status, headers, json.dumps({"message": message}).encode()))
