"""How often both sides are asked again about a difference: against real servers, through the whole examination."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from shadow.config.load import load_settings
from shadow.evidence.observation import Observation
from shadow.exchange import Exchange, Request, Response, Side
from shadow.mirror.client import SideClient
from shadow.mirror.translation import side_settings
from shadow.pipeline.examine import Examiner
from shadow.pipeline.fates import CONFIRMATIONS
from shadow.pipeline.lag import Lateness
from shadow.redact import Redactor
from shadow.routes import RouteTable

JSON = [("Content-Type", "application/json")]


def body(value: int) -> bytes:
    """Numbers of which none is ten times another: that would be a difference of another class."""
    return b'{"x": %d}' % (100_003 + value)


def wire(value: int) -> bytes:
    text = body(value)
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(text), text)


class Sides:
    """Two servers and an examiner between them; ``asked`` has how many requests each server has got."""

    def __init__(self, folder: Path, scripted: Callable[..., Any]) -> None:
        self.legacy, self.candidate = scripted(), scripted()
        self._folder = folder
        self._numbers = itertools.count(1)

    def examine(self, *served: int, mirror: str = "baseline = 0", distinct: bool = True, day: int = 0) -> list[Any]:
        """What comes of client requests that legacy has answered with these values."""
        config = self._folder / "shadow.toml"
        config.write_text(
            f'[legacy]\nurl = "{self.legacy.url}/kong"\n[candidate]\nurl = "{self.candidate.url}"\n[mirror]\n{mirror}\n'
        )
        return asyncio.run(self._examine(load_settings(config), served, distinct=distinct, day=day))

    async def _examine(self, settings: Any, served: tuple[int, ...], *, distinct: bool, day: int) -> list[Observation]:
        async with AsyncExitStack() as stack:
            clients = {
                side: await stack.enter_async_context(
                    SideClient(side, side_settings(settings, side), connections=2, max_body=10_000)
                )
                for side in Side
            }
            lateness = await stack.enter_async_context(Lateness())
            examiner = Examiner(settings, RouteTable.from_settings(settings), Redactor(b"key" * 11), clients, lateness)
            found = []
            for value in served:
                target = f"/kong/a?n={next(self._numbers) if distinct else 0}"
                answer = Response(200, JSON, body(value))
                at = time.time() + day * 86_400
                exchange = Exchange(Side.LEGACY, Request("GET", target, [("Host", "h")]), answer, at, 0.01)
                found.append((await examiner.examine(exchange, "someone")).observation)
            return found

    @property
    def asked(self) -> tuple[int, int]:
        return len(self.legacy.requests), len(self.candidate.requests)


@pytest.fixture
def sides(tmp_path: Path, scripted: Callable[..., Any]) -> Iterator[Sides]:
    return Sides(tmp_path, scripted)


def ever_new(server: Any, start: int = 1000) -> None:
    server.answer(*(wire(n) for n in range(start, start + 500)))


def test_noise_and_what_is_steady_are_told_apart_by_asking_again(sides):
    ever_new(sides.legacy)
    sides.candidate.answer(wire(7))
    (noisy,) = sides.examine(1)
    assert (noisy.outcome, noisy.noise, noisy.steady) == ("compared", noisy.signature, ())
    assert sides.asked == (2, 3)
    sides.legacy.answer(wire(1))
    (wrong,) = sides.examine(1)
    assert (wrong.outcome, wrong.noise, wrong.steady) == ("compared", (), wrong.signature)
    assert wrong.signature == noisy.signature


def test_a_balance_that_moves_once_between_two_questions_is_asked_about_once_more_and_is_no_noise(sides):
    """With one confirmation both answers of legacy differ, as noise's would."""
    sides.legacy.answer(wire(20))
    sides.candidate.answer(wire(20))
    (raced,) = sides.examine(10, mirror="baseline = 0\nconfirm = 1")
    assert (raced.outcome, raced.noise) == ("raced", ())
    assert sides.asked == (2, 3)


def test_with_one_confirmation_noise_is_still_found(sides):
    ever_new(sides.legacy)
    ever_new(sides.candidate, 5000)
    (noisy,) = sides.examine(10, mirror="baseline = 0\nconfirm = 1")
    assert noisy.noise == noisy.signature != ()


def test_a_candidate_that_agrees_when_asked_again_is_unstable_and_not_raced(sides):
    sides.legacy.answer(wire(1))
    sides.candidate.answer(wire(2), wire(1))
    (flaky,) = sides.examine(1)
    assert flaky.outcome == "compared"
    assert [d.class_ for d in flaky.differences] == ["candidate-unstable"]


def test_what_was_noise_is_called_steady_only_after_more_answers(sides):
    """Of a field with three values, three answers are the same now and then."""
    sides.legacy.answer(*map(wire, (2, 3, 5, 5, 5, 5, 6)))
    sides.candidate.answer(wire(7))
    noisy, by_chance = sides.examine(1, 5)
    assert noisy.noise
    assert by_chance.outcome == "raced"
    assert sides.asked == (2 + 5, 3 + 6)


def test_a_fingerprint_is_asked_about_so_often_and_then_taken_for_what_it_usually_is(sides):
    ever_new(sides.legacy)
    sides.candidate.answer(wire(7))
    observed = sides.examine(*range(20, 25 + CONFIRMATIONS))
    assert sides.asked[0] == 2 * CONFIRMATIONS
    assert sum(bool(one.noise) for one in observed) == CONFIRMATIONS
    assert {one.outcome for one in observed} == {"compared"}
    assert len({one.signature for one in observed}) == 1


def test_where_a_baseline_request_says_that_noise_has_settled_it_is_asked_again(sides):
    """Each baseline request has two answers of legacy anyway; while they differ, nothing more is sent for it."""
    mirror = "baseline = 1.0"
    ever_new(sides.legacy)
    sides.candidate.answer(wire(7))
    sides.legacy.answer(*(wire(n) for n in range(1000, 1000 + 3 * CONFIRMATIONS + 5)), wire(1))
    noisy = sides.examine(*([5] * (CONFIRMATIONS + 5)), *([1] * 3), mirror=mirror)
    assert all(one.noise for one in noisy[:CONFIRMATIONS])
    assert not any(one.noise or one.steady for one in noisy[CONFIRMATIONS : CONFIRMATIONS + 5])
    assert all(one.steady == one.signature != () for one in noisy[-3:])
