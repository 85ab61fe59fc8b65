"""The requests that are under way, and how the proxy's end waits for them."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from mitmproxy import ctx, http

__all__ = ["Running"]

CLOSING = 1.0
"""Seconds for clients' connections to close at the end; for half of them, those that are in use are left alone."""
BETWEEN = 0.25
"""Seconds in which a busy client sends its next request."""
_JUST_NOW = 0.1
"""Seconds for which an answer may not be written yet."""


class Running:
    """Keeps the flows whose answer is not complete yet."""

    def __init__(self) -> None:
        self._flows: dict[str, http.HTTPFlow] = {}
        self._answered: dict[str, float] = {}
        """Client connection → when it got its last answer; kept only while the proxy drains."""
        self._none_left: asyncio.Event | None = None
        """There only while the proxy drains."""

    def __len__(self) -> int:
        return len(self._flows)

    @property
    def draining(self) -> bool:
        """Whether the proxy is ending."""
        return self._none_left is not None

    def began(self, flow: http.HTTPFlow) -> None:
        self._flows[flow.id] = flow

    def ended(self, flow: http.HTTPFlow) -> None:
        """Strike it out, if it is there."""
        self._flows.pop(flow.id, None)
        if self._none_left is not None:
            self._answered[flow.client_conn.id] = time.monotonic()
            if not self._flows:
                self._none_left.set()

    async def drain(self, seconds: float) -> list[http.HTTPFlow]:
        """Stop listening, and wait for what is under way; returns what still is when the time is up."""
        self._none_left = asyncio.Event()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                if (server := ctx.master.addons.get("proxyserver")) is not None:
                    await server.servers.update([])
                    if server.connections:
                        # Where just now all busy clients are between two requests, nothing is under way; but each will
                        # send one more, which is counted and gets the last answer of its connection.
                        await asyncio.sleep(BETWEEN)
                while self._flows:
                    self._none_left.clear()
                    await self._none_left.wait()
        return list(self._flows.values())

    def say_last(self, flow: http.HTTPFlow) -> None:
        """While the proxy drains: tell the client that this answer is the last of its connection.

        Else a busy one would bring one request after another, until it is cut off amid one.
        """
        response = flow.response
        if self.draining and response is not None and response.status_code != 101 and not flow.request.is_http2:
            response.headers["connection"] = "close"

    async def close_connections(self) -> None:
        """End what clients keep alive, as a server does that shuts down, and then what was not answered in time.

        Else mitmproxy's loop cancels their tasks, for which asyncio prints a traceback (on Python 3.11.7 and 3.12.1).
        """
        if (server := ctx.master.addons.get("proxyserver")) is None:
            return
        spares_until = time.monotonic() + CLOSING / 2
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSING):
                while server.connections:
                    spared = self._connections_in_use() if time.monotonic() < spares_until else set()
                    for handler in server.connections.values():
                        io = handler.transports.get(handler.client)
                        if io is not None and io.writer is not None and handler.client.id not in spared:
                            io.writer.close()
                    await asyncio.sleep(0.02)

    def _connections_in_use(self) -> set[str]:
        just_now = time.monotonic() - _JUST_NOW
        answered = (client for client, at in self._answered.items() if at > just_now)
        return {*(flow.client_conn.id for flow in self._flows.values()), *answered}
