"""The road of one exchange: route, policy, mirror, compare, confirm, and what it proves."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterable
from typing import NamedTuple

from shadow.compare import Difference, compare, gateway_error, same_backend, transport_difference
from shadow.compare.rules import rules_for
from shadow.config import Settings, route_settings
from shadow.evidence.epochs import epoch_for
from shadow.evidence.observation import CandidateError, Epoch, Example, LatencySample, Observation, SkipReason
from shadow.exchange import Exchange, Pair, Request, Response, Side, TransportFailure, header
from shadow.mirror.client import BodyTooLargeError, SideClient, UnsendableError
from shadow.mirror.policy import SAFE_METHODS, RateLimit, effective_method, sampled, skip_reason
from shadow.mirror.translation import is_conditional, side_settings, translate
from shadow.pipeline.confirm import Fate, Settled, settle, settle_as
from shadow.pipeline.route_state import RouteState
from shadow.redact import Redactor
from shadow.routes import RouteTable
from shadow.routes.sides import Sides

__all__ = ["Examined", "Examiner"]

IDLE = 300.0
"""Seconds without a request after which a Lambda may have gone cold."""
RETRIES = 1
SESSIONS = 10_000
"""Sessions whose last write is remembered."""


class Examined(NamedTuple):
    """What one exchange has proved, and a line for its flow."""

    observation: Observation
    comment: str
    differs: bool


class _Answers(NamedTuple):
    """Both sides' answers to one request, as the worker (or, for the first, the proxy) got them."""

    legacy: Exchange
    candidate: Exchange
    timed: bool
    """The worker itself sent both, so their durations can be compared."""
    cold: bool


