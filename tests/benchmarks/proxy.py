"""What the proxy costs its clients, beside bare mitmdump: `make bench-proxy` (about 12 minutes).

In one run, against a fast server on loopback that answers 1 KB of JSON:

- *direct*: no proxy; *nginx mirror*: nginx with its own `mirror` directive, which copies requests and compares nothing;
- *bare*: `mitmdump -q --mode reverse:…`;
- *addon*: the same with `-s addons/shadow.py`, everything mirrored and compared; *lean*: with ``proxy.lean = true``;
  *run*: `shadow run`; each with a candidate that is healthy, hangs, refuses, or answers 10 MB.

All are started once. Then, in each round and for each kind of candidate, they take turns under the same load, those
that are not under load held still by SIGSTOP with their workers. The machine changes from minute to minute, so what
counts is the median over the rounds of each one's ratio to the bare mitmdump of the same turn.

Latencies are those of requests that start at fixed times, at 35% and 70% of the rate that bare took when saturated.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections import defaultdict
from contextlib import ExitStack, nullcontext
from pathlib import Path

from tests.benchmarks import servers
from tests.benchmarks.counts import counted
from tests.benchmarks.load import Outcome, at_rate, saturated
from tests.benchmarks.processes import (
    ROOT,
    START_SECONDS,
    cpu_seconds,
    ended,
    family,
    free_port,
    held_still,
    niceness,
    started,
    wait_for_port,
    wait_until,
)
from tests.benchmarks.proxy_tables import Counted, Measured, print_tables

KINDS = ("healthy", "hangs", "refuses", "10 MB")
OURS = ("addon", "lean", "run")
SHARES = {"35%": 0.35, "70%": 0.7, "saturated": 0.0}
"""Load → its share of the rate that bare takes."""
CONFIG = """
[legacy]
url = "http://127.0.0.1:{legacy}/kong"
timeout = 600
[candidate]
url = "http://127.0.0.1:{candidate}"
timeout = {timeout}
[proxy]
listen = "127.0.0.1:{port}"
lean = {lean}
drain = 4.0
"""


class Target:
    """Something that can be put under load; a mitmdump is held still meanwhile."""

    def __init__(self, port: int, process: subprocess.Popen[bytes] | None = None) -> None:
        self.port = port
        self.sent = 0
        self._process = process
        self._held = held_still(process.pid) if process else None
        self._workers_before = 0.0

    def measure(self, seconds: float, rate: float) -> tuple[Outcome, float]:
        """The outcome, and milliseconds of CPU per request that the process itself used."""
        length = len(servers.BODY)
        with self._held.awake() if self._held else nullcontext():
            before = cpu_seconds(self._process.pid) if self._process else 0.0
            outcome = at_rate(self.port, seconds, length, rate) if rate else saturated(self.port, seconds, length)
            used = cpu_seconds(self._process.pid) - before if self._process else 0.0
        self.sent += outcome.sent
        return outcome, used * 1000 / max(1, outcome.sent)

    def workers(self) -> float:
        """Seconds of CPU that the process's children, and theirs, have used so far."""
        return sum(map(cpu_seconds, family(self._process.pid)[1:])) if self._process else 0.0

    def close(self) -> None:
        """End it in good order."""
        if self._held is not None and self._process is not None and self._process.poll() is None:
            self._held.release()
            ended(self._process)


def main() -> int:
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="shadow-bench-") as folder, ExitStack() as stack:
        bench = Bench(Path(folder), stack, arguments)
        for number in range(arguments.rounds):
            _say(f"round {number + 1} of {arguments.rounds}")
            bench.round(number)
        print_tables(bench.measured, bench.end(), rounds=arguments.rounds, seconds=arguments.seconds, nginx=bench.nginx)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What the proxy costs its clients, beside bare mitmdump.")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=2.5, help="of each load")
    parser.add_argument(
        "--quick", action="store_true", help="one short round with two kinds of candidate: a smoke test"
    )
    parser.add_argument("--only", nargs="+", choices=(*OURS, *KINDS), default=[], help="proxies, kinds of candidate")
    parser.add_argument("--without-nginx", action="store_true", help="use the bundled asyncio server all the same")
    arguments = parser.parse_args()
    arguments.ours = [name for name in OURS if name in arguments.only] or list(OURS)
    arguments.kinds = [kind for kind in KINDS if kind in arguments.only] or list(
        KINDS[: 2 if arguments.quick else None]
    )
    if arguments.quick:
        arguments.rounds, arguments.seconds = 1, 0.4
    return arguments


