"""What `proxy` measured, as the Markdown tables of docs/performance.md, with each target beside its figure."""

from __future__ import annotations

import platform
import time
from collections.abc import Iterator, Mapping
from heapq import merge
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from mitmproxy.version import VERSION

from tests.benchmarks.counts import OUTCOMES
from tests.benchmarks.load import Outcome

__all__ = ["Counted", "Measured", "print_tables"]

BUSY = 0.9
"""Share of a core from which on it was the load generator that was measured."""


class Measured(NamedTuple):
    """What a series of outcomes is of; ``kind`` of candidate is "" where that doesn't matter."""

    name: str
    kind: str
    load: str


class Counted(NamedTuple):
    """What the addon says it has done."""

    name: str
    kind: str
    sent: int
    """By the load generator; must be what the addon has seen."""
    requests: Mapping[str, int]
    """As `counts.counted` says."""
    worker_seconds: float
    """CPU of the worker, its reports included."""

    @property
    def worker_ms(self) -> float:
        """Milliseconds of CPU per request that the worker was handed."""
        return self.worker_seconds * 1000 / max(1, self.requests["seen"] - self.requests["shed"])


Series = Mapping[Measured, list[tuple[Outcome, float]]]


def print_tables(measured: Series, counted: list[Counted], *, rounds: int, seconds: float, nginx: str) -> None:
    for line in (
        *_machine(rounds, seconds, nginx),
        *_throughput(measured),
        *_latency(measured),
        *_counts(counted),
        *_wrong(measured),
    ):
        print(line)


def _machine(rounds: int, seconds: float, nginx: str) -> Iterator[str]:
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "CPU"
    )
    cores = sum(line.startswith("processor") for line in _lines("/proc/cpuinfo"))
    load = _lines("/proc/loadavg")[0].split()[1]
    yield (
        f"{time.strftime('%Y-%m-%d')}; {model}, {cores} cores (load of 5 minutes at the end: {load}); "
        f"Python {platform.python_version()}, mitmproxy {VERSION}, {f'nginx {nginx}' if nginx else 'no nginx'}; "
        f"medians of {rounds} rounds, {seconds:g} s each."
    )


def _throughput(measured: Series) -> Iterator[str]:
    yield "\n| proxy | candidate | requests/s | × bare | worst round | target | CPU, ms/request |"
    yield "|---|---|---|---|---|---|---|"
    for name, kind, several in _rows(measured, "saturated"):
        rate = f"{median(outcome.rate for outcome, _ in several):,.0f}"
        if median(outcome.cpu for outcome, _ in several) > BUSY:
            rate = f"≥ {rate}"
        cpu = median(used for _, used in several)
        ratios = _ratios(measured, name, kind, "saturated", lambda outcome: outcome.rate)
        target = ""
        if name == "addon":
            target = _met("≥ 1.0, each ≥ 0.95", median(ratios) >= 1.0 and min(ratios) >= 0.95)
        elif name in {"lean", "run"}:
            target = _met("≥ 1.5", median(ratios) >= 1.5)
        yield (
            f"| {name} | {kind} | {rate} | {_ratio(ratios)} | {f'{min(ratios):.2f}' if ratios else ''} "
            f"| {target} | {f'{cpu:.2f}' if cpu else ''} |"
        )


def _latency(measured: Series) -> Iterator[str]:
    yield "\n| proxy | candidate | 35%: p50, ms | p99, ms | × bare | 70%: p50, ms | p99, ms | × bare | target |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for name, kind, _ in _rows(measured, "35%"):
        cells, ratios = [], []
        for load in ("35%", "70%"):
            pooled = _pooled(measured, name, kind, load)
            slowest = _ratios(measured, name, kind, load, lambda outcome: outcome.percentile(0.99))
            cells += [f"{pooled.percentile(0.5):.2f}", f"{pooled.percentile(0.99):.2f}", _ratio(slowest)]
            ratios.append(median(slowest) if slowest else 0.0)
        target = _met("p99 ≤ 1.0", max(ratios) <= 1.0) if name == "addon" else ""
        yield f"| {name} | {kind} | {' | '.join(cells)} | {target} |"


def _counts(counted: list[Counted]) -> Iterator[str]:
    if not counted:
        return
    yield f"\n| proxy | candidate | sent | {' | '.join(OUTCOMES)} | adds up | worker's CPU, ms/request |"
    yield "|---" * (len(OUTCOMES) + 5) + "|"
    for one in counted:
        numbers = " | ".join(f"{one.requests[outcome]:,}" for outcome in OUTCOMES)
        adds_up = one.requests["seen"] == one.sent == sum(one.requests[outcome] for outcome in OUTCOMES)
        said = "yes" if adds_up else f"**no**: {one.requests['seen']:,} seen"
        yield f"| {one.name} | {one.kind} | {one.sent:,} | {numbers} | {said} | {one.worker_ms:.2f} |"


def _wrong(measured: Series) -> Iterator[str]:
    wrong = sum(outcome.wrong for several in measured.values() for outcome, _ in several)
    yield f"\nWrong or missing answers: {wrong}."


# -- details ---------------------------------------------------------------------------------------------------------


def _rows(measured: Series, load: str) -> Iterator[tuple[str, str, list[tuple[Outcome, float]]]]:
    """One per proxy and kind of candidate, in the order measured; all of bare's turns in one."""
    seen = list(dict.fromkeys((what.name, "" if what.name == "bare" else what.kind) for what in measured))
    order = {name: at for at, name in enumerate(("direct", "nginx mirror", "bare", "addon", "lean", "run"))}
    for name, kind in sorted(seen, key=lambda row: order[row[0]]):
        yield name, kind, _all(measured, name, kind, load)


def _all(measured: Series, name: str, kind: str, load: str) -> list[tuple[Outcome, float]]:
    return [
        one
        for what, several in measured.items()
        if what.name == name and what.load == load and (name == "bare" or what.kind == kind)
        for one in several
    ]


def _pooled(measured: Series, name: str, kind: str, load: str) -> Outcome:
    outcomes = [outcome for outcome, _ in _all(measured, name, kind, load)]
    latencies = list(merge(*(outcome.latencies for outcome in outcomes)))
    return outcomes[0]._replace(latencies=latencies)


def _ratios(measured: Series, name: str, kind: str, load: str, figure: Any) -> list[float]:
    """Round by round, to the bare mitmdump of the same turn."""
    if name == "bare":
        return []
    kinds = [what.kind for what in measured if what.name == "bare"]
    bare = measured[Measured("bare", kind or kinds[0], load)]
    ours = measured[Measured(name, kind, load)]
    return [figure(one) / (figure(other) or 1.0) for (one, _), (other, _) in zip(ours, bare, strict=True)]


def _ratio(ratios: list[float]) -> str:
    return f"{median(ratios):.2f}" if ratios else ""


def _met(target: str, met: bool) -> str:
    return f"{target} met" if met else f"{target} **missed**"


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines()
