"""Observations of every kind, drawn by a seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, get_args

import msgspec

from shadow.compare.difference import Difference
from shadow.compare.reach import Reach
from shadow.config import Settings
from shadow.evidence.epochs import epoch_for
from shadow.evidence.observation import (
    ColdKind,
    ColdStart,
    Example,
    LatencySample,
    Observation,
    SkipReason,
)
from shadow.exchange import Exchange, Pair, Request, Response, Side

__all__ = ["DAY", "NOW", "POOL", "observations"]

NOW = 1_800_000_000.0
DAY = 86_400.0


def _difference(fingerprint: str, **changed: Any) -> Difference:
    plain = Difference(
        where="body",
        path=f"$.items[3].{fingerprint}",
        pattern=f"$.items[*].{fingerprint}",
        kind="value-changed",
        class_="value",
        severity="difference",
        legacy=1,
        candidate=2,
        summary="1 became 2",
        fingerprint=fingerprint,
    )
    return msgspec.structs.replace(plain, **changed)


POOL = (
    _difference("a"),
    _difference("b", kind="type-changed", class_="number-as-string"),
    _difference("c", where="header", path="etag", pattern="etag", kind="header-changed"),
    _difference("d", where="header", path="x-id", pattern="x-id", kind="header-changed", class_="candidate-unstable"),
    _difference("e", where="status", path="status", pattern="status", kind="status-changed", legacy=200, candidate=500),
    _difference("f", where="status", path="status", pattern="status", kind="status-changed", legacy=200, candidate=401),
    _difference("n", severity="notice", class_="number-lexical"),
)
SILENCE = _difference("t", where="transport", path="transport", pattern="transport", kind="timeout")
MANY = tuple(_difference(f"m{number:03}") for number in range(70))


def observations(
    randomness: random.Random,
    settings: Settings,
    number: int,
    *,
    requests: int = 12,
    versions: Sequence[str] = ("",),
    routes: Sequence[str] = ("GET /a",),
    oldest: int = 20,
    pool: Sequence[Difference] = (),
) -> list[Observation]:
    """So many observations, of so many distinct requests, made at most ``oldest`` days before `NOW`.

    What they show is of the ``pool``, or of some of `POOL`. They are drawn by chance rather than by hypothesis, whose
    own lists are mostly short and plain.
    """
    pool = pool or randomness.sample(POOL, randomness.randint(1, len(POOL)))
    return [
        _observation(randomness, settings, requests, pool, (randomness.choice(routes), randomness.choice(versions)), at)
        for at in (NOW - randomness.randint(0, oldest) * DAY - randomness.randint(0, 9) * 60 for _ in range(number))
    ]


def _observation(
    randomness: random.Random,
    settings: Settings,
    requests: int,
    pool: Sequence[Difference],
    whose: tuple[str, str],
    at: float,
) -> Observation:
    others = ["raced", "unproductive", "skipped", "shed", "failed", "lost"]
    outcome = randomness.choice(["compared"] * 18 + others)
    fields: dict[str, Any] = {"outcome": outcome, "legacy_ok": randomness.random() < 0.8}
    if outcome == "compared":
        fields |= _compared(randomness, requests, pool, at)
    elif outcome == "failed" and randomness.random() < 0.3:
        fields |= {"candidate_error": "timeout", "differences": (SILENCE,)}
    elif outcome in {"skipped", "shed", "failed", "lost"}:
        fields["weight"] = randomness.randint(1, 9)
        if outcome == "skipped":
            fields["skip"] = randomness.choice([reason for reason in get_args(SkipReason) if reason])
        if outcome == "failed":
            fields["candidate_error"] = randomness.choice(["", "no-credentials", "expired"])
    elif outcome == "unproductive":
        fields["same_backend"] = randomness.random() < 0.1
    route, version = whose
    return Observation(epoch=epoch_for(settings, route, "", version), at=at, **fields)


def _compared(randomness: random.Random, requests: int, pool: Sequence[Difference], at: float) -> dict[str, Any]:
    shown = tuple(randomness.sample(pool, randomness.choice([0, 0, 1, min(2, len(pool)), len(pool)])))
    if randomness.random() < 0.02:
        shown = MANY
    if shown and randomness.random() < 0.3:
        # The same group in other words: which of them is kept must not depend on who came first.
        shown = (msgspec.structs.replace(shown[0], summary=randomness.choice(["2 became 3", "0 became 1"])), *shown)
    signature = tuple(sorted({one.fingerprint for one in shown if one.severity == "difference"}))
    said = {one: randomness.choice(["noise", "noise", "", ""]) for one in signature} if shown is not MANY else {}
    digest = randomness.randrange(requests)
    samples = [LatencySample(12.0, randomness.choice([0.5, 12.0, 180.0]))]
    cold = [ColdStart(randomness.choice(get_args(ColdKind)), 700.0)]
    return {
        # Spread over all digests, as those of real requests are.
        "distinct": (digest * 0x9E3779B97F4A7C15F39CC0605CEDC834 % 2**128).to_bytes(16, "big"),
        "differences": shown,
        "signature": signature,
        "noise": tuple(one for one, what in said.items() if what == "noise"),
        "candidate_error": "5xx" if "e" in signature else "",
        "latency": tuple(samples * randomness.choice([0, 1, 2])),
        "cold": tuple(cold * randomness.choice([0, 0, 0, 1])),
        "reach": tuple(randomness.sample(REACHES, randomness.choice([0, 0, 1, 2]))),
        "example": Example(_pair(at), shown) if randomness.random() < 0.5 else None,
    }


REACHES = (Reach("r1", "fits"), Reach("r2", "absent"), Reach("r3", "unfit", "null"))


def _pair(at: float) -> Pair:
    def exchange(side: Side) -> Exchange:
        response = Response(200, [("Content-Type", "application/json")], f'{{"at": {at}}}'.encode())
        return Exchange(side, Request("GET", "/a/1", []), response, at, 0.01)

    return Pair(exchange(Side.LEGACY), exchange(Side.CANDIDATE), answering=Side.LEGACY)
