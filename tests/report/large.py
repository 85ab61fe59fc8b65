"""Documents as large as one likes, of values that look like those of real traffic; the same at every call."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Iterator
from typing import Any

from shadow.compare.difference import Difference
from shadow.config.settings import Accept
from shadow.evidence.observation import Example
from shadow.evidence.route_evidence import FingerprintEvidence
from shadow.exchange import Exchange, Pair, Request, Response, Side
from shadow.report.document import Document
from shadow.verdict.model import (
    Divergence,
    JudgedDifference,
    LatencySummary,
    Quantiles,
    Reason,
    RouteVerdict,
    Status,
    Verdict,
)

__all__ = ["NOW", "large_document", "large_route"]

NOW = dt.datetime(2026, 11, 23, 10, 0, tzinfo=dt.UTC).timestamp()
_METHODS = ("GET", "GET", "GET", "POST", "PUT", "DELETE")
_NOUNS = (
    "order", "user", "invoice", "coupon", "address", "payment", "shipment", "product", "review", "basket", "tariff",
    "session", "message", "device", "ticket", "contract",
)  # fmt: skip
_FIELDS = (
    "id", "createdAt", "updatedAt", "total", "price", "currency", "state", "name", "email", "phone", "street", "city",
    "zip", "count", "weight", "sku", "discount", "tax", "note", "owner", "locale", "version", "active", "score",
)  # fmt: skip
_STATUSES: tuple[Status, ...] = ("open",) * 7 + ("accepted", "noise", "notice")
_DISTINCT = 4_000
_PAIRS = 8
"""Different pairs of each route, which its differences share."""


def large_document(routes: int = 200, fingerprints: int = 500, *, examples: int = 2) -> Document:
    """Each route with that many groups of differences, and each of these with so many examples."""
    verdicts = tuple(large_route(number, fingerprints, examples=examples) for number in range(routes))
    return Document(
        generated_at=NOW,
        legacy="https://api.staging.example.com/kong",
        candidate="https://api.staging.example.com",
        candidate_version="2026.47.1",
        verdicts=verdicts,
        settings_source="/srv/app/shadow.toml",
    )


def large_route(number: int = 0, fingerprints: int = 500, *, examples: int = 2) -> RouteVerdict:
    """One route of `large_document`."""
    chance = random.Random(number)
    noun, other = chance.sample(_NOUNS, 2)
    route = f"{chance.choice(_METHODS)} /v{number % 7}/{noun}s/{{{noun}Id}}/{other}s/{number}"
    pairs = [_pair(route, chance) for _ in range(_PAIRS)]
    found = [_judged(place, chance, pairs, examples) for place in range(fingerprints)]
    found.sort(key=lambda judged: (("open", "accepted", "noise", "notice").index(judged.status), -judged.share))
    differing = max((judged.distinct for judged in found), default=0)
    sentence = f"{differing:,} of {_DISTINCT:,} distinct requests differ; that is far more than 1%"
    timed = Quantiles(18.2, 44.0, 97.5)
    return RouteVerdict(
        route=route,
        verdict=Verdict.NOT_READY if found else Verdict.READY,
        required=True,
        reasons=(Reason("divergence", sentence),) if found else (),
        summary=sentence,
        requests={"seen": 9_000, "compared": 8_000, "distinct": _DISTINCT, "raced": 2},
        skipped={"sampled": 20},
        divergence=Divergence(distinct=differing, rate=differing / _DISTINCT, upper=0.9, confidence=0.95, needed=0),
        latency=LatencySummary(legacy_ms=timed, candidate_ms=timed, cold=3, timed=400, slow=0.01),
        candidate_errors={"timeout": 0, "connection": 0, "5xx": 0},
        differences=tuple(found),
        candidate_version="2026.47.1",
        first_seen=NOW - 5 * 86_400,
        last_seen=NOW - 60,
    )


def _judged(place: int, chance: random.Random, pairs: list[Pair], examples: int) -> JudgedDifference:
    kind, class_, legacy, candidate = _mismatch(chance)
    path = f"$.{chance.choice(_NOUNS)}s[*].{chance.choice(_FIELDS)}.{chance.choice(_FIELDS)}{place}"
    summary = f"{json.dumps(legacy)} became {json.dumps(candidate)}"
    status = chance.choice(_STATUSES)
    distinct = chance.randrange(1, 3_000)
    difference = Difference(
        where="body", path=path.replace("[*]", "[1]"), pattern=path, kind=kind, class_=class_,
        severity="notice" if status == "notice" else "difference", legacy=legacy, candidate=candidate,
        summary=summary, fingerprint=f"{chance.getrandbits(48):012x}",
    )  # fmt: skip
    evidence = FingerprintEvidence(
        fingerprint=difference.fingerprint, where="body", path=path, kind=kind, class_=class_,
        severity=difference.severity, summary=summary, count=distinct * 2, noise=3 if status == "noise" else 0,
        first_seen=NOW - chance.randrange(90_000, 400_000), last_seen=NOW - chance.randrange(60, 80_000),
        examples=tuple(Example(pairs[(place + turn) % len(pairs)], (difference,)) for turn in range(examples)),
    )  # fmt: skip
    accepted = Accept(path=path, reason="clients ignore it (API-123)", until=dt.date(2027, 3, 1))
    return JudgedDifference(
        evidence=evidence,
        status=status,
        distinct=distinct,
        share=distinct / _DISTINCT,
        accepted_by=accepted if status == "accepted" else None,
    )


def _mismatch(chance: random.Random) -> tuple[Any, str, Any, Any]:
    number = chance.randrange(100_000) / 100
    mismatches: tuple[tuple[Any, str, Any, Any], ...] = (
        ("type-changed", "number-as-string", number, f"{number:.2f}"),
        ("value-changed", "date-format", "2026-11-23T10:00:00.000Z", "2026-11-23T10:00:00+00:00"),
        ("value-changed", "value", f"{chance.getrandbits(32):x}", f"{chance.getrandbits(32):x}"),
        ("type-changed", "null", None, ""),
        ("missing", "missing", int(number), None),
    )
    return chance.choice(mismatches)


def _pair(route: str, chance: random.Random) -> Pair:
    method, template = route.split(" ")
    target = template.replace("{", "").replace("}", str(chance.randrange(10_000)))
    answers = list(_answers(chance))
    sent = [("accept", "application/json"), ("authorization", "[redacted string:3f9a11c0]")]
    legacy, candidate = (
        Response(200, [("content-type", "application/json"), ("x-request-id", f"{chance.getrandbits(64):x}")], answer)
        for answer in answers
    )
    return Pair(
        Exchange(Side.LEGACY, Request(method, f"/kong{target}", sent), legacy, NOW - 60, 0.02),
        Exchange(Side.CANDIDATE, Request(method, target, sent), candidate, NOW - 60, 0.03),
        Side.LEGACY,
    )


def _answers(chance: random.Random) -> Iterator[bytes]:
    """Two bodies of about 2 KB, which differ in every fourth item."""
    items = [{name: f"{name} {chance.randrange(1_000)}" for name in chance.sample(_FIELDS, 5)} for _ in range(16)]
    yield json.dumps({"items": items, "page": 1}).encode()
    for item in items[::4]:
        item["total"] = f"{chance.randrange(1_000)}.00"
    yield json.dumps({"items": items, "page": 1}).encode()
