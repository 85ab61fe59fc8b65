"""One simulated run: traffic between two modelled sides, the real `Examiner`, its evidence, and the real verdict.

Only what lies beyond shadow is modelled: the sides (at the place of the clients that send requests to them), the clock,
and the traffic. A run looks after every request, and ends with the first verdict that decides.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from shadow.config import Settings, route_settings
from shadow.evidence.days import first_day
from shadow.evidence.observation import Observation
from shadow.evidence.route_evidence import RouteEvidence
from shadow.exchange import Exchange, Request, Response, Side, TransportFailure
from shadow.pipeline.examine import Examiner
from shadow.pipeline.lag import Lateness
from shadow.redact import Redactor
from shadow.routes import RouteTable
from shadow.verdict import judge_all
from shadow.verdict.model import RouteVerdict, Verdict
from tests.simulation.api import Api, Asked, Trait
from tests.simulation.counted import Counted

__all__ = ["Course", "Fresh", "Repeated", "Run", "Traffic", "Zipf", "simulate"]

BEGIN = 1_800_000_000.0
"""Of a run, in seconds since the epoch."""
DAY = 86_400.0
BETWEEN = 0.02
"""Seconds from one question to the next about the same request."""
SESSIONS = 50
_HEADERS = [("Content-Type", "application/json")]


class Traffic(Protocol):
    """Which requests come, in their order; a number is a request."""

    def __call__(self, api: Api) -> Iterator[int]: ...


@dataclass(frozen=True)
class Fresh:
    """No request comes twice."""

    def __call__(self, api: Api) -> Iterator[int]:
        return iter(range(10**9))


@dataclass(frozen=True)
class Repeated:
    """Each request comes so many times in a row."""

    times: int

    def __call__(self, api: Api) -> Iterator[int]:
        return (number // self.times for number in range(10**9))


@dataclass(frozen=True)
class Zipf:
    """The k-th most popular of so many requests comes with a probability ~ k^-exponent."""

    requests: int
    exponent: float

    def __call__(self, api: Api) -> Iterator[int]:
        weights = [rank**-self.exponent for rank in range(1, self.requests + 1)]
        while True:
            yield from api.chance.choices(range(self.requests), weights, k=1000)


@dataclass(frozen=True)
class Course:
    """What a run is made of."""

    traits: Sequence[Trait]
    traffic: Traffic = Fresh()
    most: int = 3_000
    """Requests after which a run that has not decided is given up."""
    per_day: float = 2_000
    looks_from: float = 0.0
    """The day on which looking begins."""
    settings: dict[str, Any] = field(default_factory=dict)
    """Sections of shadow.toml."""


class Run(NamedTuple):
    """How a run ended."""

    verdict: Verdict
    distinct: int
    """Distinct requests that had been seen by then."""
    code: str
    """The code of the reason that decided; "" for ready."""


class Source(Protocol):
    """Where observations go and evidence comes from: counted in memory, or a real store."""

    def add(self, observation: Observation) -> None: ...

    def evidence(self, now: float) -> Sequence[RouteEvidence]: ...


class InMemory:
    """Evidence of the one route that the simulations have."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._counted: Counted | None = None

    def add(self, observation: Observation) -> None:
        self._counted = self._counted or Counted(observation.epoch)
        self._counted.add(observation)

    def evidence(self, now: float) -> Sequence[RouteEvidence]:
        assert self._counted is not None
        max_age = route_settings(self._settings, self._counted.epoch.route).verdict.max_age
        found = self._counted.evidence(first_day(now, max_age))
        return [found] if found else []


class ModelledSide:
    """A side at the end of a wire that is not there."""

    def __init__(self, side: Side, road: _Road) -> None:
        self.side = side
        self._road = road

    async def send(self, request: Request) -> Exchange:
        return self._road.ask(self.side, request)


