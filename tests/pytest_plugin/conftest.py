"""pytest runs within pytest, in a folder with a shadow.toml and a store with real evidence."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from hashlib import blake2b
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from shadow.compare import compare
from shadow.config.load import load_settings
from shadow.evidence.epochs import epoch_for
from shadow.evidence.observation import Example, Observation
from shadow.exchange import Exchange, Pair, Request, Response, Side
from shadow.store import open_store

TOML = """\
[legacy]
url = "https://api.test/kong"
[candidate]
url = "https://api.test"
version = "7"
[verdict]
enough = 10
"""
INSTALLED = bool(entry_points(group="pytest11", name="shadow"))
"""Whether pytest finds the plugin by itself; it is not there before shadow has been installed (again)."""
PLUGIN = () if INSTALLED else ("-p", "shadow.pytest_plugin")
QUIET = ("-p", "no:benchmark", "-p", "no:anyio", "-W", "error")
"""Without what others' plugins print; any warning is an error."""


@dataclass(frozen=True)
class Run:
    """A user's folder, and pytest in it."""

    pytester: pytest.Pytester

    @property
    def folder(self) -> Path:
        return self.pytester.path

    def configure(self, text: str = TOML, name: str = "shadow.toml") -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        return file

    def seen(self, route: str, legacy: Any, candidate: Any, requests: int = 1, *, statuses: Any = (200, 200)) -> None:
        """``requests`` distinct requests, answered with these JSON bodies, as the worker would have recorded them."""
        settings = load_settings(self.folder / "shadow.toml")
        method, _, path = route.partition(" ")
        now = time.time()
        answers = [
            Response(status, [("Content-Type", "application/json")], json.dumps(body).encode())
            for status, body in zip(statuses, (legacy, candidate), strict=True)
        ]
        differences = tuple(compare(*answers))
        signature = tuple(sorted({found.fingerprint for found in differences if found.severity == "difference"}))
        ours, theirs = (
            Exchange(side, Request(method, base + path, []), answer, now, 0.01)
            for side, answer, base in zip(Side, answers, ("/kong", ""), strict=True)
        )
        observations = [
            Observation(
                epoch=epoch_for(settings, route, settings.legacy.version, settings.candidate.version),
                at=now,
                outcome="compared",
                legacy_ok=answers[0].status < 400,
                distinct=blake2b(f"{route} {signature} {number}".encode(), digest_size=16).digest(),
                signature=signature,
                differences=differences,
                example=Example(Pair(ours, theirs, Side.LEGACY), differences) if differences else None,
            )
            for number in range(requests)
        ]
        with open_store(settings, create=True) as store:
            store.record(observations)

    def three_routes(self) -> None:
        """One ready, one not ready, one inconclusive."""
        self.configure()
        self.seen("GET /ready", {"x": 1}, {"x": 1}, 12)
        self.seen("GET /orders/{orderId}", {"items": [{"price": 1.5}]}, {"items": [{"price": "1.5"}]}, 3)
        self.seen("GET /few", {"x": 1}, {"x": 1}, 3)

    def pytest(self, *arguments: str) -> pytest.RunResult:
        return self.pytester.runpytest_inprocess(*PLUGIN, *QUIET, *arguments)

    def process(self, *arguments: str) -> pytest.RunResult:
        """The same in a process of its own, as pytest-xdist and everything about imports need it."""
        return self.pytester.runpytest_subprocess(*PLUGIN, *QUIET, *arguments)


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    # Where CI or BUILD_NUMBER is set, pytest cuts no line short: not what a user sees, nor what the docs show.
    for name in ("SHADOW_CONFIG", "CI", "BUILD_NUMBER"):
        monkeypatch.delenv(name, raising=False)
    return Run(pytester)


@pytest.fixture
def plugin_arguments() -> tuple[str, ...]:
    return PLUGIN


@pytest.fixture
def toml() -> str:
    return TOML
