"""Bearer tokens for a side: from a command, renewed before their time is over; from a file, read when it changes."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import NamedTuple, Protocol

import httpx

from shadow.exchange import Request
from shadow.mirror.policy import SAFE_METHODS, effective_method

__all__ = ["BearerAuth", "CommandTokens", "CredentialsError", "FileTokens", "SideAuth", "Token"]

FRESH = 30.0
"""Seconds for which a token is brand-new: where a side refuses it, it would refuse another one too."""
EARLY = 0.8
"""Share of a token's time after which the next one is fetched, while requests go on with it."""
PATIENCE = 30.0
"""Seconds that a command may take."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds until a command that has failed runs again; doubled with every failure."""
LARGEST = 65_536
"""Bytes of a file or an output that can hold a token."""


class CredentialsError(Exception):
    """No credentials for a side could be got: the harness's own trouble, which says nothing about either side."""


class SideAuth(httpx.Auth):
    """Credentials of a side that may have to be fetched first."""

    async def ready(self) -> None:
        """Fetch what the next request needs, before its own time runs. Raises CredentialsError."""


class Token(NamedTuple):
    text: str
    since: float
    """When it was fetched, by the clock of its source."""


class TokenSource(Protocol):
    async def current(self) -> Token:
        """The token for the next request. Raises CredentialsError."""

    async def instead_of(self, refused: Token) -> Token | None:
        """Another one than a side has refused; None where there is none to be had."""

    def doubt(self, refused: Token) -> None:
        """Have another one for the next request, as far as there is one; this one does without."""


class BearerAuth(SideAuth):
    """`Authorization: Bearer …` instead of what the client has sent."""

    def __init__(self, tokens: TokenSource) -> None:
        self._tokens = tokens

    async def ready(self) -> None:
        await self._tokens.current()

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        token = await self._tokens.current()
        request.headers["Authorization"] = f"Bearer {token.text}"
        response = yield request
        if response.status_code != 401:
            return
        if not _is_safe(request):
            # What a write has done before it was refused nobody knows, so it is never sent twice.
            self._tokens.doubt(token)
        elif (other := await self._tokens.instead_of(token)) is not None:
            request.headers["Authorization"] = f"Bearer {other.text}"
            yield request


class CommandTokens:
    """Tokens that a command prints, each used for ``ttl`` seconds at most; the command runs once at a time.

    ``key`` is the setting's name, for errors; ``patience`` is how many seconds the command may take.
    """

    def __init__(
        self,
        command: list[str],
        ttl: float,
        key: str,
        *,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._command = command
        self._ttl = ttl
        self._key = key
        self._patience = patience
        self._clock = clock
        self._token: Token | None = None
        self._trouble = ""
        self._pause = 0.0
        self._not_before = float("-inf")
        self._running: asyncio.Task[None] | None = None

    async def current(self) -> Token:
        token = self._token
        age = self._clock() - token.since if token else float("inf")
        if token is None or age >= self._ttl:
            return await self._next()
        if age >= EARLY * self._ttl:
            self._start()
        return token

    async def instead_of(self, refused: Token) -> Token | None:
        if self._token is refused:
            if self._clock() - refused.since < FRESH:
                return None
            try:
                return await self._next()
            except CredentialsError:
                return None
        return self._token

    def doubt(self, refused: Token) -> None:
        if self._token is refused and self._clock() - refused.since >= FRESH:
            self._start()

    async def _next(self) -> Token:
        """The token that the command prints now; whoever else wants one meanwhile gets the same."""
        before = self._token
        if running := self._start():
            # A request that is given up must not take the command away from the others that wait for it.
            await asyncio.shield(running)
        if self._token is None or self._token is before:
            raise CredentialsError(self._trouble)
        return self._token

    def _start(self) -> asyncio.Task[None] | None:
        """Run the command, unless it runs already; None where it has failed just now."""
        if self._running is None and self._clock() >= self._not_before:
            self._running = asyncio.get_running_loop().create_task(self._run())
        return self._running

    async def _run(self) -> None:
        try:
            async with asyncio.timeout(self._patience):
                self._token = Token(await self._minted(), self._clock())
            self._pause = 0.0
        except TimeoutError:
            self._failed(f"the command gave no token within {self._patience:g} s")
        except CredentialsError as error:
            self._failed(str(error))
        finally:
            self._running = None

    def _failed(self, trouble: str) -> None:
        self._trouble = f"{self._key}: {trouble}"
        self._pause = min(LONGEST_PAUSE, max(FIRST_PAUSE, 2 * self._pause))
        self._not_before = self._clock() + self._pause

    async def _minted(self) -> str:
        try:
            async with _pipe() as (output, writing):
                with os.fdopen(writing, "wb") as stdout:
                    process = await asyncio.create_subprocess_exec(
                        *self._command, stdin=asyncio.subprocess.DEVNULL, stdout=stdout, start_new_session=True
                    )
                try:
                    return await _token_of(process, output)
                except BaseException:
                    await _end(process)
                    raise
        except (OSError, ValueError) as error:
            raise CredentialsError(f"the command can't be started ({error})") from error


@asynccontextmanager
async def _pipe() -> AsyncIterator[tuple[asyncio.StreamReader, int]]:
    """What is written to the descriptor can be read, until the end, whoever else holds the other one by then."""
    reading, writing = os.pipe()
    output = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(output), os.fdopen(reading, "rb", buffering=0)
    )
    try:
        yield output, writing
    finally:
        transport.close()


