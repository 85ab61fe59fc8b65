"""The soak's clients: well-behaved ones and others, in a mix that is the same every time; each answer is checked."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from tests.benchmarks.servers import body_of

__all__ = ["Clients"]

SESSIONS = 200
PATIENCE = 60.0
"""Seconds until an answer that does not come is wrong."""
MIX = {
    "users": 860,
    "changing": 10,
    "missing": 30,
    "large": 20,
    "write": 50,
    "half a head": 5,
    "gone before the answer": 10,
    "gone amid the answer": 10,
    "gone amid the request": 5,
}
"""What a client does, per thousand."""


@dataclass
class Clients:
    """So many lanes, each with one connection at a time; what they did and what came of it."""

    port: int
    total: int
    lanes: int = 16
    started: int = 0
    did: Counter[str] = field(default_factory=Counter)
    wrong: int = 0

    @property
    def reached(self) -> int:
        """Requests whose head the proxy got: those that it must account for."""
        return sum(self.did.values()) - self.did["half a head"]

    async def run(self) -> None:
        await asyncio.gather(*(self._lane(random.Random(number)) for number in range(self.lanes)))

    async def _lane(self, chance: random.Random) -> None:
        kinds, weights = list(MIX), list(MIX.values())
        line: _Line | None = None
        while self.started < self.total:
            self.started += 1
            number = self.started
            if line is None:
                line = await _Line.open(self.port, f"session-{chance.randrange(SESSIONS)}")
            [kind] = chance.choices(kinds, weights)
            try:
                async with asyncio.timeout(PATIENCE):
                    right, stays = await (_DO.get(kind) or _ask)(line, kind, number)
            except (OSError, asyncio.IncompleteReadError, TimeoutError, ValueError):
                right, stays = False, False
            self.did[kind] += 1
            self.wrong += not right
            if not stays or chance.random() < 0.05:
                await line.close()
                line = None
        if line is not None:
            await line.close()


class _Line:
    """One connection of one session."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, session: str) -> None:
        self.reader, self.writer = reader, writer
        self._headers = f"Host: api.example.com\r\nAuthorization: Bearer {session}\r\nAccept: application/json\r\n"

    @classmethod
    async def open(cls, port: int, session: str) -> _Line:
        return cls(*await asyncio.open_connection("127.0.0.1", port), session)

    def head(self, method: str, path: str, more: str = "") -> bytes:
        return f"{method} {path} HTTP/1.1\r\n{self._headers}{more}\r\n".encode()

    async def close(self) -> None:
        self.writer.close()
        with suppress(OSError):
            await self.writer.wait_closed()


# -- each says whether all was right, and whether the connection is still good ---------------------------------------

_Result = tuple[bool, bool]


async def _ask(line: _Line, kind: str, number: int) -> _Result:
    path = f"/kong/{kind}/{number}"
    line.writer.write(line.head("GET", path))
    return await _answered(line, *body_of("GET", path)[:2]), True


async def _write(line: _Line, kind: str, number: int) -> _Result:
    body = b'{"number":%d}' % number
    line.writer.write(line.head("POST", f"/kong/users/{number}", f"Content-Length: {len(body)}\r\n") + body)
    return await _answered(line, *body_of("POST", "/kong/users")[:2]), True


async def _half_a_head(line: _Line, kind: str, number: int) -> _Result:
    line.writer.write(line.head("GET", f"/kong/users/{number}")[:-20])
    await line.writer.drain()
    return True, False


async def _gone_before(line: _Line, kind: str, number: int) -> _Result:
    line.writer.write(line.head("GET", f"/kong/slow/{number}"))
    await line.writer.drain()
    return True, False


async def _gone_amid(line: _Line, kind: str, number: int) -> _Result:
    line.writer.write(line.head("GET", f"/kong/large/{number}"))
    await line.reader.readexactly(10_000)
    return True, False


async def _gone_asking(line: _Line, kind: str, number: int) -> _Result:
    line.writer.write(line.head("POST", f"/kong/users/{number}", "Content-Length: 5000\r\n") + b"x" * 1000)
    await line.writer.drain()
    return True, False


_DO: dict[str, Callable[[_Line, str, int], Awaitable[_Result]]] = {
    "write": _write,
    "half a head": _half_a_head,
    "gone before the answer": _gone_before,
    "gone amid the answer": _gone_amid,
    "gone amid the request": _gone_asking,
}


async def _answered(line: _Line, status: int, body: bytes) -> bool:
    head = (await line.reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = int(head.partition("\r\ncontent-length:")[2].partition("\r\n")[0])
    answer = await line.reader.readexactly(length)
    return int(head.split()[1]) == status and answer == body
