"""Connections to one origin: used again, but never for a write, and never so that a request gets lost."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from shadow.mirror import transport as module
from shadow.mirror.transport import ExactTransport, WithdrawnError
from shadow.routes.sides import Origin


def run(
    backend,
    use: Callable[[ExactTransport], Awaitable[None]],
    *,
    connections: int = 4,
    stopped: Callable[[], bool] = lambda: False,
) -> None:
    async def body() -> None:
        origin = Origin("http", "127.0.0.1", backend.port)
        transport = ExactTransport(origin, None, connections=connections, max_body=1000, stopped=stopped)
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


def test_the_connections_that_writes_leave_behind_are_few(backend):
    """They take none of those that are idle, so nothing else would ever close them."""

    def open_files() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    async def use(transport: ExactTransport) -> None:
        await ask(transport, once=True, method="POST")
        before = open_files()
        for _ in range(50):
            await ask(transport, once=True, method="POST")
        # Both ends of each connection are in this process; the server notices a moment later.
        async with asyncio.timeout(30):
            while open_files() > before + 2 * 4:  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.01)
        assert await ask(transport) == 200

    run(backend, use)
    assert backend.connections == 51, "and a read may take one of them"


def test_connections_that_are_idle_for_too_long_are_closed_by_the_next_request(backend, monkeypatch):
    monkeypatch.setattr(module, "KEEP", 0.0)

    async def use(transport: ExactTransport) -> None:
        for _ in range(3):
            await ask(transport, once=True, method="POST")
        assert not transport._idle
        assert not transport._open

    run(backend, use)


def test_what_was_stopped_while_it_waited_for_a_connection_is_not_sent(backend):
    """Those that are idle stay good for what comes when it goes on."""
    stopped = False

    async def use(transport: ExactTransport) -> None:
        nonlocal stopped
        stopped = True
        for once in (False, True):
            with pytest.raises(WithdrawnError):
                await ask(transport, b"/not", once=once)
        stopped = False
        assert await ask(transport, b"/sent") == 200

    run(backend, use, stopped=lambda: stopped)
    assert [request.split()[1] for request in backend.requests] == [b"/sent"]


def test_a_connection_on_which_a_rest_of_the_request_is_left_is_not_used_again():
    """A server that refuses a body before it has read it may take the rest of it for the next request."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        accepted: list[socket.socket] = []

        def refuse() -> None:
            while len(accepted) < 2:
                connection, _ = listener.accept()
                accepted.append(connection)
                connection.recv(10)
                connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=refuse, daemon=True)
        thread.start()

        async def use(transport: ExactTransport) -> None:
            body = b"x" * (16 << 20)
            headers = [("Host", "h"), ("Content-Length", str(len(body)))]
            large = httpx.Request("GET", "http://h/", headers=headers, content=body, extensions={"target": b"/large"})
            assert (await transport.handle_async_request(large)).status_code == 413
            async with asyncio.timeout(10):
                assert await ask(transport, b"/next") == 413

        run(SimpleNamespace(port=listener.getsockname()[1]), use)
        thread.join()
        for connection in accepted:
            connection.close()


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
