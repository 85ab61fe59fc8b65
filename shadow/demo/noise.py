"""Noise over everything: an id and a time in each JSON object that is read, never the same twice, on both sides."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

from shadow.demo.lambdas import Event, Handler
from shadow.demo.server import Application
from shadow.exchange import Request, Response

__all__ = ["noisy", "noisy_handlers"]


def noisy(application: Application) -> Application:
    """The application, whose answers to GET say a `traceId` and when they were `generatedAt`."""

    def answer(request: Request) -> Response:
        response = application(request)
        if request.method != "GET":
            return response
        return Response(response.status, response.headers, _with_noise(response.body.decode()).encode())

    return answer


def noisy_handlers(handlers: dict[str, Handler]) -> dict[str, Handler]:
    """The same for Lambdas, by route."""
    return {route: _noisy(found) if route.startswith("GET ") else found for route, found in handlers.items()}


def _noisy(handler: Handler) -> Handler:
    def handle(event: Event, context: object) -> dict[str, Any]:
        result = handler(event, context)
        return result | {"body": _with_noise(result["body"])} if "body" in result else result

    return handle


def _with_noise(body: str) -> str:
    now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    said = json.loads(body) | {"traceId": str(uuid.uuid4()), "generatedAt": now}
    return json.dumps(said, ensure_ascii=False)
