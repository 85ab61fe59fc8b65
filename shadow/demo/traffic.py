"""The client: one app per player, which sends what a mobile app would send, over connections that it keeps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NamedTuple

import httpx

from shadow.demo.data import PLAYERS
from shadow.demo.kong import PREFIX
from shadow.demo.routes import ROUTES, Planted
from shadow.demo.tokens import mint
from shadow.errors import BackendError

__all__ = ["Ask", "asks", "drive", "total"]

CLIENT = {"User-Agent": "DemoApp/4.2.0 (iPhone; iOS 17.4)", "Accept": "application/json"}
TIMEOUT = 30.0
THINK_SECONDS = 0.25
"""What a player does between two requests. Without it, latencies would tell how busy this machine is."""


class Ask(NamedTuple):
    """One request of an app."""

    method: str
    target: str
    body: str
    public: bool


def asks(player: int) -> list[Ask]:
    """What the app of this player sends, in order: all it reads, over again where people look again; then its writes.

    Each app starts at another route, so that not all of them ask the same at the same moment.
    """
    reads = [planted for planted in ROUTES if planted.route.startswith("GET ")]
    writes = [planted for planted in ROUTES if planted not in reads]
    start = player % len(reads)
    rounds = range(max(planted.repeat for planted in ROUTES))
    return [
        _ask(planted, ask, player)
        for group in (reads[start:] + reads[:start], writes)
        for number in rounds
        for planted in group
        if number < planted.repeat
        for ask in planted.asks
    ]


def total() -> int:
    """How many requests all apps send together."""
    return sum(len(asks(player)) for player in range(PLAYERS))


async def drive(proxy: str, answered: Callable[[], object]) -> None:
    """Let all apps send what they have to the proxy (``HOST:PORT``); calls ``answered`` after each answer.

    Raises BackendError where the proxy gives no answer, or one that no side of the demo gives.
    """
    try:
        async with asyncio.TaskGroup() as apps:
            for player in range(PLAYERS):
                apps.create_task(_app(proxy, player, answered))
    except* BackendError as errors:
        raise errors.exceptions[0] from None


async def _app(proxy: str, player: int, answered: Callable[[], object]) -> None:
    token = {"Authorization": f"Bearer {mint(f'player-{player:02}')}"}
    await asyncio.sleep(THINK_SECONDS * player / PLAYERS)
    # trust_env: an HTTP_PROXY in the user's environment must not come between.
    async with httpx.AsyncClient(base_url=f"http://{proxy}", headers=CLIENT, timeout=TIMEOUT, trust_env=False) as app:
        for ask in asks(player):
            headers = {} if ask.public else dict(token)
            if ask.body:
                headers["Content-Type"] = "application/json"
            try:
                response = await app.request(ask.method, ask.target, content=ask.body or None, headers=headers)
            except httpx.HTTPError as error:
                raise BackendError(f"the proxy gave no answer to {ask.method} {ask.target}: {error!r}") from error
            if response.status_code >= 500:
                raise BackendError(f"the proxy answered {response.status_code} to {ask.method} {ask.target}")
            answered()
            await asyncio.sleep(THINK_SECONDS)


def _ask(planted: Planted, ask: str, player: int) -> Ask:
    target, _, body = ask.replace("{player}", f"{player:02}").partition(" ")
    prefix = "" if planted.cut_over else PREFIX
    return Ask(planted.route.partition(" ")[0], prefix + target, body, planted.public)
