"""A real `shadow serve`, a store that traffic goes on writing to, and a browser."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

import shadow
from shadow.compare import compare
from shadow.config.load import load_settings
from shadow.evidence.epochs import epoch_for
from shadow.evidence.observation import Example, Observation
from shadow.exchange import Exchange, Pair, Request, Response, Side
from shadow.store import Store, open_store
from tests.browser.conftest import browser, chromium  # noqa: F401 - fixtures

TOML = """\
[legacy]
url = "https://api.test/kong"
[candidate]
url = "https://api.test"
[verdict]
enough = 10
[store]
url = "sqlite:///shadow.db"
"""
PATIENCE = 30.0
"""Seconds until something that should have happened is given up."""

expect.set_options(timeout=PATIENCE * 1000)


@dataclass
class Project:
    """A user's folder."""

    folder: Path
    _seen: int = field(default=0)

    @property
    def config(self) -> Path:
        return self.folder / "shadow.toml"

    @property
    def store(self) -> Path:
        return self.folder / "shadow.db"

    def configure(self, text: str = TOML) -> None:
        """Written at once, as a reader must never find half of it."""
        (self.folder / "next.toml").write_text(text, "utf-8")
        (self.folder / "next.toml").replace(self.config)

    def opened(self) -> Store:
        return open_store(load_settings(self.config), create=True)

    def seen(self, route: str, legacy: Any, candidate: Any, requests: int = 1) -> str:
        """``requests`` more distinct requests, answered with these JSON bodies; the fingerprint of the difference."""
        settings, now = load_settings(self.config), time.time()
        method, _, path = route.partition(" ")
        answers = [
            Response(200, [("Content-Type", "application/json")], json.dumps(body).encode())
            for body in (legacy, candidate)
        ]
        differences = tuple(compare(*answers))
        ours, theirs = (
            Exchange(side, Request(method, base + path, []), answer, now, 0.01)
            for side, answer, base in zip(Side, answers, ("/kong", ""), strict=True)
        )
        observations = []
        for _ in range(requests):
            self._seen += 1
            observations.append(
                Observation(
                    epoch=epoch_for(settings, route, settings.legacy.version, settings.candidate.version),
                    at=now,
                    outcome="compared",
                    legacy_ok=True,
                    distinct=blake2b(str(self._seen).encode(), digest_size=16).digest(),
                    signature=tuple(sorted(found.fingerprint for found in differences)),
                    differences=differences,
                    example=Example(Pair(ours, theirs, Side.LEGACY), differences) if differences else None,
                )
            )
        with self.opened() as store:
            store.record(observations)
        return differences[0].fingerprint if differences else ""


@dataclass
class Served:
    """A running `shadow serve`."""

    process: subprocess.Popen[str]
    line: str
    """What it says first."""

    @property
    def url(self) -> str:
        found = re.search(r"http://\S+", self.line)
        assert found, self.line
        return found[0]

    @property
    def port(self) -> int:
        return int(self.url.rstrip("/").rpartition(":")[2])

    def end(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Its exit code, and what it has said on stderr."""
        self.process.send_signal(how)
        _, errors = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, errors


def _project(folder: Path) -> Project:
    found = Project(folder)
    found.configure()
    return found


@contextmanager
def _starting() -> Iterator[Callable[..., Served]]:
    started: list[subprocess.Popen[str]] = []

    def start(project: Project, *arguments: str, port: int = 0, every: float = 0.1, **environment: str) -> Served:
        command = [sys.executable, "-P", "-m", "shadow", "serve", "--config", str(project.config)]
        process = subprocess.Popen(
            [*command, "--listen", f"127.0.0.1:{port}", "--every", str(every), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | environment,
        )
        started.append(process)
        assert process.stdout is not None
        return Served(process, process.stdout.readline())

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return _project(tmp_path)


@pytest.fixture
def serve(project: Project) -> Iterator[Callable[..., Served]]:
    """`serve("--verbose")` serves the project's report; `port=…` says where, `every=…` how often it looks."""
    with _starting() as start:
        yield lambda *arguments, **options: start(project, *arguments, **options)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Project, str]]:
    """A project and the URL of its report, for tests that each record a route of their own."""
    found = _project(tmp_path_factory.mktemp("shared"))
    with _starting() as start:
        yield found, start(found).url


@pytest.fixture
def other_version(tmp_path: Path) -> dict[str, str]:
    """The environment in which `shadow serve` is of another version: its style sheet has one more rule."""
    package = Path(shadow.__file__).parent
    copy = tmp_path / "other" / "shadow"
    shutil.copytree(package, copy, ignore=shutil.ignore_patterns("__pycache__"))
    with (copy / "report" / "html" / "styles" / "live.css").open("a") as styles:
        styles.write("\n.other { color: inherit; }\n")
    return {"PYTHONPATH": str(copy.parent)}


@pytest.fixture
def hostile_texts() -> list[str]:
    """What runs or loads something wherever it is taken for HTML, for part of a script, or for an attribute."""
    run = "window.owned=1;document.title='owned'"
    return [
        f"</script><script>{run}</script>",
        f'<img src=x onerror="{run}">',
        f"</details></div></section></main><svg onload={run}>",
        f'<iframe srcdoc="<script>parent.{run}</script>"></iframe>',
        f"</style></title></pre></code></textarea><body onpageshow={run}>",
        f'"onfocus="{run}"autofocus="',
        f"'><details open ontoggle={run}>",
        f"<a href=javascript:{run}>x</a><form action=//evil.test><input autofocus onfocus={run}>",
        "<link rel=stylesheet href=//evil.test/x><meta http-equiv=refresh content=0;//evil.test>",
        "<base href=//evil.test><object data=//evil.test></object><embed src=//evil.test>",
        f"--><!--]]>&lt;script>{run}&lt;/script>{{{{ 7*7 }}}}{{% raw %}}",
        f"<template><script>{run}</script></template><noscript><p title='</noscript><img src=x onerror={run}>'>",
        f"<math><mtext><mglyph><style><!--</style><img title='--><img src=x onerror={run}>'>",
    ]


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:  # noqa: F811 - the fixture
    found = browser.new_context(viewport={"width": 1000, "height": 700})
    yield found
    found.close()


@pytest.fixture
def tab(context: BrowserContext) -> Iterator[Page]:
    """A page in which nothing may go wrong: no error of a script, nothing that the policy refuses."""
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console",
        lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None,
    )
    yield page
    assert faults == []
