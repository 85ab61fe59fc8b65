"""Prints what was measured as the tables of docs/performance.md, with each figure's target beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pytest
from _pytest.terminal import TerminalReporter

BUDGET_MS = 250
"""Milliseconds: the default of `compare.budget`."""


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    session = getattr(config, "_benchmarksession", None)
    medians: defaultdict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for one in session.benchmarks if session else ():
        info = one.extra_info
        medians[info["case"], info["size"]][info["what"]] = one.stats.median * 1000
    for line in (*_cases(medians), *_traps(medians)):
        terminalreporter.write_line(line)


def _cases(medians: dict[tuple[str, str], dict[str, float]]) -> Iterator[str]:
    yield "\n| case | size | floor, ms | shadow, ms | × floor | target | DeepDiff, ms | DeepDiff ÷ shadow | target |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for (case, size), of in medians.items():
        if "shadow" not in of or "floor" not in of:
            continue
        factor, slower = of["shadow"] / of["floor"], of.get("DeepDiff", 0) / of["shadow"]
        yield (
            f"| {case} | {size} | {of['floor']:.3g} | {of['shadow']:.3g} | {factor:.2f} | {_most(case, size, of)} "
            f"| {_number(of.get('DeepDiff'))} | {_number(slower or None)} | {_least(case, size)} |"
        )


def _most(case: str, size: str, of: dict[str, float]) -> str:
    if "half of 500" in case:
        return _met("≤ 100 ms", of["shadow"] <= 100)
    factor = of["shadow"] / of["floor"]
    if case.startswith("equal,"):
        return _met("≤ 2", factor <= 2)
    if case == "one value differs" and size != "1 KB":
        return _met("≤ 4", factor <= 4)
    return ""


def _least(case: str, size: str) -> str:
    return "≥ 50" if size in {"100 KB", "1 MB"} and (case.startswith("equal,") or case == "one value differs") else ""


def _met(target: str, met: bool) -> str:
    return target if met else f"{target} **missed**"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.3g}" if value < 1000 else f"{value:,.0f}"


def _traps(medians: dict[tuple[str, str], dict[str, float]]) -> Iterator[str]:
    traps = {key: of["trap"] for key, of in medians.items() if "trap" in of}
    if traps:
        yield "\n| what takes other differs seconds, or for ever | size | shadow, ms | target |"
        yield "|---|---|---|---|"
    for (case, size), ms in traps.items():
        yield f"| {case} | {size} | {ms:.3g} | {_met(f'≤ {BUDGET_MS}', ms <= BUDGET_MS)} |"
