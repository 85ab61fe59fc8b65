"""How fast a recording is replayed, and in how much memory: `make bench-replay` (about 3 minutes; `--memory` 5 more).

Throughput: `shadow replay` sends each recorded request to two local servers, compares, counts and stores. Beside it, a
bare `httpx.AsyncClient` sends the same requests to the same two servers, as many at once, and looks at no answer. Both
are whole processes, timed from start to end, in turns; what counts is the ratio of their requests per second.

Memory: the highest resident size while a recording of 1 GB is replayed, beside one of 50 MB.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks import servers
from tests.benchmarks.processes import ROOT

TARGET = 0.8
"""Of the bare client's requests per second."""
FLAT = 1.5
"""Times the memory of a recording a twentieth of the size."""
USERS = 50
CONCURRENCY = 64
BARE = """
import asyncio, json, sys, httpx
async def main(file, legacy, candidate, concurrency):
    paths = iter([json.loads(line)["url"].split("/kong", 1)[1] for line in open(file)])
    async with httpx.AsyncClient(trust_env=False) as client:
        async def work():
            for path in paths:
                for base in (legacy + "/kong", candidate):
                    (await client.get(base + path)).content
        await asyncio.gather(*(work() for _ in range(concurrency)))
asyncio.run(main(*sys.argv[1:4], int(sys.argv[4])))
"""


def main() -> int:
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        nginx = bool(servers.nginx_version())
        with (
            servers.static(folder, "legacy", nginx=nginx, gateway=True) as legacy,
            servers.static(folder, "candidate", nginx=nginx, gateway=True) as candidate,
        ):
            sides = [f"http://127.0.0.1:{port}" for port in (legacy, candidate)]
            if arguments.memory:
                return _memory(folder, sides)
            return _throughput(folder, sides, arguments.requests, arguments.rounds)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How fast a recording is replayed, and in how much memory.")
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", action="store_true", help="measure memory instead")
    return parser.parse_args()


def _throughput(folder: Path, sides: list[str], requests: int, rounds: int) -> int:
    recording = folder / "recording.jsonl"
    _write(recording, sides[0], requests)
    ours: Callable[[], None] = lambda: _replay(folder, sides, recording)  # noqa: E731
    bare = {
        concurrency: lambda many=str(concurrency): _run(folder, "-c", BARE, str(recording), *sides, many)
        for concurrency in (8, CONCURRENCY)
    }
    taken: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, work in {"shadow replay": ours, **{f"httpx, {n} at once": run for n, run in bare.items()}}.items():
            taken.setdefault(name, []).append(_seconds(work))
    rates = {name: requests / statistics.median(seconds) for name, seconds in taken.items()}
    best = max(rate for name, rate in rates.items() if name.startswith("httpx"))
    ratio = rates["shadow replay"] / best
    print(f"| {requests:,} recorded requests, each to both sides | requests per second |\n|---|---|")
    for name, rate in rates.items():
        print(f"| {name} | {rate:,.0f} |")
    missed = "" if ratio >= TARGET else ", missed"
    print(f"\nratio to the faster of the bare clients: {ratio:.2f} (target {TARGET}{missed})")
    return 0


def _memory(folder: Path, sides: list[str]) -> int:
    print("| form | recording | requests | highest resident size |\n|---|---|---|---|")
    for form, write in {"JSON lines": _write, "HAR": _write_har}.items():
        peaks = []
        for megabytes in (50, 1000):
            recording = folder / f"recording-{megabytes}"
            requests = megabytes * 10
            write(recording, sides[0], requests, body=100_000)
            size = recording.stat().st_size / 1e6
            peaks.append(_peak(folder, sides, recording))
            print(f"| {form} | {size:,.0f} MB | {requests:,} | {peaks[-1]:,.0f} MB |", flush=True)
            recording.unlink()
        growth = peaks[1] / peaks[0]
        print(f"| {form} | | | × {growth:.2f} (target ≤ {FLAT}{'' if growth <= FLAT else ', missed'}) |", flush=True)
    return 0


def _entry(base: str, number: int, body: int) -> dict[str, object]:
    headers = [["Host", "api.example.com"], ["User-Agent", "okhttp/4.12.0"], ["Accept", "application/json"]]
    response = {
        "status": 200,
        "headers": [["Content-Type", "application/json"]],
        "body": '{"pad": "' + f"{number:09d}" * (body // 9) + '"}',
    }
    return {
        "at": 1790000000 + number / 100,
        "client": f"client-{number % USERS}",
        "url": f"{base}/kong/users/{number}?expand=address",
        "headers": headers,
        "response": response,
    }


def _write(path: Path, base: str, requests: int, body: int = 1_000) -> None:
    with path.open("w") as file:
        for number in range(requests):
            file.write(json.dumps(_entry(base, number, body)) + "\n")


def _write_har(path: Path, base: str, requests: int, body: int = 1_000) -> None:
    with path.open("w") as file:
        file.write('{"log": {"version": "1.2", "creator": {"name": "bench", "version": "1"}, "entries": [')
        for number in range(requests):
            entry = _entry(base, number, body)
            headers = [{"name": "Accept", "value": "application/json"}]
            content = {"mimeType": "application/json", "text": entry["response"]["body"]}  # type: ignore[index]
            har = {
                "startedDateTime": "2026-12-01T10:00:00.000Z",
                "time": 12.5,
                "request": {"method": "GET", "url": entry["url"], "httpVersion": "HTTP/1.1", "headers": headers},
                "response": {"status": 200, "httpVersion": "HTTP/1.1", "headers": [], "content": content},
            }
            file.write((", " if number else "") + json.dumps(har))
        file.write("]}}")


def _replay(folder: Path, sides: list[str], recording: Path) -> None:
    _configure(folder, sides)
    _run(folder, "-m", "shadow", "replay", str(recording), "--concurrency", str(CONCURRENCY))


def _configure(folder: Path, sides: list[str]) -> None:
    for old in folder.glob("shadow.db*"):
        old.unlink()
    config = f'[legacy]\nurl = "{sides[0]}/kong"\n[candidate]\nurl = "{sides[1]}"\n'
    (folder / "shadow.toml").write_text(config)


def _run(folder: Path, *arguments: str) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run([sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, check=False)
    if ended.returncode:
        sys.exit(f"{' '.join(arguments[:3])} ended with {ended.returncode}: {ended.stderr.decode()[-2000:]}")


def _seconds(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _peak(folder: Path, sides: list[str], recording: Path) -> float:
    """Of a whole replay, in MB."""
    _configure(folder, sides)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "shadow", "replay", str(recording)]
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"the replay ended with {process.returncode}")
    return usage.ru_maxrss / 1000


if __name__ == "__main__":
    sys.exit(main())