class Bench:
    """All the processes, and what was measured of them so far."""

    def __init__(self, folder: Path, stack: ExitStack, arguments: argparse.Namespace) -> None:
        self._folder, self._stack, self._seconds = folder, stack, arguments.seconds
        self._kinds, self._ours = arguments.kinds, arguments.ours
        self.nginx = "" if arguments.without_nginx else servers.nginx_version()
        self.measured: dict[Measured, list[tuple[Outcome, float]]] = defaultdict(list)
        self._legacy = stack.enter_context(servers.static(folder, "legacy", nginx=bool(self.nginx)))
        self._candidates = {kind: self._candidate(kind) for kind in ("healthy", *self._kinds)}
        self._others = {"direct": Target(self._legacy)}
        if self.nginx:
            mirror = servers.mirroring(folder, self._legacy, self._candidates["healthy"])
            self._others["nginx mirror"] = Target(stack.enter_context(mirror))
        _say("starting the proxies")
        self._bare = self._mitmdump("bare", "")
        self._proxies = {(name, kind): self._mitmdump(name, kind) for kind in self._kinds for name in self._ours}
        _say("warming up")
        for target in (self._bare, *self._proxies.values()):
            outcome, _ = target.measure(min(1.0, self._seconds), 0)
            if target is self._bare:
                self._rate = outcome.rate
        self._workers = {key: target.workers() for key, target in self._proxies.items()}

    def round(self, number: int) -> None:
        """Every load on everything once; who goes first changes from turn to turn."""
        for load in SHARES:
            for name, target in self._others.items():
                self._measure(target, Measured(name, "", load))
        for kind in self._kinds:
            for load in SHARES:
                turn = [("bare", self._bare), *((name, self._proxies[name, kind]) for name in self._ours)]
                first = number % len(turn)
                for name, target in turn[first:] + turn[:first]:
                    self._measure(target, Measured(name, kind, load))
            # What bare took just now says what share of it the next loads are.
            self._rate = self.measured[Measured("bare", kind, "saturated")][-1][0].rate

    def end(self) -> list[Counted]:
        """End the proxies in good order, one after another, and say what they counted."""
        done = []
        for (name, kind), target in self._proxies.items():
            _say(f"ending {name}, {kind}")
            workers = target.workers() - self._workers[name, kind]
            target.close()
            requests = counted(self._subfolder(name, kind) / "shadow.toml")
            done.append(Counted(name, kind, target.sent, requests, workers))
        return done

    def _measure(self, target: Target, what: Measured) -> None:
        self.measured[what].append(target.measure(self._seconds, SHARES[what.load] * self._rate))

    def _candidate(self, kind: str) -> int:
        match kind:
            case "hangs":
                return self._stack.enter_context(servers.hanging(self._folder))
            case "refuses":
                return self._stack.enter_context(servers.refusing())
        name = f"candidate-{kind}".replace(" ", "")
        server = servers.static(self._folder, name, nginx=bool(self.nginx), huge=kind == "10 MB")
        return self._stack.enter_context(server)

    def _mitmdump(self, name: str, kind: str) -> Target:
        port, folder = free_port(), self._subfolder(name, kind)
        folder.mkdir()
        if kind:
            lean = "true" if name == "lean" else "false"
            # What a worker has asked for while it is held still must not look like a candidate that hangs.
            timeout = 30 if kind == "hangs" else 600
            text = CONFIG.format(
                legacy=self._legacy, candidate=self._candidates[kind], port=port, lean=lean, timeout=timeout
            )
            (folder / "shadow.toml").write_text(text)
        mitmdump = [str(Path(sys.executable).with_name("mitmdump")), "-q"]
        command = {
            "bare": [*mitmdump, "--mode", f"reverse:http://127.0.0.1:{self._legacy}@127.0.0.1:{port}"],
            "run": [sys.executable, "-m", "shadow", "run", "-q"],
        }.get(name, [*mitmdump, "-s", str(ROOT / "addons" / "shadow.py")])
        process = started(command, folder / "mitmdump.log")
        self._stack.callback(ended, process)  # whatever happens before it is a target that closes itself
        wait_for_port(process, port, folder / "mitmdump.log")
        if kind:
            wait_until(lambda: any(niceness(pid) == 19 for pid in family(process.pid)), START_SECONDS)
        target = Target(port, process)
        self._stack.callback(target.close)
        return target

    def _subfolder(self, name: str, kind: str) -> Path:
        return self._folder / f"{name}-{kind}".replace(" ", "")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
