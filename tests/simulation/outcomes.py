"""What comes of many runs, held against the truth and written as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shadow.verdict.model import Verdict
from tests.simulation.road import Run, simulate
from tests.simulation.scenarios import Scenario

__all__ = ["Outcome", "run_one", "table"]


@dataclass(frozen=True)
class Outcome:
    scenario: Scenario
    runs: Sequence[Run]

    def share(self, verdict: Verdict) -> float:
        return sum(run.verdict is verdict for run in self.runs) / len(self.runs)

    @property
    def needed(self) -> float | None:
        """Distinct requests until the verdict, in the median run; None where that didn't decide."""
        by_length = sorted((run.verdict is Verdict.INCONCLUSIVE, run.distinct) for run in self.runs)
        undecided, distinct = by_length[len(by_length) // 2]
        return None if undecided else distinct

    @property
    def codes(self) -> Counter[str]:
        """Why not, for all that did not end as ready."""
        return Counter(f"{run.verdict}: {run.code}" for run in self.runs if run.verdict is not Verdict.READY)


def run_one(scenario: Scenario, seed: int, number: int) -> Run:
    """The run of that number; all of a seed are independent."""
    return simulate(scenario.course, f"{seed}/{scenario.name}/{number}")


def table(outcomes: Iterable[Outcome]) -> str:
    """Markdown."""
    lines = [
        "| scenario | truth | false ready | false not-ready | undecided | distinct requests needed (median) |",
        "|---|---|--:|--:|--:|--:|",
    ]
    lines.extend(_row(outcome) for outcome in outcomes)
    return "\n".join(lines)


def _row(outcome: Outcome) -> str:
    false = outcome.scenario.false
    shares = [
        _percent(outcome.share(verdict)) if verdict in false else "–" for verdict in (Verdict.READY, Verdict.NOT_READY)
    ]
    needed = "–" if outcome.needed is None else f"{outcome.needed:,}"
    cells = [outcome.scenario.name, outcome.scenario.truth, *shares, _percent(outcome.share(Verdict.INCONCLUSIVE))]
    return f"| {' | '.join([*cells, needed])} |"


def _percent(share: float) -> str:
    return "0" if not share else f"{100 * share:.1f}%"
