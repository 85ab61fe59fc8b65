"""A replay between two real HTTP servers."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from shadow.config import Settings
from shadow.config.load import load_settings
from shadow.recordings import recordings_of
from shadow.replay.ledger import Done, run_name
from shadow.replay.options import Options
from shadow.replay.run import Replay
from shadow.replay.tally import Tally
from shadow.report.build import document
from shadow.report.json_report import as_dict
from shadow.store import open_store
from tests.e2e.conftest import Answer, Backend


def echo(handler: BaseHTTPRequestHandler) -> tuple[int, list[tuple[str, str]], bytes]:
    """The path below `/kong`, which is the same on both sides."""
    body = json.dumps({"path": handler.path.removeprefix("/kong"), "n": 1}).encode()
    return 200, [("Content-Type", "application/json")], body


class Bench:
    """Both sides, a shadow.toml between them, and recordings in the same folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.legacy, self.candidate = Backend(echo), Backend(echo)
        self.said: list[str] = []
        self.configure("")

    def configure(self, more: str, *, legacy: str = "", candidate: str = "", key: str = "k" * 32) -> None:
        (self.folder / "shadow.toml").write_text(
            f'[legacy]\nurl = "{self.legacy.url}/kong"\n{legacy}\n[candidate]\nurl = "{self.candidate.url}"\n'
            f'version = "v1"\n{candidate}\n[redact]\nkey = "{key}"\n{more}\n'
        )

    @property
    def settings(self) -> Settings:
        return load_settings(self.folder / "shadow.toml")

    def answer(self, *, legacy: Answer | None = None, candidate: Answer | None = None) -> None:
        self.legacy.answer = legacy or self.legacy.answer
        self.candidate.answer = candidate or self.candidate.answer

    def record(self, *entries: dict[str, Any], name: str = "recording.jsonl") -> Path:
        """One of our own recordings; `url` may leave the server out."""
        path = self.folder / name
        path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
        return path

    def urls(self, *paths: str, name: str = "urls.txt") -> Path:
        path = self.folder / name
        path.write_text("".join(f"{self.legacy.url}/kong{each}\n" for each in paths))
        return path

    def prepare(self, *files: Path, resume: bool = False, **options: Any) -> Replay:
        """A replay that may be run, once, in an event loop."""
        settings, chosen = self.settings, Options(**options)
        recordings = recordings_of([str(file) for file in files])
        run = run_name(recordings, chosen, settings)
        with open_store(settings, create=True) as store:
            if not resume:
                store.strike_out(run)
            done = Done(store.ledger(run))
        return Replay(settings, chosen, recordings, run, done, Tally(), self.said.append)

    def replay(self, *files: Path, resume: bool = False, **options: Any) -> Replay:
        async def go() -> Replay:
            replay = self.prepare(*files, resume=resume, **options)
            await replay.run()
            return replay

        return asyncio.run(go())

    def evidence(self) -> dict[str, Any]:
        """What the store says of each route, without what depends on the clock."""
        settings = self.settings
        with open_store(settings) as store:
            found = as_dict(document(settings, store, time.time()))
        return {
            route["route"]: {
                "requests": route["requests"],
                "divergence": route["divergence"]["distinct"],
                "differences": [
                    (one["path"], one["class"], one["count"], one["distinct"]) for one in route["differences"]
                ],
                "errors": route["candidate_errors"],
            }
            for route in found["routes"]
        }

    def close(self) -> None:
        self.legacy.close()
        self.candidate.close()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.close()


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Callable[[str], Bench]]:
    """One more of them, in a folder of that name."""
    made: list[Bench] = []

    def make(name: str) -> Bench:
        folder = tmp_path / name
        folder.mkdir()
        made.append(Bench(folder))
        return made[-1]

    yield make
    for each in made:
        each.close()
