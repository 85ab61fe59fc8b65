"""Settings for a store in a temporary folder, and observations to put into it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shadow.compare.difference import Difference
from shadow.config import Settings
from shadow.evidence.epochs import epoch_for
from shadow.evidence.observation import Example, Observation
from shadow.exchange import Exchange, Pair, Request, Response, Side

NOW = 1_800_000_000.0


def make_settings(file: Path | str, **sections: Any) -> Settings:
    """Settings whose store is that file (or URL); sections are merged into shadow.toml's."""
    url = str(file) if "://" in str(file) else f"sqlite:///{file}"
    data: dict[str, Any] = {
        "legacy": {"url": "https://api.example.com/kong"} | sections.pop("legacy", {}),
        "candidate": {"url": "https://api.example.com"} | sections.pop("candidate", {}),
        "store": {"url": url} | sections.pop("store", {}),
    }
    return Settings.model_validate(data | sections)


def make_difference(fingerprint: str = "aaaaaaaaaaaa", **changed: Any) -> Difference:
    plain = Difference(
        where="body",
        path=f"$.items[3].{fingerprint}",
        pattern=f"$.items[*].{fingerprint}",
        kind="type-changed",
        class_="number-as-string",
        severity="difference",
        legacy=12.5,
        candidate="12.50",
        summary='number 12.5 became string "12.50"',
        fingerprint=fingerprint,
    )
    return msgspec.structs.replace(plain, **changed)


def make_pair(at: float = NOW, body: bytes = b'{"price": 12.5}') -> Pair:
    def exchange(side: Side) -> Exchange:
        request = Request("GET", "/orders/1", [("Accept", "application/json")])
        return Exchange(side, request, Response(200, [("Content-Type", "application/json")], body), at, 0.01)

    return Pair(exchange(Side.LEGACY), exchange(Side.CANDIDATE), answering=Side.LEGACY)


def make_observation(
    settings: Settings,
    request: int | bytes = 0,
    *shown: str | Difference,
    route: str = "GET /orders",
    at: float = NOW,
    versions: tuple[str, str] | None = None,
    example: bool = False,
    **changed: Any,
) -> Observation:
    """What a request (numbered, or its digest) has shown: compared, unless ``changed`` says otherwise."""
    legacy, candidate = versions or (settings.legacy.version, settings.candidate.version)
    differences = tuple(d if isinstance(d, Difference) else make_difference(d) for d in shown)
    compared = changed.get("outcome", "compared") == "compared"
    fields: dict[str, Any] = {
        "outcome": "compared",
        "legacy_ok": True,
        "distinct": (request if isinstance(request, bytes) else request.to_bytes(16, "big")) if compared else None,
        "signature": tuple(sorted({d.fingerprint for d in differences if d.severity == "difference"})),
        "differences": differences,
        "example": Example(make_pair(at), differences) if example else None,
    }
    return Observation(epoch=epoch_for(settings, route, legacy, candidate), at=at, **(fields | changed))


@pytest.fixture(scope="session")
def settings_for() -> Callable[..., Settings]:
    return make_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path / "shadow.db")


@pytest.fixture(scope="session")
def observe() -> Callable[..., Observation]:
    return make_observation


@pytest.fixture(scope="session")
def differ() -> Callable[..., Difference]:
    return make_difference


@pytest.fixture(scope="session")
def pair() -> Callable[..., Pair]:
    return make_pair


@pytest.fixture(scope="session")
def now() -> float:
    """A moment, in seconds since the epoch, at which most observations are made."""
    return NOW
