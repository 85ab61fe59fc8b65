"""Credentials of one side, minted at run time: `auth` in shadow.toml → `httpx.Auth`."""

from __future__ import annotations

import asyncio
import importlib
import shlex
import sys
import time
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx

from shadow.config.settings import AuthCommand, SigV4
from shadow.errors import ConfigError

__all__ = ["load_auth"]


def load_auth(auth: str | AuthCommand | SigV4, key: str) -> httpx.Auth | None:
    """The `httpx.Auth` that the setting names, or None for the empty one; ``key`` is the setting's name for errors.

    Raises ConfigError where it can't be loaded.
    """
    if not auth:
        return None
    if isinstance(auth, AuthCommand):
        return _CommandToken(auth.command, auth.ttl, key)
    if isinstance(auth, SigV4):
        return _sigv4(auth, key)
    return _from_factory(auth, key)


def _from_factory(name: str, key: str) -> httpx.Auth:
    module, _, attribute = name.partition(":")
    if not module or not attribute:
        raise ConfigError(f'{key} = {name!r} names no factory; write it as "package.module:factory"')
    # Factories live in the user's own project, which is where the command was started.
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.append(here)
    try:
        made = getattr(importlib.import_module(module), attribute)()
    except Exception as error:
        raise ConfigError(f"{key} = {name!r} can't be loaded: {type(error).__name__}: {error}") from error
    if not isinstance(made, httpx.Auth):
        raise ConfigError(f"{key} = {name!r} returned {type(made).__name__}; it must return an httpx.Auth")
    return made


def _sigv4(auth: SigV4, key: str) -> httpx.Auth:
    try:
        from shadow.mirror.sigv4 import SigV4Auth
    except ModuleNotFoundError as error:
        raise ConfigError(f"{key}: signing needs botocore: pip install 'shadow-parity[aws]'") from error
    return SigV4Auth(auth.sigv4, auth.region, key)


class _CommandToken(httpx.Auth):
    """A bearer token from a command's standard output, used for ``ttl`` seconds."""

    def __init__(self, command: str, ttl: float, key: str) -> None:
        try:
            self._command = shlex.split(command)
        except ValueError as error:
            # The command is not repeated: it may hold a password.
            raise ConfigError(f"{key}.command: it is not a command line ({error})") from error
        self._ttl = ttl
        self._key = key
        self._token = ""
        self._minted_at = 0.0
        self._lock = asyncio.Lock()

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        async with self._lock:
            if not self._token or time.monotonic() - self._minted_at > self._ttl:
                self._token = await self._mint()
                self._minted_at = time.monotonic()
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request

    async def _mint(self) -> str:
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE
            )
        except OSError as error:
            raise httpx.RequestError(f"{self._key}: the command can't be started ({error})") from error
        try:
            output, _ = await process.communicate()
        finally:
            if process.returncode is None:
                # The request that waited for the token has timed out; the next one runs the command afresh.
                process.kill()
        token = output.decode("utf-8", "replace").strip()
        if process.returncode or len(token.split()) != 1 or not token.isascii():
            raise httpx.RequestError(f"{self._key}: the command gave no token (exit code {process.returncode})")
        return token
