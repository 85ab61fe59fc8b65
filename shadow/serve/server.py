"""The server's process: its socket, its signals, its log."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address

import uvicorn

from shadow.config import Settings
from shadow.errors import UsageError
from shadow.serve.app import application
from shadow.serve.board import Board
from shadow.serve.guard import LOOPBACK, host_name
from shadow.serve.source import Source

__all__ = ["Listener", "listen_at", "serve"]

_MOST_CONNECTIONS = 300
_WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - named only to be warned about
_FAREWELL = 1
"""Seconds in which answers under way may finish."""


class Listener:
    """A socket that listens, and what it is called."""

    def __init__(self, listening: socket.socket) -> None:
        self.socket = listening
        host, self.port = listening.getsockname()[:2]
        self.is_loopback = ip_address(host.partition("%")[0]).is_loopback
        self._host = host

    @property
    def url(self) -> str:
        """Where a browser on this machine finds it."""
        host = _WILDCARDS.get(self._host, self._host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"


def listen_at(address: str) -> Listener:
    """Listen at ``HOST:PORT``; port 0 takes a free one. Raises UsageError where that can't be."""
    host, _, port = address.rpartition(":")
    try:
        family, *_, where = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)[0]
        return Listener(socket.create_server(where[:2], family=family))
    except OSError as error:
        # `socket` puts the address into its words; gaierror's numbers are its own, and negative.
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror or error
        raise UsageError(
            f"can't listen on {address}: {why}. Name another address with --listen; port 0 takes any that is free"
        ) from error


def serve(
    settings: Settings,
    listener: Listener,
    *,
    every: float,
    names: frozenset[str] = frozenset(),
    verbose: bool = False,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Serve the report of these settings until SIGINT or SIGTERM; ``ready`` is called once requests are answered.

    ``every`` is in seconds. ``names`` are those that the server answers to besides its address and loopback's.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="shadow serve: %(message)s")
    board = Board(Source(settings).look, every)
    own = frozenset({host_name(listener.url.split("/")[2]), *names})
    config = uvicorn.Config(
        application(board, LOOPBACK | own),
        log_config=None,
        log_level="info" if verbose else "warning",
        access_log=verbose,
        lifespan="off",
        ws="none",
        proxy_headers=False,
        server_header=False,
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_graceful_shutdown=_FAREWELL,
    )
    asyncio.run(_run(_Server(config), board, listener.socket, ready))


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn raises each signal again when it has finished, so that the process ends by it rather than with 0.
        yield


async def _run(server: _Server, board: Board, listening: socket.socket, ready: Callable[[], None]) -> None:
    def stop() -> None:
        server.should_exit = True
        board.end()
        # Answers that don't finish in time are no news.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    async with asyncio.TaskGroup() as group:
        keeping = group.create_task(board.keep_fresh())
        ready()
        await server.serve([listening])
        keeping.cancel()
