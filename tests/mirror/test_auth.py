"""Credentials that are minted at run time."""

from __future__ import annotations

import asyncio
import os
import shlex
import sys
from pathlib import Path

import httpx
import pytest

from shadow.config.settings import AuthCommand, SigV4
from shadow.errors import ConfigError
from shadow.mirror.auth import load_auth

KEY = "candidate.auth"


def authorized(auth: httpx.Auth | None, requests: int = 1) -> list[str | None]:
    """The Authorization header of each of so many requests that go through the flow."""

    async def run() -> list[str | None]:
        assert auth is not None
        found = []
        for _ in range(requests):
            flow = auth.async_auth_flow(httpx.Request("GET", "http://h/", headers={"authorization": "the client's"}))
            found.append((await anext(flow)).headers.get("authorization"))
            await flow.aclose()
        return found

    return asyncio.run(run())


def counting(tmp_path: Path) -> str:
    """A command that prints `token-1`, `token-2`, …"""
    script = tmp_path / "mint.py"
    script.write_text(
        "import pathlib\n"
        f"log = pathlib.Path({str(tmp_path / 'log')!r})\n"
        "log.open('a').write('x')\n"
        "print(f'token-{len(log.read_text())}')\n"
    )
    return shlex.join([sys.executable, str(script)])


def test_no_setting_is_no_auth():
    assert load_auth("", KEY) is None


# -- a factory --------------------------------------------------------------------------------------------------------


def test_a_factory_of_the_users_own_project_makes_the_auth(tmp_path, monkeypatch):
    (tmp_path / "factory_of_this_test.py").write_text(
        "import httpx\n\ndef make():\n    return httpx.BasicAuth('user', 'pass')\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    assert authorized(load_auth("factory_of_this_test:make", KEY)) == ["Basic dXNlcjpwYXNz"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("no_such_module_here:make", "can't be loaded: ModuleNotFoundError"),
        ("json:no_such_factory", "can't be loaded: AttributeError"),
        ("json:loads", "can't be loaded: TypeError"),
        ("builtins:dict", "returned dict; it must return an httpx.Auth"),
        ("json", 'write it as "package.module:factory"'),
        (":make", 'write it as "package.module:factory"'),
        ("json:", 'write it as "package.module:factory"'),
    ],
)
def test_a_factory_that_can_not_be_used_is_a_configuration_error_that_names_the_setting(name, said):
    with pytest.raises(ConfigError) as caught:
        load_auth(name, KEY)
    assert str(caught.value).startswith(f"{KEY} = {name!r}")
    assert said in str(caught.value)


# -- a command --------------------------------------------------------------------------------------------------------


def test_what_a_command_prints_is_the_bearer_token_instead_of_the_clients_credentials(tmp_path):
    auth = load_auth(AuthCommand(command=counting(tmp_path)), KEY)
    assert authorized(auth) == ["Bearer token-1"]


def test_a_token_is_used_until_its_time_is_over(tmp_path):
    kept = load_auth(AuthCommand(command=counting(tmp_path), ttl=3600), KEY)
    assert authorized(kept, 3) == ["Bearer token-1"] * 3
    fresh = load_auth(AuthCommand(command=counting(tmp_path), ttl=1e-9), KEY)
    assert authorized(fresh, 3) == ["Bearer token-2", "Bearer token-3", "Bearer token-4"]


def test_requests_at_the_same_time_wait_for_one_token(tmp_path):
    auth = load_auth(AuthCommand(command=counting(tmp_path)), KEY)
    assert auth is not None

    async def one() -> str:
        request = await anext(auth.async_auth_flow(httpx.Request("GET", "http://h/")))
        return request.headers["authorization"]

    async def run() -> list[str]:
        return await asyncio.gather(*(one() for _ in range(5)))

    assert asyncio.run(run()) == ["Bearer token-1"] * 5


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("raise SystemExit(3)", "gave no token (exit code 3)"),
        ("print('token'); raise SystemExit(1)", "gave no token (exit code 1)"),
        ("pass", "gave no token (exit code 0)"),
        ("print('two words')", "gave no token"),
        ("print('one\\ntwo')", "gave no token"),
        ("print('\\u20ac'.encode().decode('latin-1'))", "gave no token"),
    ],
)
def test_a_command_without_a_token_fails_the_request_and_names_the_setting(code, said):
    auth = load_auth(AuthCommand(command=shlex.join([sys.executable, "-X", "utf8", "-c", code])), KEY)
    with pytest.raises(httpx.RequestError) as caught:
        authorized(auth)
    assert str(caught.value).startswith(f"{KEY}: the command ")
    assert said in str(caught.value)


def test_a_command_that_is_not_there_fails_the_request(tmp_path):
    auth = load_auth(AuthCommand(command=str(tmp_path / "no-such-command")), KEY)
    with pytest.raises(httpx.RequestError, match="the command can't be started"):
        authorized(auth)


def test_a_command_that_hangs_ends_with_the_request_that_waited_for_it(tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    code = f"import time; f = open({str(fifo)!r}, 'w'); f.write('up'); f.flush(); time.sleep(600)"
    auth = load_auth(AuthCommand(command=shlex.join([sys.executable, "-c", code])), KEY)
    assert auth is not None

    async def run() -> None:
        waiting = asyncio.ensure_future(anext(auth.async_auth_flow(httpx.Request("GET", "http://h/"))))
        with await asyncio.to_thread(open, fifo) as reader:
            assert await asyncio.to_thread(reader.read, 2) == "up"
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            # The pipe ends when the command does; one that was left alone would hold it open for ten minutes.
            assert await asyncio.to_thread(reader.read) == ""

    asyncio.run(run())


def test_a_command_with_an_open_quote_is_a_configuration_error():
    with pytest.raises(ConfigError, match=r"candidate\.auth\.command: .* is not a command line"):
        load_auth(AuthCommand(command="sh -c 'x"), KEY)


# -- AWS --------------------------------------------------------------------------------------------------------------


def test_signing_without_botocore_says_what_to_install(monkeypatch):
    monkeypatch.delitem(sys.modules, "shadow.mirror.sigv4", raising=False)
    # None in sys.modules is what makes Python say that a module isn't there (importlib's documentation).
    monkeypatch.setitem(sys.modules, "botocore", None)
    monkeypatch.setitem(sys.modules, "botocore.auth", None)
    with pytest.raises(ConfigError, match=r"candidate\.auth: .*pip install 'shadow-parity\[aws\]'"):
        load_auth(SigV4(sigv4="execute-api", region="eu-central-1"), KEY)