def simulate(
    course: Course,
    seed: str,
    *,
    source: Callable[[Settings], Source] = InMemory,
    look_always: bool = False,
) -> Run:
    """Run the course once. ``look_always``: also where the verdict can't be another than at the last look."""
    return asyncio.run(_Road(course, seed).run(source, look_always=look_always))


class _Road:
    def __init__(self, course: Course, seed: str) -> None:
        self._course = course
        self._now = BEGIN
        self._api = Api(course.traits, seed, self._own_write)
        sides = {"legacy": {"url": "http://legacy.test/kong"}, "candidate": {"url": "http://candidate.test"}}
        self._settings = Settings.model_validate({**sides, "redact": {"key": "k" * 64}, **course.settings})
        self._session = ""
        self._examiner: Examiner | None = None

    async def run(self, source: Callable[[Settings], Source], *, look_always: bool) -> Run:
        kept = source(self._settings)
        distinct: set[int] = set()
        verdict = None
        wait = 0
        async with Lateness() as lateness:
            self._examiner = self._examiner_with(lateness)
            for number, request in zip(range(self._course.most), self._course.traffic(self._api), strict=False):
                day = number / self._course.per_day
                self._now = BEGIN + day * DAY
                observation = await self._client_asks(number, request)
                distinct.add(request)
                kept.add(observation)
                wait -= 1
                if day < self._course.looks_from or (wait > 0 and _is_plain(observation) and not look_always):
                    continue
                (verdict,) = judge_all(kept.evidence(self._now), self._settings, (), self._now)
                if verdict.verdict is not Verdict.INCONCLUSIVE:
                    break
                # So many further requests without any difference must come before it can be ready.
                wait = verdict.divergence.needed
                await asyncio.sleep(0)
        assert verdict is not None
        return Run(verdict.verdict, len(distinct), _code(verdict))

    async def _client_asks(self, number: int, request: int) -> Observation:
        """A client asks legacy; the proxy hands the exchange over, and the worker examines it."""
        assert self._examiner is not None
        self._session = f"client-{number % SESSIONS}"
        asked = Request("GET", f"/kong/items/{request}", [("Host", "proxy.test"), ("Accept", "application/json")])
        exchange = self.ask(Side.LEGACY, asked)
        assert isinstance(exchange.response, Response), "what got no answer is not handed over"
        place = self._examiner.place(exchange, self._session, "192.0.2.1")
        return (await self._examiner.examine(exchange, place.session)).observation

    def ask(self, side: Side, request: Request) -> Exchange:
        """A side's answer; the clock goes on."""
        started = self._now
        self._now += BETWEEN
        number = int(request.target.rpartition("/")[2])
        answer = self._api.answer(Asked(side, number, (started - BEGIN) / DAY))
        response: Response | TransportFailure
        if answer.timeout:
            response = TransportFailure("timeout", "no complete response within 30 s")
        else:
            response = Response(answer.status, _HEADERS, json.dumps(answer.document).encode())
        return Exchange(side, request, response, started, BETWEEN / 2)

    def _own_write(self) -> None:
        """The client whose request is being examined writes something, on another connection."""
        if self._examiner is not None:
            request = Request("POST", "/kong/payments", [("Host", "proxy.test")])
            self._examiner.place(Exchange(Side.LEGACY, request, Response(201, []), self._now, 0.0), self._session, "")

    def _examiner_with(self, lateness: Lateness) -> Examiner:
        clients: Any = {side: ModelledSide(side, self) for side in Side}
        redactor = Redactor.from_settings(self._settings)
        return Examiner(self._settings, RouteTable.from_settings(self._settings), redactor, clients, lateness)


def _is_plain(observation: Observation) -> bool:
    """Whether it says no more than that one distinct request is clean."""
    plain = Observation(
        epoch=observation.epoch,
        at=observation.at,
        outcome="compared",
        legacy_ok=True,
        distinct=observation.distinct,
        latency=observation.latency,
    )
    return observation == plain


def _code(verdict: RouteVerdict) -> str:
    return verdict.reasons[0].code if verdict.verdict is not Verdict.READY else ""
