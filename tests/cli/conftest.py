"""A folder with a shadow.toml and a store in which traffic has left its evidence, made by the real comparison."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest

from shadow.cli import main
from shadow.compare import compare
from shadow.config.load import load_settings
from shadow.evidence.epochs import epoch_for
from shadow.evidence.observation import Example, Observation
from shadow.exchange import Exchange, Pair, Request, Response, Side
from shadow.store import open_store
from tests.cli.pseudo_terminal import ABOUT_CI

TOML = """\
# the sides
[legacy]
url = "https://api.test/kong"
[candidate]
url = "https://api.test"

[verdict]
enough = 10   # small staging
"""


@dataclass(frozen=True)
class Project:
    """The working directory of a user; ``capsys`` only where `run` is used."""

    folder: Path
    config: Path
    capsys: pytest.CaptureFixture[str] | None = None

    def seen(self, route: str, legacy: Any, candidate: Any, requests: int = 1, *, at: float | None = None) -> str:
        """``requests`` distinct requests, answered with these JSON bodies; the fingerprint of what differs, or ""."""
        settings = load_settings(self.config)
        method, _, path = route.partition(" ")
        now = time.time() if at is None else at
        answers = {Side.LEGACY: _response(legacy), Side.CANDIDATE: _response(candidate)}
        differences = tuple(compare(answers[Side.LEGACY], answers[Side.CANDIDATE]))
        signature = tuple(sorted({found.fingerprint for found in differences if found.severity == "difference"}))
        exchanges = {
            side: Exchange(side, Request(method, base + path, []), answer, now, 0.01)
            for (side, answer), base in zip(answers.items(), ("/kong", ""), strict=True)
        }
        pair = Pair(exchanges[Side.LEGACY], exchanges[Side.CANDIDATE], answering=Side.LEGACY)
        observations = [
            Observation(
                epoch=epoch_for(settings, route, settings.legacy.version, settings.candidate.version),
                at=now,
                outcome="compared",
                legacy_ok=True,
                distinct=blake2b(f"{route} {signature} {number}".encode(), digest_size=16).digest(),
                signature=signature,
                differences=differences,
                example=Example(pair, differences) if differences else None,
            )
            for number in range(requests)
        ]
        with open_store(settings, create=True) as store:
            store.record(observations)
        return signature[0] if signature else ""

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Exit code, stdout and stderr of `shadow ARGUMENTS`."""
        assert self.capsys is not None
        self.capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        assert isinstance(ended.value.code, int)
        return (ended.value.code, *self.capsys.readouterr())


def _response(body: Any) -> Response:
    return Response(200, [("Content-Type", "application/json")], json.dumps(body).encode())


@pytest.fixture
def project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Project]:
    """`project()`: a working directory with a shadow.toml; `project(text, "pyproject.toml")`: another file."""
    monkeypatch.delenv("SHADOW_CONFIG", raising=False)
    for name in ("FORCE_COLOR", *ABOUT_CI):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    def build(text: str = TOML, name: str = "shadow.toml") -> Project:
        return project_in(tmp_path, text, name, capsys)

    return build


def project_in(
    folder: Path, text: str = TOML, name: str = "shadow.toml", capsys: pytest.CaptureFixture[str] | None = None
) -> Project:
    (folder / name).write_text(text, "utf-8", newline="")
    return Project(folder, folder / name, capsys)
