"""The demo's check finds each verdict, reason and class that is not the planted one."""

from __future__ import annotations

import msgspec
import pytest

from shadow.demo.check import faults
from shadow.demo.routes import ROUTES, earlier_and_later, first_port, fixed
from shadow.evidence.route_evidence import FingerprintEvidence
from shadow.verdict.model import (
    Divergence,
    JudgedDifference,
    LatencySummary,
    Quantiles,
    Reason,
    RouteVerdict,
    Verdict,
)


def difference(class_):
    evidence = FingerprintEvidence(
        fingerprint="0" * 12,
        where="body",
        path="$",
        kind="value-changed",
        class_=class_,
        severity="difference",
        summary="",
        count=1,
        first_seen=0.0,
        last_seen=0.0,
    )
    return JudgedDifference(evidence=evidence, status="open", distinct=1, share=1.0)


def planned(release):
    """The verdicts that the plan asks for."""
    nothing = Quantiles(None, None, None)
    for planted in ROUTES:
        expected = release.expected(planted)
        yield RouteVerdict(
            route=planted.route,
            verdict=expected.verdict,
            required=True,
            reasons=(Reason(expected.reason, "because"),) if expected.reason else (),
            summary="in short",
            requests={},
            skipped={},
            divergence=Divergence(distinct=0, rate=0.0, upper=1.0, confidence=0.95, needed=0),
            latency=LatencySummary(legacy_ms=nothing, candidate_ms=nothing, cold=0, timed=0, slow=None),
            candidate_errors={},
            differences=tuple(map(difference, release.classes(planted))),
        )


@pytest.mark.parametrize("release", [first_port(), fixed(), *earlier_and_later()])
def test_the_planned_verdicts_have_no_fault_in_any_order(release):
    assert faults(list(planned(release)), release) == []
    assert faults(list(planned(release))[::-1], release) == []


def test_a_later_version_is_better_in_most_and_worse_in_one():
    earlier, later = earlier_and_later()
    changed = earlier.corrected ^ later.corrected
    assert changed <= {planted.route for planted in ROUTES if planted.expected != planted.fixed}
    assert len(earlier.corrected - later.corrected) == 1
    assert len(later.corrected - earlier.corrected) > 5


@pytest.mark.parametrize("wrong", list(Verdict))
@pytest.mark.parametrize("place", range(len(ROUTES)))
def test_each_wrong_verdict_is_named(place, wrong):
    verdicts = list(planned(first_port()))
    right = verdicts[place].verdict
    verdicts[place] = msgspec.structs.replace(verdicts[place], verdict=wrong)
    found = faults(verdicts, first_port())
    assert [ROUTES[place].route in fault and wrong in fault for fault in found] == ([] if wrong is right else [True])


def test_a_right_verdict_for_a_wrong_reason_is_named():
    verdicts = [
        msgspec.structs.replace(verdict, reasons=(Reason("shed", ""),)) if verdict.route == "GET /feed" else verdict
        for verdict in planned(first_port())
    ]
    assert faults(verdicts, first_port()) == [
        "GET /feed: the verdict is not-ready (shed), but not-ready (candidate-unstable) was planted: in short"
    ]


def test_a_missing_class_is_named():
    verdicts = [msgspec.structs.replace(verdict, differences=()) for verdict in planned(first_port())]
    assert faults(verdicts, first_port()) == [
        f"{planted.route}: no difference of class {next(iter(planted.classes))} was found"
        for planted in ROUTES
        if planted.classes
    ]


def test_a_missing_and_an_unknown_route_are_named():
    first, *rest = planned(first_port())
    other = msgspec.structs.replace(first, route="GET /else")
    assert faults([other, *rest], first_port()) == [
        "GET /user/profile: there is no verdict, but ready was planted",
        "GET /else: there is a verdict, but the demo has no such route",
    ]
