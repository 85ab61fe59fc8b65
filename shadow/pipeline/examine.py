"""The road of one exchange: route, policy, mirror, compare, confirm, and what it proves."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from shadow.compare import compare, proves_nothing, same_backend
from shadow.compare.rules import rules_for
from shadow.config import Settings, route_settings
from shadow.evidence.epochs import epoch_for
from shadow.evidence.observation import ColdStart, Epoch, LatencySample, SkipReason
from shadow.exchange import Exchange, Response, Side
from shadow.mirror.client import BodyTooLargeError, CredentialsError, SideClient, UnsendableError
from shadow.mirror.policy import (
    SAFE_METHODS,
    RateLimit,
    effective_method,
    overriding_methods,
    sampled,
    skip_reason,
)
from shadow.mirror.translation import AstrayError
from shadow.pipeline.asking import NOT_ASKED, Answers, Asker, HeldError, NoAnswerError, StarvedError
from shadow.pipeline.breakers import Breakers
from shadow.pipeline.confirm import settle_as
from shadow.pipeline.confirming import Confirmer
from shadow.pipeline.lag import Lateness
from shadow.pipeline.recent import Recent
from shadow.pipeline.route_state import RouteState
from shadow.pipeline.witness import Examined, Witness
from shadow.redact import Redactor
from shadow.routes import RouteTable
from shadow.routes.sides import Sides

__all__ = ["Examiner", "Place"]

UNNAMED = "* *"
"""The route of requests whose paths were too many, or too long, for the proxy to count them apart."""
SESSIONS = 10_000
"""Sessions whose last write is remembered."""
ROUTES = 10_000
"""Routes of which something is remembered: without an inventory, whoever tries out paths makes up new ones for ever."""


class Place(NamedTuple):
    """Where a request stands among others: see `Lanes` for ``group``, ``track`` and ``alone``."""

    session: str
    """Whose it is: the principal, else the client's connection."""
    group: str
    track: str
    alone: bool = False