async def _token_of(process: asyncio.subprocess.Process, output: asyncio.StreamReader) -> str:
    """The token that the command prints. Raises CredentialsError where it fails, or prints none."""
    printed = b""
    while len(printed) < LARGEST and (more := await output.read(LARGEST)):
        printed += more
    if len(printed) >= LARGEST:
        raise CredentialsError("the command printed too much for a token")
    if (code := await process.wait()) != 0:
        raise CredentialsError(f"the command gave no token (exit code {code})")
    if (token := _bearer(printed)) is None:
        raise CredentialsError(f"the command gave no token: it must print {_ONE_WORD}")
    return token


async def _end(process: asyncio.subprocess.Process) -> None:
    """The whole group: what a shell has started must not outlive it, also where the shell itself is gone."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


class FileTokens:
    """The token that a file holds; a file that is just being written keeps the one that it held before."""

    def __init__(self, path: Path, key: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._key = key
        self._clock = clock
        self._token: Token | None = None
        self._read_as: tuple[int, ...] = ()

    async def current(self) -> Token:
        try:
            self._look()
        except (OSError, ValueError) as error:
            if self._token is None:
                raise CredentialsError(f"{self._key}: {self._path} holds no token ({error})") from error
        assert self._token is not None
        return self._token

    async def instead_of(self, refused: Token) -> Token | None:
        self._read_as = ()  # one that was written within one tick of the file system's clock looks unchanged
        found = await self.current()
        return None if found.text == refused.text else found

    def doubt(self, refused: Token) -> None:  # noqa: ARG002 - part of the protocol
        self._read_as = ()

    def _look(self) -> None:
        found = self._path.stat()
        state = (found.st_ino, found.st_size, found.st_mtime_ns)
        if state == self._read_as:
            return
        if not stat.S_ISREG(found.st_mode) or found.st_size >= LARGEST:
            raise ValueError("it is no file with a token")
        if (text := _bearer(self._path.read_bytes())) is None:
            raise ValueError(f"it must hold {_ONE_WORD}")
        self._token, self._read_as = Token(text, self._clock()), state


_ONE_WORD = "one word of ASCII, and no JSON"


def _bearer(output: bytes) -> str | None:
    """The token in an output or a file: its only word (RFC 6750 §2.1, taken loosely)."""
    words = output.decode("utf-8", "replace").split()
    word = words[0] if len(words) == 1 else ""
    return word if word.isascii() and word.isprintable() and word[:1] not in {"", "{", "[", '"', "<"} else None


def _is_safe(request: httpx.Request) -> bool:
    if "once" in request.extensions:
        return not request.extensions["once"]
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]
    return effective_method(Request(request.method, request.url.raw_path.decode("latin-1"), headers)) in SAFE_METHODS
