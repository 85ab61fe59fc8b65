"""A mitmproxy script that looks at the addon from inside: `mitmdump -s addons/shadow.py -s …/soak_probe.py`.

Keeps `probe.json` in the working directory up to date, with the most that ever waited for a worker; once the file
`count` is there, it answers with `counted.json`, which also says how many flows are alive.
"""

from __future__ import annotations

import asyncio
import gc
import json
from pathlib import Path

from mitmproxy import ctx, http

EVERY = 0.05


class Probe:
    def __init__(self) -> None:
        self._watching: asyncio.Task[None] | None = None

    def running(self) -> None:
        self._watching = asyncio.get_running_loop().create_task(self._watch())

    async def _watch(self) -> None:
        told = {"most waiting": 0, "most bytes": 0}
        addon = ctx.master.addons.get("shadowaddon")
        while True:
            await asyncio.sleep(EVERY)
            ledgers = [link.ledger for link in addon._workers]
            told["waiting"] = sum(len(one.waiting) for one in ledgers)
            told["most waiting"] = max(told["most waiting"], told["waiting"])
            told["most bytes"] = max(told["most bytes"], sum(one.bytes for one in ledgers))
            write(told, "probe.json")
            answer_count(told)


def answer_count(told: dict[str, int]) -> None:
    if Path("count").exists():
        gc.collect()
        flows = sum(isinstance(one, http.HTTPFlow) for one in gc.get_objects())
        write(told | {"flows": flows}, "counted.json")
        Path("count").unlink()


def write(told: dict[str, int], name: str) -> None:
    """At once, so that nobody reads half of it."""
    Path("probe.tmp").write_text(json.dumps(told))
    Path("probe.tmp").replace(name)


addons = [Probe()]
