"""Connections to one origin: used again, but never for a write, and never so that a request gets lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest

from shadow.mirror import transport as module
from shadow.mirror.transport import ExactTransport
from shadow.routes.sides import Origin


def run(backend, use: Callable[[ExactTransport], Awaitable[None]], *, connections: int = 4) -> None:
    async def body() -> None:
        origin = Origin("http", "127.0.0.1", backend.port)
        transport = ExactTransport(origin, None, connections=connections, max_body=1000)
        try:
            await use(transport)
        finally:
            await transport.aclose()

    asyncio.run(body())


async def ask(transport: ExactTransport, target: bytes = b"/", *, once: bool = False, method: str = "GET") -> int:
    extensions = {"target": target, "once": once}
    request = httpx.Request(method, "http://elsewhere.invalid/", headers=[("Host", "h")], extensions=extensions)
    return (await transport.handle_async_request(request)).status_code


def test_the_origin_decides_where_to_whatever_the_requests_url(backend):
    async def use(transport: ExactTransport) -> None:
        assert await ask(transport) == 200

    run(backend, use)
    assert len(backend.requests) == 1


def test_one_connection_serves_one_request_after_the_other(backend):
    async def use(transport: ExactTransport) -> None:
        for _ in range(5):
            await ask(transport)

    run(backend, use)
    assert (len(backend.requests), backend.connections) == (5, 1)


def test_a_write_gets_a_connection_of_its_own(backend):
    """One that was idle might be given up by the server at this very moment, and a write can't be sent again."""

    async def use(transport: ExactTransport) -> None:
        for _ in range(3):
            await ask(transport, once=True, method="POST")

    run(backend, use)
    assert (len(backend.requests), backend.connections) == (3, 3)


def test_a_read_that_met_a_closed_connection_is_sent_on_a_new_one(backend, steps):
    """The server hangs up without an answer to the second request of a connection, as after its idle timeout."""
    ok = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    backend.answer(ok, steps.HangUp(), ok)

    async def use(transport: ExactTransport) -> None:
        assert await ask(transport, b"/1") == 200
        assert await ask(transport, b"/2") == 200

    run(backend, use)
    assert [request.split()[1] for request in backend.requests] == [b"/1", b"/2", b"/2"]


@pytest.mark.parametrize("part", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart"])
def test_a_write_that_met_a_broken_connection_is_not_sent_again(backend, steps, part):
    backend.answer(steps.Reset(part))

    async def use(transport: ExactTransport) -> None:
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            await ask(transport, once=True, method="POST")

    run(backend, use)
    assert len(backend.requests) == 1


def test_a_read_of_which_part_of_the_answer_came_is_not_sent_again_here(backend, steps):
    backend.answer(
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        steps.HangUp(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart"),
    )

    async def use(transport: ExactTransport) -> None:
        await ask(transport)
        with pytest.raises(httpx.RemoteProtocolError):
            await ask(transport)

    run(backend, use)
    assert len(backend.requests) == 2


def test_an_idle_connection_is_not_used_after_its_time(backend, monkeypatch):
    monkeypatch.setattr(module, "KEEP", 0.0)

    async def use(transport: ExactTransport) -> None:
        await ask(transport)
        await ask(transport)

    run(backend, use)
    assert (len(backend.requests), backend.connections) == (2, 2)


def test_no_more_connections_than_allowed_at_once(backend):
    async def use(transport: ExactTransport) -> None:
        await asyncio.gather(*(ask(transport, b"/%d" % n) for n in range(20)))

    run(backend, use, connections=3)
    assert len(backend.requests) == 20
    assert backend.connections <= 3


def test_a_cancelled_request_closes_its_connection_and_frees_its_place(backend, steps):
    backend.answer(steps.Hang(), b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    async def use(transport: ExactTransport) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await ask(transport, b"/hangs")
        assert await ask(transport, b"/goes-on") == 200

    run(backend, use, connections=1)
    assert backend.connections == 2
