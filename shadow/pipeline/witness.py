"""Says what an exchange has proved: an observation without secrets, and a comment for its flow."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from shadow.compare import Difference, transport_difference
from shadow.compare.reach import Reach
from shadow.config import Settings
from shadow.evidence.coverage import Feature
from shadow.evidence.epochs import epoch_for
from shadow.evidence.observation import (
    CandidateError,
    ColdStart,
    Epoch,
    Example,
    LatencySample,
    Observation,
    SkipReason,
)
from shadow.exchange import Exchange, Pair, Request, Response, Side, TransportFailure, header
from shadow.mirror.translation import side_settings
from shadow.pipeline.asking import Answers, paired
from shadow.pipeline.confirm import Settled
from shadow.pipeline.route_state import RouteState
from shadow.pipeline.surveyor import Surveyor
from shadow.redact import PairRedactor, Redactor

__all__ = ["Examined", "Witness"]


class Examined(NamedTuple):
    """What one exchange has proved, and a line for its flow."""

    observation: Observation
    comment: str
    differs: bool
    silent: Side | None = None
    """The side that gave no answer."""


class Witness:
    """Turns outcomes into observations; one method for each outcome."""

    def __init__(self, settings: Settings, redactor: Redactor) -> None:
        self._settings = settings
        self._redactor = redactor
        self._surveyor = Surveyor(redactor)

    def compared(
        self,
        answers: Answers,
        exchange: Exchange,
        route: RouteState,
        settled: Settled,
        latency: list[LatencySample],
        cold: list[ColdStart],
        distinct: bytes,
        on_legacy: str,
    ) -> Examined:
        """The pair stands, with the differences that are left after confirming; or it raced with a write.

        ``distinct`` is the request's digest (see `distinct`), ``on_legacy`` its target as legacy's template has it.
        """
        legacy, candidate = answers.responses
        if settled.raced:
            return self._observe(
                exchange,
                answers,
                route,
                outcome="raced",
                latency=latency,
                cold=cold,
                comment="raced with a write; proves nothing",
            )
        signature = tuple(sorted({d.fingerprint for d in settled.differences if d.severity == "difference"}))
        error: CandidateError = "5xx" if candidate.status >= 500 > legacy.status else ""
        return self._observe(
            exchange,
            answers,
            route,
            outcome="compared",
            distinct=distinct,
            signature=signature,
            differences=settled.differences,
            noise=settled.noise,
            candidate_error=error,
            latency=latency,
            cold=cold,
            reach=route.reach(legacy, candidate),
            features=self._surveyor.features(
                self.epoch(route, exchange, answers),
                on_legacy,
                exchange.request,
                legacy,
                distinct=distinct,
                at=exchange.started,
            ),
            differs=bool(signature),
        )

    def unproductive(
        self, answers: Answers, exchange: Exchange, route: RouteState, comment: str, *, same_backend: bool = False
    ) -> Examined:
        """Both sides answered, and that proves nothing."""
        cold = [answers.cold] if answers.cold else []
        return self._observe(
            exchange, answers, route, outcome="unproductive", same_backend=same_backend, cold=cold, comment=comment
        )

    def failed(self, exchange: Exchange, failed: Exchange, route: RouteState) -> Examined:
        """A side gave no answer; ``failed`` has its failure."""
        failure = failed.response
        assert isinstance(failure, TransportFailure)
        answered = failed.side is not exchange.side and isinstance(exchange.response, Response)
        answers = paired(exchange, failed) if answered else None
        said = self._redactor.text(failure.message)
        if failed.side is Side.LEGACY:
            examined = self._observe(exchange, answers, route, outcome="failed", comment=f"legacy: {said}")
            return examined._replace(silent=Side.LEGACY)
        examined = self._observe(
            exchange,
            answers,
            route,
            outcome="failed",
            candidate_error=failure.kind,
            differences=(transport_difference(failure),),
            comment=f"candidate: {said}",
            differs=True,
        )
        return examined._replace(silent=Side.CANDIDATE)

    def no_credentials(self, exchange: Exchange, route: RouteState, trouble: str) -> Examined:
        """A side's `auth` gave none, so it was not asked."""
        return self._observe(
            exchange,
            None,
            route,
            outcome="failed",
            candidate_error="no-credentials",
            comment=self._redactor.text(trouble),
        )

    def expired(self, answers: Answers, exchange: Exchange, route: RouteState) -> Examined:
        """The side that served the client refused the worker, so what the other one says proves nothing."""
        comment = f"{exchange.side} no longer takes the client's credentials"
        return self._observe(exchange, answers, route, outcome="failed", candidate_error="expired", comment=comment)

    def unsendable(self, exchange: Exchange, route: RouteState) -> Examined:
        """The request can't be put on the wire."""
        return self._observe(exchange, None, route, outcome="failed", comment="can't be sent to the other side")

    def starved(self, exchange: Exchange, route: RouteState) -> Examined:
        """The time ran out, but it was the worker that had none."""
        return self._observe(exchange, None, route, outcome="failed", comment="the worker was too busy to wait for it")

    def skipped(self, exchange: Exchange, route: RouteState, reason: SkipReason) -> Examined:
        """The other side was not asked."""
        return self._observe(exchange, None, route, outcome="skipped", skip=reason, comment=f"not mirrored ({reason})")

    def _observe(
        self,
        exchange: Exchange,
        answers: Answers | None,
        route: RouteState,
        *,
        outcome: str,
        comment: str = "",
        skip: SkipReason = "",
        distinct: bytes | None = None,
        signature: tuple[str, ...] = (),
        differences: tuple[Difference, ...] = (),
        noise: tuple[str, ...] = (),
        candidate_error: CandidateError = "",
        same_backend: bool = False,
        latency: Iterable[LatencySample] = (),
        cold: Iterable[ColdStart] = (),
        reach: tuple[Reach, ...] = (),
        features: tuple[Feature, ...] = (),
        differs: bool = False,
    ) -> Examined:
        exchanges = (answers.legacy, answers.candidate) if answers else (exchange,)
        pair = self._redactor.pair(*exchanges, route=route.name)
        epoch = self.epoch(route, exchange, answers)
        kept = answers is not None and self._is_kept(epoch, differences, route)
        redacted = tuple(
            route.notice(difference, pair.difference)
            if difference.severity == "notice" and not kept
            else pair.difference(difference)
            for difference in differences
        )
        legacy = answers.legacy.response if answers else (exchange.response if exchange.side is Side.LEGACY else None)
        observation = Observation(
            epoch=epoch,
            at=exchange.started,
            outcome=outcome,  # type: ignore[arg-type]  # the callers above give outcomes
            skip=skip,
            legacy_ok=isinstance(legacy, Response) and 200 <= legacy.status < 400,
            distinct=distinct,
            signature=signature,
            differences=redacted,
            noise=noise,
            candidate_error=candidate_error,
            cold=tuple(cold),
            same_backend=same_backend,
            latency=tuple(latency),
            reach=reach,
            features=features,
            example=_example(pair, exchange.side, redacted) if kept else None,
        )
        return Examined(observation, f"shadow: {route.name}: {comment or _comment(redacted)}", differs)

    def _is_kept(self, epoch: Epoch, differences: tuple[Difference, ...], route: RouteState) -> bool:
        """Whether the pair shows a fingerprint of which the store may still want examples, or all are recorded."""
        wanted = route.wants_example(epoch, differences, self._settings.store.examples)
        return wanted or self._settings.store.record == "all"

    def epoch(self, route: RouteState, exchange: Exchange, answers: Answers | None) -> Epoch:
        """What the exchange's evidence belongs to, by the versions that the answers name."""
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
        epoch = route.epochs.get(key)
        if epoch is None:
            route.epochs.put(key, epoch := epoch_for(self._settings, route.name, *key))
        return epoch

    def distinct(self, request: Request, relative: str, identity: str) -> bytes:
        """The digest by which the same request is known again: method, target, body and principal; 16 bytes."""
        principal = self._redactor.principal_of(identity)
        parts = (request.method, relative, principal)
        return self._redactor.digest(b"\0".join([*(p.encode("utf-8", "surrogateescape") for p in parts), request.body]))


def _example(pair: PairRedactor, answering: Side, differences: tuple[Difference, ...]) -> Example:
    legacy, candidate = pair.exchanges
    return Example(Pair(legacy, candidate, answering=answering), differences)


def _comment(differences: Iterable[Difference]) -> str:
    opens = [d for d in differences if d.severity == "difference"]
    if not opens:
        return "same"
    shown = "; ".join(f"{d.where} {d.path}: {d.class_}" for d in opens[:5])
    return f"differs: {shown}" + (f"; and {len(opens) - 5} more" if len(opens) > 5 else "")
