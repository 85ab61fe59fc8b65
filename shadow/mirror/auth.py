"""Credentials of one side, got at run time: `auth` in shadow.toml → `httpx.Auth`."""

from __future__ import annotations

import importlib
import shlex
import sys
from pathlib import Path

import httpx

from shadow.config.settings import AuthCommand, AuthFile, SigV4
from shadow.errors import ConfigError
from shadow.mirror.tokens import BearerAuth, CommandTokens, FileTokens

__all__ = ["load_auth"]


def load_auth(auth: str | AuthCommand | AuthFile | SigV4, key: str) -> httpx.Auth | None:
    """The `httpx.Auth` that the setting names, or None for the empty one; ``key`` is the setting's name for errors.

    Raises ConfigError where it can't be loaded.
    """
    if not auth:
        return None
    if isinstance(auth, AuthCommand):
        return BearerAuth(CommandTokens(_command(auth.command, key), auth.ttl, key))
    if isinstance(auth, AuthFile):
        return BearerAuth(FileTokens(auth.file, key))
    if isinstance(auth, SigV4):
        return _sigv4(auth, key)
    return _from_factory(auth, key)


def _command(command: str, key: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError as error:
        # The command is not quoted: there may be a secret in it.
        raise ConfigError(f"{key}.command is not a command line ({error})") from error


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
