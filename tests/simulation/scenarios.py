"""What is simulated: each scenario is a candidate of which the truth is known, and the verdicts that it may not get."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from shadow.verdict.model import Verdict
from tests.simulation.api import Alike, Balance, ColdStart, Flaky, Noise, Shuffled, Silent, Trait, Wrong
from tests.simulation.road import Course, Fresh, Repeated, Traffic, Zipf

__all__ = ["LIMIT", "SCENARIOS", "Scenario"]

LIMIT = 0.01
"""`max_divergence`; its default."""


@dataclass(frozen=True)
class Scenario:
    name: str
    course: Course
    rate: float
    """Share of distinct requests that the candidate truly answers otherwise: noise and writes are no difference."""
    on_difference: Literal["fail", "count"]
    usual: Verdict | None
    """The verdict that nearly every run must end with; None where any that isn't false will do."""
    quick: int
    """Runs in the test suite; 0 where one takes too long for it."""

    @property
    def false(self) -> dict[Verdict, float]:
        """The verdicts that are false, each with the share of runs that may have it."""
        found = {}
        if self.rate >= LIMIT:
            found[Verdict.READY] = 0.05
        if self.rate == 0 or (self.on_difference == "count" and self.rate <= LIMIT):
            found[Verdict.NOT_READY] = 0.01
        return found

    @property
    def truth(self) -> str:
        return f"{100 * self.rate:.3g}% differ" if self.rate else "none differs"


def _of(
    name: str,
    *traits: Trait,
    rate: float = 0.0,
    count: bool = False,
    usual: Verdict | None = Verdict.READY,
    quick: int = 2,
    traffic: Traffic | None = None,
    **course: Any,
) -> Scenario:
    on_difference: Literal["fail", "count"] = "count" if count else "fail"
    settings = {"verdict": {"on_difference": on_difference, "max_divergence": LIMIT}}
    built = Course(traits, traffic or Fresh(), settings=settings, **course)
    return Scenario(name, built, rate, on_difference, usual, quick)


READY, NOT_READY, UNDECIDED = Verdict.READY, Verdict.NOT_READY, Verdict.INCONCLUSIVE
_HALF = Noise(share=0.5)
_SETTLES = Noise(until=2)
_DRIFT: dict[str, Any] = {"per_day": 60, "most": 900}

SCENARIOS = (
    # How often the candidate is wrong.
    _of("the same answers", quick=5),
    _of("wrong in 1%", Wrong(0.01), rate=0.01, usual=NOT_READY, quick=12),
    _of("wrong in 5%, of another type", Wrong(0.05, "type"), rate=0.05, usual=NOT_READY, quick=6),
    _of("wrong in 2%, status 500", Wrong(0.02, "status"), rate=0.02, usual=NOT_READY, quick=6),
    _of("no answer to 2%", Silent(0.02), rate=0.02, usual=NOT_READY, quick=6),
    _of("`count`: wrong in 0.2%", Wrong(0.002), rate=0.002, count=True),
    _of("`count`: wrong in 1%, the limit", Wrong(0.01), rate=0.01, count=True, usual=UNDECIDED, quick=1),
    _of("`count`: wrong in 2%", Wrong(0.02), rate=0.02, count=True, usual=NOT_READY, quick=2),
    # What the same request says from one moment to the next.
    _of("flaky: 1% of answers", Flaky(0.01), rate=0.01, usual=NOT_READY, quick=12),
    _of("flaky: 1% of answers, status 500", Flaky(0.01, "status"), rate=0.01, usual=NOT_READY, quick=6),
    _of("`count`: flaky, 3% of answers", Flaky(0.03), rate=0.03, count=True, usual=NOT_READY),
    # Noise, and a candidate that does as legacy does.
    _of("noise: a number", Noise(), quick=2),
    _of("noise: a moment", Noise("moment"), quick=2),
    _of("noise: a boolean", Noise("boolean")),
    _of("noise: one of three words", Noise("three")),
    _of("noise: a number, in 5% of requests", Noise(share=0.05)),
    _of("noise: a boolean, in 5% of requests", Noise("boolean", share=0.05)),
    _of("noise: a number, in 0.5% of requests", Noise(share=0.005)),
    _of("noise: a list in any order", Shuffled(), quick=2),
    _of("noise for 2 days, then steady", _SETTLES, **_DRIFT),
    # Noise, and a candidate that is wrong.
    _of("noise, and wrong elsewhere in 2%", Noise(), Wrong(0.02), rate=0.02, usual=NOT_READY),
    _of("noise, and flaky elsewhere: 1% of answers", Noise(), Flaky(0.01), rate=0.01, usual=NOT_READY),
    _of("noise of another type at the candidate", Noise(), Wrong(1, "type", "nonce"), rate=1, usual=NOT_READY),
    _of("noise of another type, in 2%", Noise(), Wrong(0.02, "type", "nonce"), rate=0.02, usual=NOT_READY),
    _of("noise in another format", Noise("moment"), Wrong(1, "format", "nonce"), rate=1, usual=NOT_READY),
    _of("noise that is missing", Noise(), Wrong(1, "missing", "nonce"), rate=1, usual=NOT_READY),
    _of(
        "noise in half of the requests, wrong in 10% of the others",
        *(_HALF, Wrong(0.1, name="nonce", but=_HALF)),
        rate=0.05,
        usual=NOT_READY,
    ),
    _of(
        "noise in half of the requests, wrong in 2% of the others",
        *(_HALF, Wrong(0.02, name="nonce", but=_HALF)),
        rate=0.01,
        usual=NOT_READY,
        quick=20,
    ),
    _of(
        "noise for 2 days, then steady, and wrong in 20%",
        *(_SETTLES, Wrong(0.2, name="nonce", but=_SETTLES)),
        rate=0.2,
        usual=NOT_READY,
        looks_from=2,
        **_DRIFT,
    ),
    # Writes between two questions.
    _of("a write before 2% of answers", Balance(0.02)),
    _of("a write before 10% of answers", Balance(0.1)),
    _of("a write before half of the answers", Balance(0.5), usual=None, quick=2, most=1_000),
    _of("the client's own write before 5% of answers", Balance(0.05, own=True)),
    _of("a write before 2% of answers, wrong in 2%", Balance(0.02), Wrong(0.02), rate=0.02, usual=NOT_READY),
    _of(
        "a write before 2% of answers, wrong there in 3%",
        *(Balance(0.02), Wrong(0.03, name="balance")),
        rate=0.03,
        usual=NOT_READY,
    ),
    # Requests that come again.
    _of("each request 20 times", traffic=Repeated(20), most=10_000, quick=2),
    _of(
        "`count`: each request 20 times, wrong in 1%",
        Wrong(0.01),
        rate=0.01,
        count=True,
        usual=UNDECIDED,
        traffic=Repeated(20),
        most=10_000,
        quick=1,
    ),
    _of(
        "`count`: Zipf's traffic, wrong in 1%",
        Wrong(0.01),
        rate=0.01,
        count=True,
        usual=UNDECIDED,
        traffic=Zipf(5_000, 1.1),
        most=5_000,
        quick=0,
    ),
    _of("each request 20 times, with a boolean as noise", Noise("boolean"), traffic=Repeated(20), most=8_000, quick=0),
    # What proves nothing, or only seems to differ.
    _of("both fail alike in 30%", Alike(0.3, 500)),
    _of("both always refuse", Alike(1, 401), usual=UNDECIDED, quick=3, most=500),
    _of("not found in 30%", Alike(0.3, 404)),
    _of("cold starts that time out, in 2%", ColdStart(0.02)),
)
