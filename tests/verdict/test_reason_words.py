"""Reasons count one as one, and give commands that work where they are pasted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shadow.config import Settings
from shadow.evidence.route_evidence import FingerprintEvidence, RouteEvidence
from shadow.verdict import judge, judge_all


@pytest.mark.parametrize(
    ("enough", "words"), [(1, "1 distinct clean request is needed"), (2, "2 distinct clean requests are needed")]
)
def test_how_many_requests_are_needed(
    settings: Callable[..., Settings], evidence: Callable[..., RouteEvidence], now: float, enough: int, words: str
) -> None:
    seen = evidence({}, raced=1)
    verdict = judge(seen, seen.epoch.route, settings(verdict={"enough": enough}), now, required=True)
    assert verdict.summary.startswith(f"{words}, 0 seen")


def test_the_command_names_the_route_where_several_have_shown_the_fingerprint(
    settings: Callable[..., Settings],
    evidence: Callable[..., RouteEvidence],
    difference: Callable[..., FingerprintEvidence],
    now: float,
) -> None:
    both, alone = difference("both"), difference("alone")
    routes: dict[str, Any] = {"GET /a's": both, "GET /b": both, "GET /c": alone}
    seen = [evidence({(one.fingerprint,): 3}, (one,), route=name) for name, one in routes.items()]
    found = {verdict.route: verdict for verdict in judge_all(seen, settings(), [], now)}
    assert "`shadow accept both --route 'GET /a'\"'\"'s' --reason …`" in found["GET /a's"].summary
    assert "`shadow accept both --route 'GET /b' --reason …`" in found["GET /b"].summary
    assert "`shadow accept alone --reason …`" in found["GET /c"].summary
    assert {name: verdict.differences[0].elsewhere for name, verdict in found.items()} == {
        "GET /a's": True,
        "GET /b": True,
        "GET /c": False,
    }
