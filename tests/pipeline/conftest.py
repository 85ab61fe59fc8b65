"""Two real servers with an examiner between them: what comes of client requests, without a proxy."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from shadow.config.load import load_settings
from shadow.evidence.observation import Observation
from shadow.exchange import Exchange, Request, Response, Side
from shadow.mirror.client import SideClient
from shadow.mirror.translation import side_settings
from shadow.pipeline.examine import Examiner
from shadow.pipeline.lag import Lateness
from shadow.redact import Redactor
from shadow.routes import RouteTable

JSON = [("Content-Type", "application/json")]


def body(value: int | bytes) -> bytes:
    """Numbers of which none is ten times another: that would be a difference of another class. Bytes are themselves."""
    if isinstance(value, bytes):
        return value
    return b'{"x": %d}' % (100_003 + value)


class Sides:
    """Two servers and an examiner between them; ``asked`` has how many requests each server has got.

    What they say are numbers; ``answer`` of the servers themselves takes anything else.
    """

    def __init__(self, folder: Path, scripted: Callable[..., Any]) -> None:
        self.legacy, self.candidate = scripted(), scripted()
        self._folder = folder

    def wire(self, value: int) -> bytes:
        text = body(value)
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(text)
        return head + text

    def legacy_says(self, *values: int) -> None:
        """The answers to its next requests, the last one for ever."""
        self.legacy.answer(*[b""] * len(self.legacy.requests), *map(self.wire, values))

    def candidate_says(self, *values: int) -> None:
        self.candidate.answer(*[b""] * len(self.candidate.requests), *map(self.wire, values))

    def examine(
        self,
        *served: int | bytes,
        mirror: str = "baseline = 0",
        candidate: str = "",
        together: bool = False,
        wrote: float | None = None,
        forget_after: int | None = None,
    ) -> Any:
        """The observations that come of requests of distinct targets, which legacy has answered with these values.

        ``wrote``: so many seconds from now their session also writes something. ``forget_after``: so many requests
        later all evidence is forgotten.
        """
        config = self._folder / "shadow.toml"
        config.write_text(
            f'[legacy]\nurl = "{self.legacy.url}/kong"\n[candidate]\nurl = "{self.candidate.url}"\n{candidate}\n'
            f"[mirror]\n{mirror}\n"
        )
        return asyncio.run(
            self._examine(load_settings(config), served, together=together, wrote=wrote, forget_after=forget_after)
        )

    async def _examine(
        self,
        settings: Any,
        served: tuple[int, ...],
        *,
        together: bool,
        wrote: float | None,
        forget_after: int | None,
    ) -> list[Observation]:
        async with AsyncExitStack() as stack:
            clients = {
                side: await stack.enter_async_context(
                    SideClient(side, side_settings(settings, side), connections=5, max_body=10_000)
                )
                for side in Side
            }
            lateness = await stack.enter_async_context(Lateness())
            found: list[Any] = []
            examiner = Examiner(
                settings,
                RouteTable.from_settings(settings),
                Redactor(b"key" * 11),
                clients,
                lateness,
                forgotten=lambda: "" if forget_after is None or len(found) < forget_after else "now",
            )
            exchanges = [
                Exchange(
                    Side.LEGACY,
                    Request("GET", f"/kong/a?n={number}", [("Host", "h")]),
                    Response(200, [("Content-Type", "application/json")], body(value)),
                    time.time(),
                    0.01,
                )
                for number, value in enumerate(served)
            ]
            if wrote is not None:
                write = Exchange(
                    Side.LEGACY, Request("PATCH", "/kong/a", []), Response(204, []), time.time() + wrote, 0.0
                )
                examiner.note_write(write, "someone")
            if together:
                found = await asyncio.gather(*(examiner.examine(each, "someone") for each in exchanges))
            else:
                for each in exchanges:
                    found.append(await examiner.examine(each, "someone"))
            return [examined.observation for examined in found]

    @property
    def asked(self) -> tuple[int, int]:
        return len(self.legacy.requests), len(self.candidate.requests)


@pytest.fixture
def sides(tmp_path: Path, scripted: Callable[..., Any]) -> Sides:
    return Sides(tmp_path, scripted)
