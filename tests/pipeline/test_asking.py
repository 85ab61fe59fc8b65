"""What a side's silence proves: of the side, or of the worker that had no time to listen."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from shadow.compare.rules import rules_for
from shadow.config import Settings, route_settings
from shadow.config.load import load_settings
from shadow.exchange import Exchange, Request, Response, Side
from shadow.mirror.breaker import State
from shadow.mirror.client import SideClient
from shadow.mirror.policy import RateLimit
from shadow.mirror.translation import side_settings
from shadow.pipeline.asking import Asker, NoAnswerError, StarvedError
from shadow.pipeline.breakers import Breakers
from shadow.pipeline.lag import Lateness
from shadow.pipeline.route_state import RouteState
from shadow.routes import RouteTable
from shadow.routes.sides import Sides

TIMEOUT = 0.5


@pytest.fixture
def settings(tmp_path: Path, backend: Any) -> Settings:
    config = tmp_path / "shadow.toml"
    config.write_text(
        f'[legacy]\nurl = "{backend.url}/kong"\n[candidate]\nurl = "{backend.url}/v2"\ntimeout = {TIMEOUT}\n'
        "[mirror]\nbaseline = 0\n"
    )
    return load_settings(config)


def ask(settings: Settings, *, busy: float, times: int = 1) -> tuple[list[Any], Breakers]:
    """What comes of asking a candidate, while the event loop is blocked for ``busy`` seconds each time."""

    async def run() -> tuple[list[Any], Breakers]:
        sides = Sides.from_urls(settings.legacy.url, settings.candidate.url)
        breakers = Breakers(lambda _: None, lambda text: text)
        name = "GET /a"
        route = RouteState(name, route_settings(settings, name), rules_for(settings, name), RateLimit(0))
        request = Request("GET", "/kong/a", [("Host", "h")])
        exchange = Exchange(Side.LEGACY, request, Response(200, []), time.time(), 0.01)
        came = []
        candidate = side_settings(settings, Side.CANDIDATE)
        async with (
            SideClient(Side.CANDIDATE, candidate, connections=2, max_body=1000) as client,
            Lateness() as lateness,
        ):
            table = RouteTable.from_settings(settings)
            asker = Asker(settings, table, sides, {Side.CANDIDATE: client}, breakers, lambda: False, lateness)
            for _ in range(times):
                asking = asyncio.create_task(asker.first(exchange, route, "/a", safe=True))
                if busy:
                    await asyncio.sleep(0.05)
                    time.sleep(busy)  # noqa: ASYNC251 - as if other processes had the CPU
                [one] = await asyncio.gather(asking, return_exceptions=True)
                came.append(one)
        return came, breakers

    return asyncio.run(run())


def test_a_side_that_hangs_gives_no_answer(settings, backend, steps):
    backend.answer(steps.Hang())
    came, breakers = ask(settings, busy=0.0, times=3)
    assert [type(one) for one in came] == [NoAnswerError] * 3
    assert breakers.of(Side.CANDIDATE).state is State.OPEN


def test_a_worker_that_is_kept_from_its_work_blames_nobody(settings, backend, steps):
    """Also where it goes on hanging: that one try is no better proof than any other."""
    backend.answer(steps.Hang())
    came, breakers = ask(settings, busy=2 * TIMEOUT, times=3)
    assert [type(one) for one in came] == [StarvedError] * 3
    assert breakers.of(Side.CANDIDATE).state is State.CLOSED


def test_what_a_busy_worker_has_missed_is_asked_again(settings, backend, steps):
    backend.answer(steps.Hang(), b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    [[answers]], _ = ask(settings, busy=2 * TIMEOUT)
    assert answers.candidate.response.status == 200
    assert answers.cold.kind == "idle"
