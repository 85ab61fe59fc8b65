"""Credentials that are minted at run time."""

from __future__ import annotations

import asyncio
import shlex
import sys

import httpx
import pytest

from shadow.config.settings import AuthCommand, AuthFile, SigV4
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


# -- tokens (how they are kept: test_tokens.py) ------------------------------------------------------------------------


def test_what_a_command_prints_is_the_bearer_token_instead_of_the_clients_credentials():
    command = shlex.join([sys.executable, "-c", "print('token-1')"])
    assert authorized(load_auth(AuthCommand(command=command), KEY), 2) == ["Bearer token-1"] * 2


def test_what_a_file_holds_is_the_bearer_token_instead_of_the_clients_credentials(tmp_path):
    (tmp_path / "token.txt").write_text("token-1\n")
    assert authorized(load_auth(AuthFile(file=tmp_path / "token.txt"), KEY)) == ["Bearer token-1"]


def test_a_command_with_an_open_quote_is_a_configuration_error_that_does_not_repeat_it():
    with pytest.raises(ConfigError, match=r"candidate\.auth\.command is not a command line") as caught:
        load_auth(AuthCommand(command="sh -c 'echo s3cret"), KEY)
    assert "s3cret" not in str(caught.value)


# -- AWS --------------------------------------------------------------------------------------------------------------


def test_signing_without_botocore_says_what_to_install(monkeypatch):
    monkeypatch.delitem(sys.modules, "shadow.mirror.sigv4", raising=False)
    # None in sys.modules is what makes Python say that a module isn't there (importlib's documentation).
    monkeypatch.setitem(sys.modules, "botocore", None)
    monkeypatch.setitem(sys.modules, "botocore.auth", None)
    with pytest.raises(ConfigError, match=r"candidate\.auth: .*pip install 'shadow-parity\[aws\]'"):
        load_auth(SigV4(sigv4="execute-api", region="eu-central-1"), KEY)