class Examiner:
    """Takes exchanges of the answering side, asks the other side, and says what each pair proves.

    Owns no connection: ``clients`` are used, not closed. ``lateness`` watches this event loop; ``workers`` is how many
    processes share the rate limits; while ``paused`` says so nothing is sent; what ``forgotten``
    gives changes whenever evidence was forgotten; ``say`` gets lines for the operator. ``asker`` is how the sides are
    asked; who is ``patient`` waits for the rate limit, where no client's next request is due.
    """

    def __init__(
        self,
        settings: Settings,
        table: RouteTable,
        redactor: Redactor,
        clients: dict[Side, SideClient],
        lateness: Lateness,
        workers: int = 1,
        *,
        paused: Callable[[], bool] = lambda: False,
        forgotten: Callable[[], str] = lambda: "",
        say: Callable[[str], None] = lambda _: None,
        asker: Callable[..., Asker] = Asker,
        patient: bool = False,
    ) -> None:
        self._settings = settings
        self._patient = patient
        self._table = table
        self._redactor = redactor
        self._workers = workers
        self._sides = Sides.from_urls(settings.legacy.url, settings.candidate.url)
        self.breakers = Breakers(say, redactor.text)
        self._asker = asker(settings, table, self._sides, clients, self.breakers, paused, lateness)
        self._witness = Witness(settings, redactor)
        self._rate = RateLimit(settings.mirror.rate / workers)
        self._confirmer = Confirmer(settings, self._asker, self._rate)
        self._routes: Recent[str, RouteState] = Recent(ROUTES)
        self._forgotten, self._forgotten_then = forgotten, forgotten()
        self._writes: Recent[str, float] = Recent(SESSIONS)
        self._mirrors_writes = any(route.writes not in (None, "never") for route in settings.route)

    def place(self, exchange: Exchange, client: str, address: str) -> Place:
        """Whose request it is, and which others it waits for; ``client`` is the connection that it came by, from
        ``address``."""
        request = exchange.request
        principal = self._redactor.principal(request.headers)
        session = principal or client
        writes = effective_method(request) not in SAFE_METHODS
        if principal:
            return Place(session, group=principal, track=principal)
        # Behind one address there may be many people: only a write that is mirrored is worth waiting for.
        alone = writes and self._mirrors_writes and not self._policy(exchange, *self._routed(exchange))
        return Place(session, group=address or client, track=client, alone=alone)

    def note_write(self, exchange: Exchange, session: str) -> None:
        """Remember that the session wrote, if it did: what it asks meanwhile may answer otherwise."""
        if effective_method(exchange.request) not in SAFE_METHODS:
            self._writes.put(session, exchange.started + exchange.duration)

    def route_of(self, side: Side, method: str, target: str) -> str:
        """The name of the route that a request belongs to, learned from its path where no inventory knows it."""
        if target == "*":
            return UNNAMED
        return self._table.name_for(side, method, self._sides.relative(side, target))

    def epoch_of(self, route: str) -> Epoch:
        """Where counts belong that no response's version header came with."""
        return epoch_for(self._settings, route, self._settings.legacy.version, self._settings.candidate.version)

    async def examine(self, exchange: Exchange, session: str) -> Examined:
        """Mirror, compare, and say what it proves. Never raises for anything that a request or a response can hold."""
        relative = self._sides.relative(exchange.side, exchange.request.target)
        route, known = self._routed(exchange)
        safe = effective_method(exchange.request) in SAFE_METHODS
        reason = self._skip(exchange, route, session, known=known, safe=safe) or await self._admit(route)
        if reason:
            return self._witness.skipped(exchange, route, reason)
        if safe and route.hopeless():
            return self._witness.skipped(exchange, route, "too-large")
        doubt = _Doubt()
        examined = await self._examined(exchange, route, session, relative, doubt, safe=safe)
        if not doubt.differs or examined.observation.skip == "paused":
            return examined
        return examined._replace(observation=msgspec.structs.replace(examined.observation, unconfirmed=True))

    def may_mirror(self, exchange: Exchange) -> bool:
        """Whether the policy allows to send the request at all."""
        return not self._policy(exchange, *self._routed(exchange))

    def skip(self, exchange: Exchange, reason: SkipReason) -> Examined:
        """What it is that must not be sent, for a reason that is not the policy's."""
        return self._witness.skipped(exchange, self._routed(exchange)[0], reason)

    async def _examined(
        self, exchange: Exchange, route: RouteState, session: str, relative: str, doubt: _Doubt, *, safe: bool
    ) -> Examined:
        try:
            rounds = await self._asker.first(exchange, route, relative, safe=safe)
            route.comparable()
            return await self._judge(rounds, exchange, route, session, relative, doubt, safe=safe)
        except NoAnswerError as error:
            own = exchange if self._asker.stands else msgspec.structs.replace(exchange, response=NOT_ASKED)
            return self._witness.failed(error.other or own, error.exchange, route)
        except HeldError as held:
            return self._witness.skipped(exchange, route, held.reason)
        except StarvedError:
            return self._witness.starved(exchange, route)
        except CredentialsError as error:
            return self._witness.no_credentials(exchange, route, str(error))
        except BodyTooLargeError:
            route.too_large()
            return self._witness.skipped(exchange, route, "too-large")
        except AstrayError:
            return self._witness.skipped(exchange, route, "excluded")
        except UnsendableError:
            return self._witness.unsendable(exchange, route)

    def _routed(self, exchange: Exchange) -> tuple[RouteState, bool]:
        """The route of a request, and whether it may be mirrored at all (with an inventory, only its routes are)."""
        asked, method = exchange.side, exchange.request.method
        relative = self._sides.relative(asked, exchange.request.target)
        known = self._table.match(asked, method, relative)
        route = self._state(known or self._table.name_for(asked, method, relative))
        return route, known is not None or not self._table.has_inventory

    def _skip(self, exchange: Exchange, route: RouteState, session: str, *, known: bool, safe: bool) -> SkipReason:
        if reason := self._policy(exchange, route, known) or self._asker.held(exchange.side, safe=safe):
            return reason
        return "" if sampled(session, route.settings.sample) else "sampled"

    async def _admit(self, route: RouteState) -> SkipReason:
        if self._patient:
            await self._rate.wait()
            await route.rate.wait()
            return ""
        return "" if self._rate.take() and route.rate.take() else "rate"

    def _policy(self, exchange: Exchange, route: RouteState, known: bool) -> SkipReason:
        """Why the request must never be mirrored; "" where it may be."""
        request, methods = exchange.request, self._settings.mirror.methods
        reason = skip_reason(request, route.settings, methods, known=known)
        for method in overriding_methods(request):
            # An application that knows the override does what another route is for, which must be opted in, too.
            other = route_settings(self._settings, f"{method} {route.name.partition(' ')[2]}")
            reason = reason or skip_reason(request, other, methods, known=known)
        return reason  # type: ignore[return-value]  # the policy gives skip reasons

    async def _judge(
        self,
        rounds: list[Answers],
        exchange: Exchange,
        route: RouteState,
        session: str,
        relative: str,
        doubt: _Doubt,
        *,
        safe: bool,
    ) -> Examined:
        answers = rounds[0]
        legacy, candidate = answers.responses
        if same_backend(legacy, candidate):
            comment = "the candidate's answer came from legacy's own gateway"
            return self._witness.unproductive(answers, exchange, route, comment, same_backend=True)
        if _expired(exchange, rounds):
            return self._witness.expired(answers, exchange, route)
        differences = compare(legacy, candidate, route.rules)
        opens = [d for d in differences if d.severity == "difference"]
        if not opens and proves_nothing(legacy, route.settings.expect_status):
            comment = f"both answered {legacy.status}, which proves nothing"
            return self._witness.unproductive(answers, exchange, route, comment)
        distinct = self._witness.distinct(exchange.request, relative, self._asker.asked_as(exchange, answers))
        settled = settle_as(differences, {})
        if opens and safe and self._settings.mirror.confirm:
            doubt.differs = True
            settled = await self._confirmer.confirm(
                differences,
                rounds,
                exchange,
                route,
                relative,
                fates=route.fates(self._witness.epoch(route, exchange, answers)),
                request=distinct,
                last_write=lambda: self._writes.get(session) or 0.0,
            )
            if _expired(exchange, rounds):
                return self._witness.expired(answers, exchange, route)
            refused = any(proves_nothing(each.responses[0], route.settings.expect_status) for each in rounds[1:])
            doubt.differs = settled.raced and refused and not proves_nothing(legacy, route.settings.expect_status)
        # One of each request: a latency that decides must not count the same request again and again.
        latency = [sample for round_ in rounds if (sample := _timing(round_))][:1]
        on_legacy = self._table.translate(route.name, exchange.side, Side.LEGACY, relative) or relative
        cold = _cold_starts(rounds)
        return self._witness.compared(answers, exchange, route, settled, latency, cold, distinct, on_legacy)

    def _state(self, name: str) -> RouteState:
        if (forgotten := self._forgotten()) != self._forgotten_then:
            self._forgotten_then = forgotten
            self._routes = Recent(ROUTES)
        state = self._routes.get(name)
        if state is None:
            settings = route_settings(self._settings, name)
            method, _, path = name.partition(" ")
            if method in {"HEAD", "OPTIONS"} and not route_settings(self._settings, f"GET {path}").mirror:
                # A GET with side effects mostly has them as HEAD, too: many frameworks run the same code for both.
                settings = msgspec.structs.replace(settings, mirror=False)
            rate = RateLimit(settings.rate / self._workers if settings.rate != self._settings.mirror.rate else 0)
            state = RouteState(name, settings, rules_for(self._settings, name), rate)
            self._routes.put(name, state)
        return state


class _Doubt:
    """Whether a pair differs of which nobody knows yet what that is; an exception may leave it so."""

    differs = False


_REFUSED = {401, 403}


def _expired(exchange: Exchange, rounds: list[Answers]) -> bool:
    """Whether the client's credentials have expired since: the side that served the client refuses the worker."""
    served = exchange.response
    if not isinstance(served, Response) or not 200 <= served.status < 400:
        return False
    own = (answers.legacy if exchange.side is Side.LEGACY else answers.candidate for answers in rounds)
    return any(isinstance(one.response, Response) and one.response.status in _REFUSED for one in own)


def _cold_starts(rounds: list[Answers]) -> list[ColdStart]:
    """Each once: a baseline request's first two rounds have one answer of the candidate in common."""
    return list({id(one.candidate): one.cold for one in rounds if one.cold}.values())


def _timing(answers: Answers) -> LatencySample | None:
    """How long both took, in milliseconds; None where the worker did not send both, or one may have been cold."""
    if answers.cold or not answers.timed:
        return None
    return LatencySample(answers.legacy.duration * 1000, answers.candidate.duration * 1000)
