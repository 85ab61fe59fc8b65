"""From verdicts to the exit code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shadow.errors import ExitCode
from shadow.verdict import gate_exit_code, judge
from shadow.verdict.model import RouteVerdict, Verdict

Build = Callable[..., Any]
READY, NOT_READY, UNSURE = "ready", "not-ready", "inconclusive"


@pytest.fixture
def verdict(settings: Build, evidence: Build, difference: Build, now: float) -> Callable[..., RouteVerdict]:
    seen = {READY: evidence({(): 400}), NOT_READY: evidence({("f1",): 1}, (difference(),)), UNSURE: evidence({(): 10})}

    def build(word: str, required: bool = True) -> RouteVerdict:
        found = judge(seen[word], "GET /a", settings(), now, required=required)
        assert found.verdict is Verdict(word)
        return found

    return build


@pytest.mark.parametrize(
    ("words", "strict", "lenient"),
    [
        ([READY], ExitCode.READY, ExitCode.READY),
        ([READY, READY], ExitCode.READY, ExitCode.READY),
        ([NOT_READY], ExitCode.NOT_READY, ExitCode.NOT_READY),
        ([READY, NOT_READY, UNSURE], ExitCode.NOT_READY, ExitCode.NOT_READY),
        ([READY, UNSURE], ExitCode.INCONCLUSIVE, ExitCode.READY),
        ([UNSURE], ExitCode.INCONCLUSIVE, ExitCode.INCONCLUSIVE),
        ([], ExitCode.INCONCLUSIVE, ExitCode.INCONCLUSIVE),
    ],
)
def test_the_worst_required_route_decides(
    verdict: Callable[..., RouteVerdict], words: list[str], strict: ExitCode, lenient: ExitCode
) -> None:
    verdicts = [verdict(word) for word in words]
    assert gate_exit_code(verdicts) is strict
    assert gate_exit_code(verdicts, allow_inconclusive=True) is lenient
    # Routes that aren't required change nothing.
    assert (
        gate_exit_code([*verdicts, *(verdict(word, required=False) for word in (NOT_READY, UNSURE, READY))]) is strict
    )
