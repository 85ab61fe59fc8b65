"""What there is to read: the page, its parts, the report as data, and a stream that tells when they have changed."""

from __future__ import annotations

from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from shadow.report import json_report
from shadow.report.html.assets import assets
from shadow.serve.board import Board, in_thread
from shadow.serve.guard import Guard

__all__ = ["application"]

MOST_STREAMS = 100
"""Pages that are kept up to date at once; a hidden one needs no stream."""
HEARTBEAT = 15.0
"""Seconds without news after which a stream says something, so that nobody in between takes it for dead."""
_RETRY_MS = 2_000
"""How long a browser waits before it asks again for a stream that has ended."""


def application(board: Board, names: frozenset[str]) -> ASGIApp:
    """The whole application; ``names`` are those that the server answers to."""

    async def page(_request: Request) -> Response:
        state = await board.fresh()
        policy = f"{assets(live=True).policy}; frame-ancestors 'none'"
        return HTMLResponse(state.page, headers={"Content-Security-Policy": policy})

    async def summary(_request: Request) -> Response:
        state = await board.fresh()
        return Response(state.summary, media_type="application/json")

    async def part(request: Request) -> Response:
        state = await board.fresh()
        found = state.parts.get(request.path_params["name"])
        if found is None:
            return PlainTextResponse("there is no such part of the report\n", 404)
        return HTMLResponse(found.html, headers={"ETag": f'"{found.digest}"'})

    async def report(_request: Request) -> Response:
        state = await board.fresh()
        return Response(await in_thread(lambda: json_report.render(state.document)), media_type="application/json")

    async def events(request: Request) -> Response:
        headers = {"X-Accel-Buffering": "no"}  # nginx would keep news back until it has enough of them
        if request.method == "HEAD":
            return Response(media_type="text/event-stream", headers=headers)
        if board.watchers >= MOST_STREAMS:
            sentence = f"{MOST_STREAMS} pages are open already; close some\n"
            return PlainTextResponse(sentence, 503, {"Retry-After": "10"})
        return StreamingResponse(_events(board), media_type="text/event-stream", headers=headers)

    async def health(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    routes = [
        Route("/", page),
        Route("/state", summary),
        Route("/parts/{name}", part),
        Route("/report.json", report),
        Route("/events", events),
        Route("/healthz", health),
    ]
    return Guard(Starlette(routes=routes), names)


async def _events(board: Board) -> AsyncIterator[str]:
    """The id of each state. Nothing is kept for a client that reads slowly: it misses what is out of date."""
    with board.watching():
        yield f"retry: {_RETRY_MS}\n\n"
        known = ""
        await board.fresh()
        while not board.ended:
            state = await board.next(known, HEARTBEAT)
            if state is not None:
                known = state.id
                yield f"event: state\ndata: {known}\n\n"
            elif not board.ended:
                yield ":\n\n"
        yield "event: end\ndata:\n\n"
