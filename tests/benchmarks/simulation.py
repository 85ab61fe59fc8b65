"""How often is a verdict wrong, and how many distinct requests does it take? `make bench-verdict` (about 10 minutes).

Many seeded runs of each of the test suite's scenarios (`tests/simulation/scenarios.py`), of which the truth is known:
traffic between two modelled sides through the real examiner, its evidence and the real verdict, looked at after every
request. Prints the table of docs/verdict.md.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from tests.simulation.outcomes import Outcome, run_one, table
from tests.simulation.road import Run
from tests.simulation.scenarios import SCENARIOS

CHUNK = 10
"""Runs that a process makes at a time."""


def main() -> int:
    arguments = _arguments()
    began = time.monotonic()
    outcomes = []
    with ProcessPoolExecutor(arguments.processes) as processes:
        for number, scenario in enumerate(SCENARIOS):
            if arguments.only in scenario.name:
                work = [(number, arguments.seed, start, arguments.runs) for start in range(0, arguments.runs, CHUNK)]
                runs = [run for chunk in processes.map(_some_runs, work) for run in chunk]
                outcomes.append(Outcome(scenario, runs))
                _tell(outcomes[-1], time.monotonic() - began)
    print(f"{arguments.runs} runs each, seed {arguments.seed}:\n")
    print(table(outcomes))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The decision, simulated against known truth.")
    parser.add_argument("--runs", type=int, default=200, help="of each scenario")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="scenarios with this text in their name")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    return parser.parse_args()


def _some_runs(work: tuple[int, int, int, int]) -> list[Run]:
    number, seed, start, runs = work
    return list(_runs(number, seed, range(start, min(start + CHUNK, runs))))


def _runs(number: int, seed: int, runs: range) -> Iterator[Run]:
    return (run_one(SCENARIOS[number], seed, run) for run in runs)


def _tell(outcome: Outcome, seconds: float) -> None:
    """What has been found so far, for whoever waits."""
    print(f"{seconds:5.0f} s  {table([outcome]).splitlines()[-1]}  {dict(outcome.codes)}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
