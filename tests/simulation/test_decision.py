"""The whole decision against known truth: a few runs of each scenario. `make bench-verdict` makes many."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pytest

from shadow.config import Settings
from shadow.evidence.observation import Observation
from shadow.evidence.route_evidence import RouteEvidence
from shadow.store import open_store
from shadow.verdict.model import Verdict
from tests.simulation.api import Noise, Wrong
from tests.simulation.outcomes import Outcome, run_one, table
from tests.simulation.road import Course, simulate
from tests.simulation.scenarios import SCENARIOS, Scenario

SEED = 1
RARE = 0.001
"""Probability below which something is no bad luck any more."""


@pytest.mark.parametrize("scenario", [one for one in SCENARIOS if one.quick], ids=lambda scenario: scenario.name)
def test_no_verdict_is_false_more_often_than_promised(scenario: Scenario) -> None:
    outcome = Outcome(scenario, [run_one(scenario, SEED, number) for number in range(scenario.quick)])
    print(f"\n{table([outcome])}\n{dict(outcome.codes)}")
    for verdict, allowed in scenario.false.items():
        assert not _is_beyond_chance(outcome, verdict, allowed), f"seed {SEED}: {verdict} is false here"
    if scenario.usual is not None:
        # Nothing is bought by never deciding, either.
        others = sum(run.verdict is not scenario.usual for run in outcome.runs)
        assert others <= max(1, 0.1 * len(outcome.runs))


def _is_beyond_chance(outcome: Outcome, verdict: Verdict, allowed: float) -> bool:
    """Whether so many runs with this verdict are `RARE` where each has it with the probability ``allowed``."""
    runs, found = len(outcome.runs), sum(run.verdict is verdict for run in outcome.runs)
    so_many = sum(math.comb(runs, k) * allowed**k * (1 - allowed) ** (runs - k) for k in range(found, runs + 1))
    return so_many < RARE


class Stored:
    """Evidence in a real store."""

    def __init__(self, settings: Settings, file: Path) -> None:
        stored = settings.model_copy(update={"store": settings.store.model_copy(update={"url": f"sqlite:///{file}"})})
        self._settings = settings
        self._store = open_store(stored, create=True)

    def add(self, observation: Observation) -> None:
        self._store.record([observation])

    def evidence(self, now: float) -> Sequence[RouteEvidence]:
        return self._store.evidence(self._settings, now)

    def close(self) -> None:
        self._store.close()


@pytest.mark.parametrize("name", ["wrong in 1%", "noise: a number, in 5% of requests"])
def test_simulating_with_a_real_store_and_looking_at_each_request_comes_to_the_same(name: str, tmp_path: Path) -> None:
    (scenario,) = (one for one in SCENARIOS if one.name == name)
    seed = f"{SEED}/{scenario.name}/0"
    stores: list[Stored] = []

    def source(settings: Settings) -> Stored:
        stores.append(Stored(settings, tmp_path / "shadow.db"))
        return stores[-1]

    stored = simulate(scenario.course, seed, source=source, look_always=True)
    stores[-1].close()
    assert stored == simulate(scenario.course, seed)


def test_the_same_seed_is_the_same_run_and_another_one_is_not() -> None:
    course = Course([Noise(share=0.2), Wrong(0.02)])
    runs = [simulate(course, seed) for seed in ("a", "a", "b", "c")]
    assert runs[0] == runs[1]
    assert len(set(runs)) > 1
