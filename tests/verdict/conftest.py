"""Evidence in one line: what the tests of this folder start from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from shadow.config import Settings
from shadow.evidence.latency import Latency, bucket
from shadow.evidence.observation import Epoch
from shadow.evidence.route_evidence import DistinctGroup, FingerprintEvidence, RouteEvidence

ROUTE = "GET /orders/{orderId}"
NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC).timestamp()


@pytest.fixture
def now() -> float:
    """Noon of 2026-06-01, UTC, in seconds since the epoch."""
    return NOW


@pytest.fixture
def settings() -> Callable[..., Settings]:
    """`settings(verdict={…}, accept=[{…}])`: the defaults, with these sections."""

    def build(**sections: Any) -> Settings:
        sides = {"legacy": {"url": "https://api.test/kong"}, "candidate": {"url": "https://api.test"}}
        return Settings.model_validate({**sides, **sections})

    return build


@pytest.fixture
def difference() -> Callable[..., FingerprintEvidence]:
    """`difference("f1", where="header", path="etag")`: a changed price, unless said otherwise."""

    def build(fingerprint: str = "f1", **given: Any) -> FingerprintEvidence:
        usual: dict[str, Any] = {
            "where": "body",
            "path": "$.items[*].price",
            "kind": "type-changed",
            "class_": "number-as-string",
            "severity": "difference",
            "summary": 'number 12.5 became string "12.50"',
            "count": 1,
            "first_seen": NOW - 60,
            "last_seen": NOW - 10,
        }
        return FingerprintEvidence(fingerprint=fingerprint, **(usual | given))

    return build


@pytest.fixture
def evidence() -> Callable[..., RouteEvidence]:
    """`evidence({(): 400, ("f1",): 12}, differences, timed=80, slow=2)`: distinct requests by what they have shown."""

    def build(
        groups: dict[tuple[str, ...], int] | None = None,
        differences: tuple[FingerprintEvidence, ...] = (),
        *,
        route: str = ROUTE,
        version: str = "",
        **counters: int,
    ) -> RouteEvidence:
        groups = groups or {}
        timed, slow = counters.pop("timed", 0), counters.pop("slow", 0)
        counted = {name.replace("__", ":").replace("_", "-"): count for name, count in counters.items()}
        return RouteEvidence(
            epoch=Epoch(route, "https://api.test/kong", "https://api.test", "", version, "rules"),
            first_seen=NOW - 3600,
            last_seen=NOW - 5,
            counters={"compared": sum(groups.values()), "ok": sum(groups.values())} | counted,
            distinct=tuple(DistinctGroup(frozenset(names), count) for names, count in groups.items()),
            fingerprints=tuple(differences),
            latency=Latency({(bucket(20.0), bucket(20.0)): timed - slow, (bucket(20.0), bucket(200.0)): slow}),
        )

    return build
