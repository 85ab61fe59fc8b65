"""Bearer tokens: fetched in time, once at a time, in a bounded time; never a reason to send a write twice."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import httpx
import pytest

from shadow.mirror.tokens import EARLY, FRESH, LONGEST_PAUSE, BearerAuth, CommandTokens, CredentialsError, FileTokens

KEY = "candidate.auth"
TTL = 1000.0


class Clock:
    """Seconds that pass when a test says so."""

    now = 5000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def minting(tmp_path: Path, clock: Clock) -> Callable[..., CommandTokens]:
    """`minting()` prints `token-1`, `token-2`, …; `minting("raise SystemExit(3)")` runs that first."""

    def build(code: str = "", **given: Any) -> CommandTokens:
        script = tmp_path / "mint.py"
        log = tmp_path / "log"
        script.write_text(
            "import pathlib, sys, time\n"
            f"log = pathlib.Path({str(log)!r})\n"
            "log.open('a').write('x')\n"
            "number = len(log.read_text())\n"
            f"{code}\n"
            "print(f'token-{number}')\n"
        )
        return CommandTokens([sys.executable, str(script)], given.pop("ttl", TTL), KEY, clock=clock, **given)

    return build


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110 - a file or a process, which set no event
            await asyncio.sleep(0.01)


# -- a token's life ---------------------------------------------------------------------------------------------------


def test_a_token_is_used_again_until_its_time_is_over(minting, clock):
    async def work() -> list[str]:
        tokens = minting()
        texts = [(await tokens.current()).text]
        clock.now += EARLY * TTL - 1
        texts.append((await tokens.current()).text)
        clock.now += TTL
        texts.append((await tokens.current()).text)
        return texts

    assert run(work()) == ["token-1", "token-1", "token-2"]


def test_the_next_token_is_fetched_before_the_time_is_over_while_requests_go_on_with_the_old(minting, clock):
    async def work() -> None:
        tokens = minting()
        await tokens.current()
        clock.now += EARLY * TTL
        assert (await tokens.current()).text == "token-1"

        await until(lambda: tokens._running is None)
        assert (await tokens.current()).text == "token-2"

    run(work())


def test_requests_at_the_same_time_wait_for_one_token(minting):
    async def work() -> list[str]:
        tokens = minting()
        return [token.text for token in await asyncio.gather(*(tokens.current() for _ in range(5)))]

    assert run(work()) == ["token-1"] * 5


def test_a_request_that_is_given_up_leaves_the_command_to_the_others(minting, tmp_path):
    async def work() -> str:
        tokens = minting()
        given_up = asyncio.create_task(tokens.current())
        await until((tmp_path / "log").exists)
        given_up.cancel()
        return (await tokens.current()).text

    assert run(work()) == "token-1"


# -- commands that fail -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("raise SystemExit(3)", "gave no token (exit code 3)"),
        ("print('token'); raise SystemExit(1)", "gave no token (exit code 1)"),
        ("raise SystemExit(0)", "gave no token: it must print one word of ASCII, and no JSON"),
        ('print(\'{"access_token":"x"}\'); raise SystemExit', "gave no token: it must print"),
        ("print('two words'); raise SystemExit", "gave no token"),
        ("print('one\\ntwo'); raise SystemExit", "gave no token"),
        ("sys.stdout.buffer.write('\u20ac'.encode()); raise SystemExit", "gave no token"),
        ("print('a\\0b'); raise SystemExit", "gave no token"),
        ("while True: print('x' * 1000, end='')", "printed too much for a token"),
    ],
)
def test_a_command_without_a_token_is_told_with_the_setting(minting, code, said):
    with pytest.raises(CredentialsError) as caught:
        run(minting(code).current())
    assert str(caught.value).startswith(f"{KEY}: the command ")
    assert said in str(caught.value)


def test_a_command_that_is_not_there_is_told(tmp_path, clock):
    tokens = CommandTokens([str(tmp_path / "no-such-command")], TTL, KEY, clock=clock)
    with pytest.raises(CredentialsError, match="the command can't be started"):
        run(tokens.current())


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("sleep 600 & wait", "gave no token within 2 s"),
        ("echo token; sleep 600 &", "gave no token within 2 s"),
        ("sleep 600 > /dev/null & exit 1", "gave no token (exit code 1)"),
    ],
    ids=["hangs", "is gone, but not what holds its output", "fails"],
)
def test_a_command_that_fails_is_ended_with_all_that_it_has_started(tmp_path, clock, command, said):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    tokens = CommandTokens(["sh", "-c", f"exec 3> '{fifo}'; {command}"], TTL, KEY, clock=clock, patience=2.0)

    async def work() -> None:
        with pytest.raises(CredentialsError) as caught:
            await tokens.current()
        assert said in str(caught.value)
        # Nothing to read and nobody there any more is b""; a process that still held the pipe would make it an error.
        await until(lambda: _ended(reader))

    run(work())
    os.close(reader)


def _ended(pipe: int) -> bool:
    try:
        return os.read(pipe, 1) == b""
    except BlockingIOError:
        return False


def test_after_a_failure_the_next_tries_wait_longer_and_longer(minting, clock, tmp_path):
    async def work() -> list[float]:
        tokens = minting("raise SystemExit(1)")
        pauses = []
        for _ in range(8):
            before = len((tmp_path / "log").read_text()) if (tmp_path / "log").exists() else 0
            started = clock.now
            while True:
                with pytest.raises(CredentialsError):
                    await tokens.current()
                if len((tmp_path / "log").read_text()) > before:
                    break
                clock.now += 0.5
            pauses.append(clock.now - started)
        return pauses

    assert run(work()) == [0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, LONGEST_PAUSE]


def test_a_renewal_that_fails_leaves_the_old_token_in_use_while_its_time_runs(minting, clock, tmp_path):
    async def work() -> None:
        tokens = minting("if number == 2: raise SystemExit(1)")
        await tokens.current()
        clock.now += EARLY * TTL
        assert (await tokens.current()).text == "token-1"
        await until(lambda: len((tmp_path / "log").read_text()) == 2 and tokens._running is None)
        assert (await tokens.current()).text == "token-1"
        clock.now += TTL
        assert (await tokens.current()).text == "token-3"

    run(work())


# -- a side that refuses the token ------------------------------------------------------------------------------------


async def sent(
    auth: httpx.Auth, statuses: list[int], method: str = "GET", target: str = "/", **headers: str
) -> list[str]:
    """The Authorization of each request that the flow makes while the side answers so."""
    asked = httpx.Request(method, f"http://h{target}", headers=headers)
    flow: AsyncIterator[httpx.Request] = auth.async_auth_flow(asked)
    found = []
    request = await anext(flow)
    for status in statuses:
        found.append(request.headers["authorization"])
        try:
            request = await flow.asend(httpx.Response(status, request=request))  # type: ignore[attr-defined]
        except StopAsyncIteration:
            break
    await flow.aclose()  # type: ignore[attr-defined]
    return found


def test_a_safe_request_is_sent_once_more_with_another_token(minting, clock):
    async def work() -> list[list[str]]:
        auth = BearerAuth(minting())
        first = await sent(auth, [200])
        clock.now += FRESH
        return [first, await sent(auth, [401, 401, 401]), await sent(auth, [200])]

    assert run(work()) == [["Bearer token-1"], ["Bearer token-1", "Bearer token-2"], ["Bearer token-2"]]


def test_a_brand_new_token_that_is_refused_is_not_replaced(minting, clock, tmp_path):
    async def work() -> list[list[str]]:
        auth = BearerAuth(minting())
        first = await sent(auth, [401, 200])
        clock.now += FRESH - 1
        return [first, await sent(auth, [401, 200])]

    assert run(work()) == [["Bearer token-1"]] * 2
    assert (tmp_path / "log").read_text() == "x"


@pytest.mark.parametrize("status", [200, 302, 403, 404, 500])
def test_only_401_says_that_the_token_is_no_longer_good(minting, clock, status):
    async def work() -> list[str]:
        auth = BearerAuth(minting())
        await sent(auth, [200])
        clock.now += FRESH
        return await sent(auth, [status, 200])

    assert run(work()) == ["Bearer token-1"]


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        *(("POST", {}), ("PATCH", {}), ("DELETE", {}), ("get", {})),
        ("GET", {"X-HTTP-Method-Override": "DELETE"}),
        ("GET", {"target": "/?_method=DELETE"}),
    ],
)
def test_a_write_is_never_sent_again_but_the_next_request_has_another_token(minting, clock, method, headers, tmp_path):
    async def work() -> tuple[list[str], list[str]]:
        auth = BearerAuth(minting())
        await sent(auth, [200])
        clock.now += FRESH
        refused = await sent(auth, [401, 200], method, **headers)
        await until(lambda: (tmp_path / "log").read_text() == "xx" and auth._tokens._running is None)
        return refused, await sent(auth, [200])

    again = ["Bearer token-1", "Bearer token-2"]
    if method == "get":  # methods are case-sensitive, but a safe one in lower case is judged as what it looks like
        assert run(work()) == (again, ["Bearer token-2"])
    else:
        assert run(work()) == (["Bearer token-1"], ["Bearer token-2"])


def test_many_refused_at_once_fetch_one_token(minting, clock, tmp_path):
    async def work() -> list[list[str]]:
        auth = BearerAuth(minting())
        await sent(auth, [200])
        clock.now += FRESH
        return await asyncio.gather(*(sent(auth, [401, 200]) for _ in range(5)))

    assert run(work()) == [["Bearer token-1", "Bearer token-2"]] * 5
    assert (tmp_path / "log").read_text() == "xx"


def test_where_no_other_token_can_be_had_the_sides_refusal_stands(minting, clock):
    async def work() -> list[str]:
        auth = BearerAuth(minting("if number > 1: raise SystemExit(1)"))
        await sent(auth, [200])
        clock.now += FRESH
        return await sent(auth, [401, 200])

    assert run(work()) == ["Bearer token-1"]


# -- a file -----------------------------------------------------------------------------------------------------------


def test_a_file_is_read_again_when_it_changes(tmp_path):
    path = tmp_path / "token"
    path.write_text("one\n")

    async def work() -> list[str]:
        tokens = FileTokens(path, KEY)
        texts = [(await tokens.current()).text]
        path.write_text("the next\n".replace(" ", "-"))
        texts.append((await tokens.current()).text)
        # As Kubernetes and careful programmes do it.
        (tmp_path / "new").write_text("three")
        (tmp_path / "new").replace(path)
        texts.append((await tokens.current()).text)
        return texts

    assert run(work()) == ["one", "the-next", "three"]


@pytest.mark.parametrize("content", [b"", b"\n", b"two words", b"\xff\xfe", b"x" * 70_000, b'{"token":"x"}', None])
def test_a_file_without_a_token_is_told_and_one_that_is_being_written_keeps_the_old(tmp_path, content):
    path = tmp_path / "token"

    def spoil() -> None:
        path.unlink(missing_ok=True)
        if content is not None:
            path.write_bytes(content)

    spoil()
    with pytest.raises(CredentialsError, match=rf"^candidate\.auth: {path} holds no token \("):
        run(FileTokens(path, KEY).current())

    path.write_text("good")
    tokens = FileTokens(path, KEY)
    assert run(tokens.current()).text == "good"
    spoil()
    assert run(tokens.current()).text == "good"
    path.write_text("better")
    assert run(tokens.current()).text == "better"


def test_a_refused_token_of_a_file_that_looks_unchanged_is_replaced_all_the_same(tmp_path):
    path = tmp_path / "token"

    def write(text: str) -> None:
        """In place, and within one tick of the file system's clock."""
        path.write_text(text)
        os.utime(path, (1000, 1000))

    write("one")
    tokens = FileTokens(path, KEY)

    async def work() -> list[str | None]:
        first = await tokens.current()
        write("two")
        other = await tokens.instead_of(first)
        write("six")
        tokens.doubt(first)
        return [first.text, other and other.text, (await tokens.current()).text]

    assert run(work()) == ["one", "two", "six"]


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file_is_not_read(tmp_path, make):
    make(tmp_path / "token")
    with pytest.raises(CredentialsError, match="holds no token"):
        run(FileTokens(tmp_path / "token", KEY).current())


def test_a_refused_token_of_a_file_is_replaced_by_what_the_file_holds_by_now(tmp_path):
    path = tmp_path / "token"
    path.write_text("one")

    async def work() -> tuple[list[str], list[str]]:
        auth = BearerAuth(FileTokens(path, KEY))
        same = await sent(auth, [401, 200])
        flow = auth.async_auth_flow(httpx.Request("GET", "http://h/"))
        request = await anext(flow)
        before = request.headers["authorization"]
        path.write_text("another")
        request = await flow.asend(httpx.Response(401, request=request))
        await flow.aclose()
        return same, [before, request.headers["authorization"]]

    assert run(work()) == (["Bearer one"], ["Bearer one", "Bearer another"])
