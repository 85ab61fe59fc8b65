"""What the addon's hooks themselves cost per request, in mitmdump's own process: `make bench-hooks` (half a minute).

Real flow objects go through `requestheaders`, `responseheaders` and `response`, down to the write to a real worker
process. All is CPU time of this one thread, so what else runs on the machine hardly shows. *way back* is what the event
loop does afterwards: writing on what the socket did not take at once, and striking out what the worker acknowledges.

Beside it the same for an addon with three empty hooks, and for requests that are neither side's.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from mitmproxy import http, options
from mitmproxy.proxy.mode_specs import ProxyMode
from mitmproxy.test import tflow, tutils
from mitmproxy.tools.dump import DumpMaster

from shadow.proxy.addon import ShadowAddon
from tests.benchmarks.servers import json_body, refusing

SIZES = {"1 KB": 1_024, "10 KB": 10_000, "100 KB": 100_000, "1 MB": 1_000_000}
BATCH = 200
"""Requests between two turns of the event loop, at most; so many that they fit into `WAITING` bytes."""
WAITING = 40_000_000
"""Less than the default of `proxy.queue_bytes`: nothing must be shed."""
SETTLE = 60.0
"""Seconds for the worker to acknowledge a batch."""
HOOKS = ("requestheaders", "responseheaders", "response")
REQUEST_HEADERS = (
    (b"Host", b"api.example.com"),
    (b"User-Agent", b"App/7.1 (iPhone; iOS 19.0)"),
    (b"Accept", b"application/json"),
    (b"Accept-Encoding", b"gzip, deflate, br"),
    (b"Authorization", b"Bearer " + b"x" * 300),
    (b"X-Request-Id", b"5f1c9a52-5a0f-4f1b-8a49-0f4c8d1f7d10"),
)
RESPONSE_HEADERS = (
    (b"Date", b"Tue, 24 Nov 2026 10:00:00 GMT"),
    (b"Content-Type", b"application/json; charset=utf-8"),
    (b"Cache-Control", b"no-store"),
    (b"X-Kong-Upstream-Latency", b"7"),
    (b"Via", b"kong/3.4"),
)
CONFIG = """
[legacy]
url = "http://127.0.0.1:9/kong"
[candidate]
url = "http://127.0.0.1:{candidate}"
[report]
every = 0
"""


class Empty:
    """Hooks that do nothing: what measuring itself costs."""

    def requestheaders(self, flow: http.HTTPFlow) -> None: ...
    def responseheaders(self, flow: http.HTTPFlow) -> None: ...
    def response(self, flow: http.HTTPFlow) -> None: ...


def made_flow(number: int, target: str, body: bytes) -> http.HTTPFlow:
    """A complete flow through a reverse proxy, as the hooks meet it."""
    request = tutils.treq(
        method=b"GET", path=f"{target}/{number}".encode(), headers=http.Headers(REQUEST_HEADERS), content=b""
    )
    length = (b"Content-Length", b"%d" % len(body))
    flow = tflow.tflow(req=request, resp=tutils.tresp(headers=http.Headers((*RESPONSE_HEADERS, length)), content=body))
    flow.client_conn.proxy_mode = ProxyMode.parse("reverse:http://127.0.0.1:9")
    return flow


async def measure(
    addon: ShadowAddon | Empty, target: str, body: bytes, rounds: int, settled: Callable[[], bool]
) -> dict[str, float]:
    """Median microseconds per request: of each hook, and of the way back."""
    batch = min(BATCH, WAITING // (len(body) + 2048))
    took: dict[str, list[float]] = {name: [] for name in (*HOOKS, "way back")}
    for number in range(rounds):
        flows = [made_flow(number * batch + one, target, body) for one in range(batch)]
        gc.collect()
        for name in HOOKS:
            hook = getattr(addon, name)
            start = time.thread_time()
            for flow in flows:
                hook(flow)
            took[name].append(time.thread_time() - start)
        start = time.thread_time()
        end = time.monotonic() + SETTLE
        while not settled() and time.monotonic() < end:  # noqa: ASYNC110 - the link has no event for it
            await asyncio.sleep(0.05)
        took["way back"].append(time.thread_time() - start)
    return {name: median(several) * 1e6 / batch for name, several in took.items()}


async def run(folder: Path, rounds: int) -> None:
    with refusing() as port:
        config = folder / "shadow.toml"
        config.write_text(CONFIG.format(candidate=port))
        master = DumpMaster(options.Options(), with_termlog=False, with_dumper=False)
        addon = ShadowAddon()
        master.addons.add(addon)
        master.options.update(shadow_config=str(config))
        [link] = addon._workers
        print(f"\n| µs per request | {' | '.join(HOOKS)} | all hooks | way back |")
        print("|---|---|---|---|---|---|")
        try:
            gc.collect()
            gc.freeze()  # as in `running`

            def settled() -> bool:
                return not link.ledger.waiting

            rows: list[tuple[str, ShadowAddon | Empty, str, int]] = [
                ("an addon with empty hooks, 1 KB", Empty(), "/kong/users", 1024),
                ("a request that is neither side's", addon, "/kong/../users", 1024),
                *((f"handed over, {name}", addon, "/kong/users", size) for name, size in SIZES.items()),
            ]
            for name, hooks, target, size in rows:
                took = await measure(hooks, target, json_body(size), rounds, settled)
                hooked = sum(took[hook] for hook in HOOKS)
                cells = [*(took[hook] for hook in HOOKS), hooked, took["way back"]]
                print(f"| {name} | {' | '.join(f'{cell:.1f}' for cell in cells)} |", flush=True)
            shed = addon._shed
        finally:
            await link.stop(2.0)
        if shed:
            sys.exit(f"{shed} exchanges were shed, so the figures are not those of handing over")


def main() -> None:
    parser = argparse.ArgumentParser(description="What the addon's hooks cost per request, in microseconds of CPU.")
    parser.add_argument("--rounds", type=int, default=10, help=f"of at most {BATCH} requests each")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="shadow-bench-") as folder:
        asyncio.run(run(Path(folder), arguments.rounds))


if __name__ == "__main__":
    main()
