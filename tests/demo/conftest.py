"""The demo's sides as real processes, with a client for each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from shadow.demo.processes import side
from shadow.demo.routes import ROUTES
from shadow.demo.tokens import mint


class Clients(NamedTuple):
    """A client for each side, whose base URL is the side's, with a player's token."""

    legacy: httpx.Client
    candidate: httpx.Client


@contextmanager
def both_sides(folder: Path, *, fixed: bool) -> Iterator[Clients]:
    with ExitStack() as stack:
        legacy = stack.enter_context(side("legacy", folder))
        arguments = [
            "--corrected",
            *(planted.route for planted in ROUTES if fixed),
            "--legacy",
            f"http://{legacy}/kong",
        ]
        candidate = stack.enter_context(side("candidate", folder, *arguments))

        def client(url: str) -> httpx.Client:
            headers = {"Authorization": f"Bearer {mint('player-03')}"}
            return stack.enter_context(httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=10))

        yield Clients(client(f"http://{legacy}/kong"), client(f"http://{candidate}"))


@pytest.fixture(scope="session")
def sides(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    """Legacy, and the candidate as it was first ported."""
    with both_sides(tmp_path_factory.mktemp("first-port"), fixed=False) as clients:
        yield clients


@pytest.fixture(scope="session")
def fixed_sides(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    """Legacy, and the corrected candidate."""
    with both_sides(tmp_path_factory.mktemp("fixed"), fixed=True) as clients:
        yield clients