class _UndecidedError(Exception):
    """A side gave no answer, so there is no pair."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        super().__init__()


class Examiner:
    """Takes exchanges of the answering side, asks the other side, and says what each pair proves.

    Owns no connection: ``clients`` are used, not closed. ``workers`` is how many processes share the rate limits.
    """

    def __init__(
        self,
        settings: Settings,
        table: RouteTable,
        redactor: Redactor,
        clients: dict[Side, SideClient],
        workers: int = 1,
    ) -> None:
        self._settings = settings
        self._table = table
        self._redactor = redactor
        self._clients = clients
        self._workers = workers
        self._sides = Sides.from_urls(settings.legacy.url, settings.candidate.url)
        self._rate = RateLimit(settings.mirror.rate / workers)
        self._routes: dict[str, RouteState] = {}
        self._writes: OrderedDict[str, float] = OrderedDict()
        self.paused = False

    def session(self, exchange: Exchange, client: str) -> str:
        """Whose request it is: the principal, else the client's connection. Requests of one session stay in order."""
        return self._redactor.principal(exchange.request.headers) or client

    def route_of(self, side: Side, method: str, target: str) -> str:
        """The name of the route that a request belongs to, learned from its path where no inventory knows it."""
        return self._table.name_for(side, method, self._sides.relative(side, target))

    def epoch_of(self, route: str) -> Epoch:
        """Where counts belong that no response's version header came with."""
        return epoch_for(self._settings, route, self._settings.legacy.version, self._settings.candidate.version)

    async def examine(self, exchange: Exchange, session: str) -> Examined:
        """Mirror, compare, and say what it proves. Never raises for anything that a request or a response can hold."""
        request, asked = exchange.request, exchange.side
        assert isinstance(exchange.response, Response)
        relative = self._sides.relative(asked, request.target)
        known = self._table.match(asked, request.method, relative)
        route = self._state(known or self._table.name_for(asked, request.method, relative))
        safe = effective_method(request) in SAFE_METHODS
        if not safe:
            self._note_write(session)
        if reason := self._skip(request, route, session, known=known is not None or not self._table.has_inventory):
            return self._skipped(exchange, route, reason)
        try:
            rounds = await self._first_answers(exchange, route, relative, safe=safe)
            return await self._judge(rounds, exchange, route, session, relative, safe=safe)
        except _UndecidedError as undecided:
            return self._failed(exchange, undecided.exchange, route)
        except BodyTooLargeError:
            return self._skipped(exchange, route, "too-large")
        except UnsendableError:
            return self._observe(exchange, None, route, outcome="failed", comment="can't be sent to the other side")

    # -- asking ---------------------------------------------------------------------------------------------------

    def _skip(self, request: Request, route: RouteState, session: str, *, known: bool) -> SkipReason:
        reason = skip_reason(request, route.settings, list(self._settings.mirror.methods), known=known)
        if reason:
            return reason  # type: ignore[return-value]  # the policy gives skip reasons
        if self.paused:
            return "paused"
        if not sampled(session, route.settings.sample):
            return "sampled"
        return "" if self._rate.take() and route.rate.take() else "rate"

    async def _first_answers(
        self, exchange: Exchange, route: RouteState, relative: str, *, safe: bool
    ) -> list[_Answers]:
        """First the pair to compare, then (for a baseline request) the pair that the worker itself asked for."""
        if safe and self._settings.mirror.warmup and not route.warmed:
            route.warmed = True
            await self._ask(exchange, exchange.side.other, route, relative)
        if safe and is_conditional(exchange.request):
            # The client's answer depends on what its cache holds; compare what both sides say without that.
            return [await self._ask_both(exchange, route, relative)]
        if safe and route.take_baseline(self._settings.mirror.baseline):
            own = await self._ask_both(exchange, route, relative)
            other = own.legacy if exchange.side is Side.CANDIDATE else own.candidate
            return [self._pair(exchange, other)._replace(cold=own.cold), own]
        other, cold = await self._ask_patiently(exchange, exchange.side.other, route, relative, retry=safe)
        return [self._pair(exchange, other)._replace(cold=cold)]

    async def _ask_both(self, exchange: Exchange, route: RouteState, relative: str) -> _Answers:
        """Both sides, one after the other; who goes first alternates, so that neither always finds warm caches."""
        route.rounds += 1
        order = (Side.LEGACY, Side.CANDIDATE) if route.rounds % 2 else (Side.CANDIDATE, Side.LEGACY)
        answers: dict[Side, Exchange] = {}
        cold = False
        for side in order:
            answers[side], was_cold = await self._ask_patiently(exchange, side, route, relative, retry=True)
            cold = cold or was_cold
        return _Answers(answers[Side.LEGACY], answers[Side.CANDIDATE], timed=True, cold=cold)

    async def _ask_patiently(
        self, exchange: Exchange, side: Side, route: RouteState, relative: str, *, retry: bool
    ) -> tuple[Exchange, bool]:
        """A side's answer, and whether it may have been cold: first after idle, or only the retry brought it.

        Raises _UndecidedError where none came.
        """
        idle = side is Side.CANDIDATE and time.monotonic() - route.last_candidate > IDLE
        answer = await self._ask(exchange, side, route, relative)
        late = False
        for _ in range(RETRIES if retry else 0):
            if isinstance(answer.response, Response):
                break
            late = answer.response.kind == "timeout"
            answer = await self._ask(exchange, side, route, relative)
        if not isinstance(answer.response, Response):
            raise _UndecidedError(answer)
        return answer, idle or (late and side is Side.CANDIDATE)

    async def _ask(self, exchange: Exchange, side: Side, route: RouteState, relative: str) -> Exchange:
        if side is Side.CANDIDATE:
            route.last_candidate = time.monotonic()
        outgoing = translate(
            exchange.request,
            asked=exchange.side,
            to=side,
            path=self._table.translate(route.name, exchange.side, side, relative),
            settings=self._settings,
            route=route.settings,
            sides=self._sides,
        )
        return await self._clients[side].send(outgoing)

    @staticmethod
    def _pair(exchange: Exchange, other: Exchange) -> _Answers:
        legacy, candidate = (exchange, other) if exchange.side is Side.LEGACY else (other, exchange)
        return _Answers(legacy, candidate, timed=False, cold=False)

    # -- judging --------------------------------------------------------------------------------------------------

    async def _judge(
        self,
        rounds: list[_Answers],
        exchange: Exchange,
        route: RouteState,
        session: str,
        relative: str,
        *,
        safe: bool,
    ) -> Examined:
        answers = rounds[0]
        legacy, candidate = _responses(answers)
        if same_backend(legacy, candidate):
            return self._observe(
                exchange,
                answers,
                route,
                outcome="unproductive",
                same_backend=True,
                comment="the candidate's answer came from legacy's own gateway",
            )
        differences = compare(legacy, candidate, route.rules)
        opens = [d for d in differences if d.severity == "difference"]
        if not opens and _proves_nothing(legacy, route.settings.expect_status):
            comment = f"both answered {legacy.status}, which proves nothing"
            return self._observe(exchange, answers, route, outcome="unproductive", comment=comment)
        settled = settle_as(differences, {})
        if opens and safe and self._settings.mirror.confirm:
            settled = await self._confirm(differences, rounds, exchange, route, session, relative)
        latency = [sample for round_ in rounds if (sample := self._timing(round_, route))]
        return self._compared(answers, exchange, route, settled, latency, relative)

    async def _confirm(
        self,
        differences: list[Difference],
        rounds: list[_Answers],
        exchange: Exchange,
        route: RouteState,
        session: str,
        relative: str,
    ) -> Settled:
        """Ask both sides again (adding to ``rounds``), unless every fingerprint's fate is well known by now."""
        wanted = [d.fingerprint for d in differences if d.severity == "difference"]
        if route.settled_enough(wanted):
            return settle_as(differences, {f: route.usual_fate(f) for f in wanted})
        for _ in range(self._settings.mirror.confirm):
            # Unconfirmed, a difference proves little: rather wait for the rate limit than judge by one answer.
            await self._rate.wait()
            await route.rate.wait()
            rounds.append(await self._ask_both(exchange, route, relative))
        answers = [_responses(round_) for round_ in rounds]
        settled = settle(differences, answers, lambda a, b: compare(a, b, route.rules))
        if settled.noise and self._writes.get(session, 0.0) >= exchange.started:
            # The session itself changed something meanwhile: what looks like noise may be its own write.
            fates: dict[str, Fate] = {f: Fate.RACED if t is Fate.NOISE else t for f, t in settled.fates.items()}
            settled = settle_as(differences, fates)
        route.remember(settled.fates)
        return settled

    def _timing(self, answers: _Answers, route: RouteState) -> LatencySample | None:
        """How long both took, in milliseconds; None where the worker did not send both, or one may have been cold."""
        if answers.cold or not answers.timed:
            return None
        verdict = route.settings.verdict
        legacy_ms, candidate_ms = answers.legacy.duration * 1000, answers.candidate.duration * 1000
        slow = candidate_ms > verdict.max_latency_ratio * legacy_ms + verdict.latency_slack_ms
        return LatencySample(legacy_ms, candidate_ms, slow)

    # -- saying what it proves ------------------------------------------------------------------------------------

    def _compared(
        self,
        answers: _Answers,
        exchange: Exchange,
        route: RouteState,
        settled: Settled,
        latency: list[LatencySample],
        relative: str,
    ) -> Examined:
        legacy, candidate = _responses(answers)
        if settled.raced:
            return self._observe(
                exchange,
                answers,
                route,
                outcome="raced",
                latency=latency,
                comment="raced with a write; proves nothing",
            )
        signature = tuple(sorted({d.fingerprint for d in settled.differences if d.severity == "difference"}))
        error: CandidateError = "5xx" if candidate.status >= 500 > legacy.status else ""
        return self._observe(
            exchange,
            answers,
            route,
            outcome="compared",
            distinct=self._distinct(exchange.request, relative),
            signature=signature,
            differences=settled.differences,
            noise=settled.noise,
            candidate_error=error,
            latency=latency,
            comment=_comment(settled.differences),
            differs=bool(signature),
        )

    def _failed(self, exchange: Exchange, failed: Exchange, route: RouteState) -> Examined:
        failure = failed.response
        assert isinstance(failure, TransportFailure)
        answers = self._pair(exchange, failed) if failed.side is not exchange.side else None
        if failed.side is Side.LEGACY:
            return self._observe(exchange, answers, route, outcome="failed", comment=f"legacy: {failure.message}")
        return self._observe(
            exchange,
            answers,
            route,
            outcome="failed",
            candidate_error=failure.kind,
            differences=(transport_difference(failure),),
            comment=f"candidate: {failure.message}",
            differs=True,
        )

    def _skipped(self, exchange: Exchange, route: RouteState, reason: SkipReason) -> Examined:
        return self._observe(exchange, None, route, outcome="skipped", skip=reason, comment=f"not mirrored ({reason})")

    def _observe(
        self,
        exchange: Exchange,
        answers: _Answers | None,
        route: RouteState,
        *,
        outcome: str,
        comment: str,
        skip: SkipReason = "",
        distinct: bytes | None = None,
        signature: tuple[str, ...] = (),
        differences: tuple[Difference, ...] = (),
        noise: tuple[str, ...] = (),
        candidate_error: CandidateError = "",
        same_backend: bool = False,
        latency: Iterable[LatencySample] = (),
        differs: bool = False,
    ) -> Examined:
        redacted = tuple(self._redactor.difference(difference) for difference in differences)
        legacy = answers.legacy.response if answers else (exchange.response if exchange.side is Side.LEGACY else None)
        observation = Observation(
            epoch=self._epoch(route, exchange, answers),
            at=exchange.started,
            outcome=outcome,  # type: ignore[arg-type]  # the callers above give outcomes
            skip=skip,
            legacy_ok=isinstance(legacy, Response) and 200 <= legacy.status < 400,
            distinct=distinct,
            signature=signature,
            differences=redacted,
            noise=noise,
            candidate_error=candidate_error,
            cold=answers.cold if answers else False,
            same_backend=same_backend,
            latency=tuple(latency),
            example=self._example(exchange, answers, route, redacted),
        )
        return Examined(observation, f"shadow: {route.name}: {comment}", differs)

    def _example(
        self,
        exchange: Exchange,
        answers: _Answers | None,
        route: RouteState,
        differences: tuple[Difference, ...],
    ) -> Example | None:
        """The redacted pair, where it shows a fingerprint of which the store may still want examples."""
        if answers is None:
            return None
        if self._settings.store.record != "all" and not route.wants_example(differences, self._settings.store.examples):
            return None
        pair = Pair(
            self._redactor.exchange(answers.legacy),
            self._redactor.exchange(answers.candidate),
            answering=exchange.side,
        )
        return Example(pair, differences)

    def _epoch(self, route: RouteState, exchange: Exchange, answers: _Answers | None) -> Epoch:
        versions = {}
        for side in Side:
            settings = side_settings(self._settings, side)
            version = settings.version
            if settings.version_header:
                if answers is not None:
                    known: Exchange | None = answers.legacy if side is Side.LEGACY else answers.candidate
                else:
                    known = exchange if exchange.side is side else None
                if known is not None and isinstance(known.response, Response):
                    version = header(known.response.headers, settings.version_header)
                version = version or route.versions.get(side, "")
                route.versions[side] = version
            versions[side] = version
        key = (versions[Side.LEGACY], versions[Side.CANDIDATE])
        if key not in route.epochs:
            route.epochs[key] = epoch_for(self._settings, route.name, *key)
        return route.epochs[key]

    def _distinct(self, request: Request, relative: str) -> bytes:
        principal = self._redactor.principal(request.headers)
        parts = (request.method, relative, principal)
        return self._redactor.digest(b"\0".join([*(p.encode("utf-8", "surrogateescape") for p in parts), request.body]))

    def _state(self, name: str) -> RouteState:
        state = self._routes.get(name)
        if state is None:
            settings = route_settings(self._settings, name)
            rate = RateLimit(settings.rate / self._workers if settings.rate != self._settings.mirror.rate else 0)
            state = self._routes[name] = RouteState(name, settings, rules_for(self._settings, name), rate)
        return state

    def _note_write(self, session: str) -> None:
        self._writes[session] = time.time()
        self._writes.move_to_end(session)
        while len(self._writes) > SESSIONS:
            self._writes.popitem(last=False)


def _responses(answers: _Answers) -> tuple[Response, Response]:
    legacy, candidate = answers.legacy.response, answers.candidate.response
    assert isinstance(legacy, Response)
    assert isinstance(candidate, Response)
    return legacy, candidate


def _proves_nothing(response: Response, expected: tuple[int, ...]) -> bool:
    """Whether both sides saying this proves nothing: they refused or failed before the application's own code."""
    status = response.status
    if status in expected:
        return False
    return status in {401, 403, 429} or status >= 500 or gateway_error(response) is not None


def _comment(differences: Iterable[Difference]) -> str:
    opens = [d for d in differences if d.severity == "difference"]
    if not opens:
        return "same"
    shown = "; ".join(f"{d.where} {d.path}: {d.class_}" for d in opens[:5])
    return f"differs: {shown}" + (f"; and {len(opens) - 5} more" if len(opens) > 5 else "")
