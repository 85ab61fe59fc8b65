"""100,000 requests through one proxy: does it leak, and does its ledger add up? `make soak` (some minutes).

First with a candidate that answers, then (a tenth as many) with one that hangs and a small queue. Memory of mitmdump,
of its worker and of the process that writes the report is looked at every second; what they hold after the first fifth
of the requests counts as warm. Exits with 1 where something grows by 20 MB from there, where a flow stays alive, where
the queue holds more than it may, where a client got a wrong answer, or where a request is not accounted for.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from tests.benchmarks import servers
from tests.benchmarks.counts import OUTCOMES, counted
from tests.benchmarks.processes import ROOT, ended, family, free_port, resident, started, wait_for_port, wait_until
from tests.benchmarks.soak_clients import Clients

WARM = 0.2
YOUNG = 10.0
"""Seconds for which a process still grows up: the reporter, for one, starts long after the load."""
MAY_GROW = 20.0
"""MB."""
MAY_LIVE = 5
"""Flows."""
SETTLE = 300.0
"""Seconds for the worker to work off what waits at the end of the load."""
ROLES = ("mitmdump", "worker", "reporter")
CONFIG = """
[legacy]
url = "http://127.0.0.1:{legacy}/kong"
[candidate]
url = "http://127.0.0.1:{candidate}"
timeout = 5.0
[proxy]
listen = "127.0.0.1:{port}"
queue = {queue}
queue_bytes = {queue_bytes}
"""


class Memory:
    """What each process holds, in MB, before and after it was warm."""

    def __init__(self) -> None:
        self.warm: defaultdict[str, list[float]] = defaultdict(list)
        self.peak: defaultdict[str, float] = defaultdict(float)
        self._since: dict[int, float] = {}

    async def watch(self, pid: int, clients: Clients) -> None:
        while True:
            # Told apart by who is whose child; one that dies is replaced under another id.
            for role, one in zip(ROLES, family(pid), strict=False):
                held = resident(one) / 1e6
                self.peak[role] = max(self.peak[role], held)
                age = time.monotonic() - self._since.setdefault(one, time.monotonic())
                if age >= YOUNG and clients.started >= WARM * clients.total:
                    self.warm[role].append(held)
            await asyncio.sleep(1.0)

    def growth(self, role: str) -> float:
        """MB, from the first tenth of the samples to the last, so that one sample alone decides nothing."""
        held = self.warm[role]
        some = max(1, len(held) // 10)
        return median(held[-some:]) - median(held[:some]) if held else 0.0


class Phase:
    """One proxy between two sides, and everything that is asked of it."""

    def __init__(self, name: str, folder: Path, total: int, *, queue: int, queue_bytes: int) -> None:
        self.name, self.folder = name, folder
        self.queue, self.queue_bytes = queue, queue_bytes
        self.port = free_port()
        self.clients = Clients(self.port, total)
        self.memory = Memory()
        self.seconds = 0.0
        folder.mkdir()

    def run(self, legacy: int, candidate: int, *, settles: bool) -> list[str]:
        """Drive the traffic; what was wrong, empty where all is well."""
        config = self.folder / "shadow.toml"
        config.write_text(
            CONFIG.format(
                legacy=legacy, candidate=candidate, port=self.port, queue=self.queue, queue_bytes=self.queue_bytes
            )
        )
        log = self.folder / "mitmdump.log"
        scripts = [ROOT / "addons" / "shadow.py", Path(__file__).with_name("soak_probe.py")]
        mitmdump = str(Path(sys.executable).with_name("mitmdump"))
        process = started([mitmdump, "-q", *(part for script in scripts for part in ("-s", str(script)))], log)
        try:
            wait_for_port(process, self.port, log)
            asyncio.run(self._load(process.pid))
            if settles and not wait_until(lambda: self._probe("probe.json")["waiting"] == 0, SETTLE):
                print(f"after {SETTLE:g} s there are still exchanges waiting")
            (self.folder / "count").touch()
            wait_until((self.folder / "counted.json").exists, 30)
            probe = self._probe("counted.json")
        finally:
            ended(process)
        return self._print(probe, log.read_text(errors="replace"), settles=settles)

    async def _load(self, pid: int) -> None:
        start = time.monotonic()
        watching = asyncio.create_task(self.memory.watch(pid, self.clients))
        telling = asyncio.create_task(self._tell())
        await self.clients.run()
        self.seconds = time.monotonic() - start
        watching.cancel()
        telling.cancel()

    async def _tell(self) -> None:
        while True:
            await asyncio.sleep(10)
            print(f"{self.name}: {self.clients.started:,} of {self.clients.total:,}", file=sys.stderr, flush=True)

    def _probe(self, name: str) -> dict[str, int]:
        told: dict[str, int] = json.loads((self.folder / name).read_text())
        return told

    def _print(self, probe: dict[str, int], log: str, *, settles: bool) -> list[str]:
        clients, requests = self.clients, counted(self.folder / "shadow.toml")
        print(f"\n## {self.name}: {clients.total:,} requests in {self.seconds:.0f} s\n")
        print(f"| clients | {' | '.join(clients.did)} | wrong answers |")
        print("|---" * (len(clients.did) + 2) + "|")
        print(f"| requests | {' | '.join(f'{n:,}' for n in clients.did.values())} | {clients.wrong} |")
        print(f"\n| ledger | reached the proxy | seen | {' | '.join(OUTCOMES)} |")
        print("|---" * (len(OUTCOMES) + 3) + "|")
        numbers = " | ".join(f"{requests[outcome]:,}" for outcome in OUTCOMES)
        print(f"| requests | {clients.reached:,} | {requests['seen']:,} | {numbers} |")
        print("\n| memory, MB | warm | at the end | growth | peak |\n|---|---|---|---|---|")
        for role in ROLES:
            held, growth = self.memory.warm[role] or [0.0], self.memory.growth(role)
            print(f"| {role} | {held[0]:.1f} | {held[-1]:.1f} | {growth:+.1f} | {self.memory.peak[role]:.1f} |")
        print(
            f"\nAt most {probe['most waiting']:,} of {self.queue:,} exchanges and {probe['most bytes']:,} of "
            f"{self.queue_bytes:,} bytes waited; {probe['flows']} flows are alive at the end."
        )
        checks = {
            f"{clients.wrong} clients got a wrong answer, or none": clients.wrong == 0,
            f"{clients.reached:,} requests reached the proxy, it says {requests['seen']:,}": clients.reached
            == requests["seen"]
            == sum(requests[outcome] for outcome in OUTCOMES),
            f"{probe['flows']} flows stay alive": probe["flows"] <= MAY_LIVE,
            "the queue held more than it may": probe["most waiting"] <= self.queue
            and probe["most bytes"] <= self.queue_bytes,
            "nothing was shed": settles or requests["shed"] > 0,
            "nothing was compared": not settles or requests["compared"] > 0,
            f"a fault was logged:\n{log}": "Traceback" not in log and "fault of shadow" not in log,
            **{
                f"{role} has grown by {self.memory.growth(role):.1f} MB": self.memory.growth(role) < MAY_GROW
                for role in ROLES
            },
        }
        return [f"{self.name}: {what}" for what, good in checks.items() if not good]


def main() -> int:
    parser = argparse.ArgumentParser(description="Many requests through one proxy: does it leak, does it add up?")
    parser.add_argument("--requests", type=int, default=100_000)
    total = parser.parse_args().requests
    with tempfile.TemporaryDirectory(prefix="shadow-soak-") as name, ExitStack() as stack:
        folder = Path(name)
        legacy, candidate = (stack.enter_context(servers.scripted(folder, side)) for side in ("legacy", "candidate"))
        hanging = stack.enter_context(servers.hanging(folder))
        answering = Phase("a candidate that answers", folder / "answers", total, queue=2000, queue_bytes=16 << 20)
        stalled = Phase("a candidate that hangs", folder / "hangs", max(1, total // 10), queue=200, queue_bytes=1 << 20)
        wrong = answering.run(legacy, candidate, settles=True) + stalled.run(legacy, hanging, settles=False)
    print("\n**" + ("failed**: " + "; ".join(wrong) if wrong else "passed**"))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
