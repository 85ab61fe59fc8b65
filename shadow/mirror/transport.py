"""An httpx transport to one origin that sends requests exactly as they are, some ten times as quick as httpx's own."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import deque
from collections.abc import Callable

import httpx

from shadow.mirror.reply import RawResponse
from shadow.mirror.wire import Connection, request_bytes
from shadow.routes.sides import Origin

__all__ = ["ExactTransport", "WithdrawnError"]

KEEP = 4.0
"""Seconds for which an idle connection is used again. Servers hang up on idle ones, Node.js after 5 s, and a request
that crosses that on the wire is lost."""
_HAPPY_EYEBALLS = 0.25
"""Seconds until the next address of a host is tried (RFC 8305 §5)."""


class WithdrawnError(Exception):
    """Nothing of the request was sent: while it waited for a connection, sending was stopped."""


class ExactTransport(httpx.AsyncBaseTransport):
    """Owns the connections to one origin; the request's URL is never looked at, so no request can lead elsewhere.

    At most ``connections`` requests at once, and response bodies of at most ``max_body`` bytes; ``tls`` is there where
    the origin speaks https. A request with the extension ``once`` gets a connection of its own, so that it can't be
    lost to one that the server has just given up, and is never sent twice. While ``stopped`` says so nothing is sent.
    """

    def __init__(
        self,
        origin: Origin,
        tls: ssl.SSLContext | None,
        *,
        connections: int,
        max_body: int,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._origin = origin
        self._tls = tls
        self._max_body = max_body
        self._stopped = stopped
        self._connections = connections
        self._free = asyncio.Semaphore(connections)
        self._idle: deque[Connection] = deque()
        """The one that was used last is last."""
        self._open: set[Connection] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send ``request``, whose body must be at hand.

        Raises httpx.ConnectError, ReadError, RemoteProtocolError, LocalProtocolError, BodyTooLargeError, and
        WithdrawnError.
        """
        wire = request_bytes(
            request.method.encode("ascii"),
            request.extensions["target"],
            request.headers.raw,
            b"".join([piece async for piece in request.stream]),  # type: ignore[union-attr]  # an async one
        )
        head = request.method == "HEAD"
        async with self._free:
            answer = await self._exchange(wire, head=head, once=request.extensions.get("once", False))
        return httpx.Response(answer.status, headers=answer.headers, stream=httpx.ByteStream(answer.body))

    async def aclose(self) -> None:
        for connection in list(self._open):
            connection.close()
        self._idle.clear()
        self._open.clear()

    async def _exchange(self, wire: bytes, *, head: bool, once: bool) -> RawResponse:
        if not once and (used := self._take_idle()) is not None:
            try:
                return await self._on(used, wire, head=head)
            except (httpx.ReadError, httpx.RemoteProtocolError):
                if used.answered:
                    raise
                # The server had given up the idle connection and can't have answered (RFC 9112 §9.3.1).
        return await self._on(await self._connect(), wire, head=head)

    async def _on(self, connection: Connection, wire: bytes, *, head: bool) -> RawResponse:
        if self._stopped():  # asked last of all: a server that has too much to do takes its time to accept a connection
            self._close(connection)
            raise WithdrawnError
        try:
            answer = await connection.exchange(wire, head=head)
        except BaseException:
            self._open.discard(connection)
            raise
        if connection.usable:
            connection.idle_since = time.monotonic()
            self._idle.append(connection)
            self._let_go()
        else:
            self._close(connection)
        return answer

    def _let_go(self) -> None:
        """Close what nobody will use again: writes leave connections behind, and take none."""
        while self._idle and (len(self._idle) > self._connections or not self._good(self._idle[0])):
            self._close(self._idle.popleft())

    def _take_idle(self) -> Connection | None:
        """The connection that was used last and is still good."""
        while self._idle:
            connection = self._idle.pop()
            if self._good(connection):
                return connection
            self._close(connection)
        return None

    def _good(self, connection: Connection) -> bool:
        return connection.usable and time.monotonic() - connection.idle_since < KEEP

    def _close(self, connection: Connection) -> None:
        connection.close()
        self._open.discard(connection)

    async def _connect(self) -> Connection:
        try:
            _, connection = await asyncio.get_running_loop().create_connection(
                lambda: Connection(self._max_body),
                self._origin.host,
                self._origin.port,
                ssl=self._tls,
                server_hostname=self._origin.host if self._tls else None,
                happy_eyeballs_delay=_HAPPY_EYEBALLS,
            )
        except OSError as error:
            raise httpx.ConnectError(str(error)) from error
        self._open.add(connection)
        return connection
