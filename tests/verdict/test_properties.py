"""What must hold for every verdict, whatever the evidence."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from shadow.config import Settings
from shadow.evidence.epochs import KnownEpoch
from shadow.evidence.latency import Latency
from shadow.evidence.observation import Epoch
from shadow.evidence.past import PastEpoch, PastEvidence
from shadow.evidence.route_evidence import DistinctGroup, FingerprintEvidence, RouteEvidence
from shadow.exchange import Side
from shadow.verdict import judge, judge_all
from shadow.verdict.credentials import Refusal
from shadow.verdict.model import History, RouteVerdict, Verdict

ROUTE = "GET /a"
NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC).timestamp()
BETTER = {Verdict.NOT_READY: 0, Verdict.INCONCLUSIVE: 1, Verdict.READY: 2}
NAMES = ["f1", "f2", "f3", "overflow"]

few = st.integers(0, 12)
counters = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(["raced", "unproductive", "shed", "failed", "lost", "skipped:write", "same-backend"], few),
        "error:timeout": st.integers(0, 2),
        "error:no-credentials": few,
        "error:expired": few,
    },
)


@st.composite
def fingerprints(draw: st.DrawFn, name: str) -> FingerprintEvidence:
    where = draw(st.sampled_from(["body", "header", "status", "transport"]))
    path = draw(st.sampled_from(["$.a", "$.b[*].c"])) if where == "body" else where
    return FingerprintEvidence(
        fingerprint=name,
        where=where,
        path=path,
        kind="value-changed",
        class_=draw(st.sampled_from(["value", "server-error", "gateway-error", "candidate-unstable"])),
        severity=draw(st.sampled_from(["difference", "difference", "difference", "notice"])),
        summary="1 became 2",
        statuses=draw(st.sampled_from([(200, 401), (200, 500), (429, 200)])) if where == "status" else None,
        count=draw(st.integers(1, 9)),
        noise=draw(st.integers(0, 4)),
        first_seen=NOW - 9,
        last_seen=NOW - 1,
    )


@st.composite
def evidences(draw: st.DrawFn) -> RouteEvidence:
    known = draw(st.lists(st.sampled_from(NAMES), unique=True))
    groups = draw(st.dictionaries(st.frozensets(st.sampled_from(NAMES)), st.integers(1, 9), max_size=5))
    clean = draw(st.sampled_from([0, 5, 12, 336, 2000]))
    requests = sum(groups.values()) + clean
    return RouteEvidence(
        epoch=Epoch(ROUTE, "https://l.test", "https://c.test", "", "", ""),
        first_seen=NOW - 99,
        last_seen=NOW - 1,
        counters={"compared": requests, **draw(counters)},
        latency=Latency({(1, 1): draw(st.sampled_from([12, 80])), (1, 500): draw(few)}),
        distinct=(*(DistinctGroup(*group) for group in groups.items()), DistinctGroup(frozenset(), clean)),
        fingerprints=tuple(draw(fingerprints(name)) for name in known),
    )


limits = st.fixed_dictionaries(
    {
        "on_difference": st.sampled_from(["fail", "count"]),
        "max_divergence": st.sampled_from([0.01, 0.3]),
        "enough": st.sampled_from(["statistics", 10]),
        "latency": st.sampled_from(["gate", "warn", "off"]),
    }
)
acceptances = st.fixed_dictionaries(
    {"reason": st.just("known")}, optional={"until": st.sampled_from([dt.date(2026, 5, 31), dt.date(2026, 6, 1)])}
).flatmap(
    lambda common: st.sampled_from(
        [
            *({"fingerprint": name} for name in NAMES),
            {"path": "$..*", "broad": True},
            {"path": "$.a"},
            {"header": "header"},
            {"status": [200, 500]},
            {"path": "$.a", "routes": ["POST *"]},
        ]
    ).map(lambda what: common | what)
)


refused = st.sampled_from([(), (Refusal(Side.CANDIDATE, 9, 9, (ROUTE,)),)])
"""What all routes together say about credentials."""


def verdict(
    found: RouteEvidence,
    limits: dict[str, Any],
    accept: list[dict[str, Any]],
    refusals: tuple[Refusal, ...] = (),
) -> RouteVerdict:
    sides = {"legacy": {"url": "https://l.test"}, "candidate": {"url": "https://c.test"}}
    chosen = Settings.model_validate({**sides, "verdict": limits, "accept": accept})
    return judge(found, ROUTE, chosen, NOW, required=True, refusals=refusals)


@settings(max_examples=150, deadline=None)
@given(evidences(), limits, st.lists(acceptances, max_size=3), acceptances, refused)
def test_adding_an_acceptance_never_worsens_and_removing_one_never_improves_a_verdict(
    found: RouteEvidence,
    limits: dict[str, Any],
    accept: list[dict[str, Any]],
    one_more: dict[str, Any],
    refusals: tuple[Refusal, ...],
) -> None:
    before = verdict(found, limits, accept, refusals)
    after = verdict(found, limits, [*accept, one_more], refusals)
    assert BETTER[after.verdict] >= BETTER[before.verdict]
    assert after.divergence.distinct <= before.divergence.distinct


@settings(max_examples=100, deadline=None)
@given(evidences(), limits, st.lists(acceptances, max_size=2), st.randoms(use_true_random=False))
def test_the_order_and_the_parts_in_which_evidence_came_don_t_matter(
    found: RouteEvidence, limits: dict[str, Any], accept: list[dict[str, Any]], randomness: random.Random
) -> None:
    parts = [
        DistinctGroup(group.fingerprints, requests)
        for group in found.distinct
        for requests in (group.requests // 3, group.requests - group.requests // 3)
    ]
    names = list(found.fingerprints)
    counts = list(found.counters.items())
    for values in (parts, names, counts):
        randomness.shuffle(values)
    other = msgspec.structs.replace(found, distinct=tuple(parts), fingerprints=tuple(names), counters=dict(counts))
    assert verdict(other, limits, accept) == verdict(found, limits, accept)


@settings(max_examples=100, deadline=None)
@given(evidences(), limits, st.lists(acceptances, max_size=2))
def test_credentials_at_fault_never_make_a_route_ready(
    found: RouteEvidence, limits: dict[str, Any], accept: list[dict[str, Any]]
) -> None:
    """Leaving refused requests out may take a difference away, but then the route stays undecided."""
    at_fault = verdict(found, limits, accept, (Refusal(Side.CANDIDATE, 9, 9, (ROUTE,)),))
    if at_fault.verdict is Verdict.READY:
        assert verdict(found, limits, accept).verdict is Verdict.READY


@settings(max_examples=100, deadline=None)
@given(evidences(), limits, st.lists(acceptances, max_size=2), refused)
def test_every_verdict_explains_itself(
    found: RouteEvidence, limits: dict[str, Any], accept: list[dict[str, Any]], refusals: tuple[Refusal, ...]
) -> None:
    judged = verdict(found, limits, accept, refusals)
    assert judged.summary
    assert all(reason.message for reason in judged.reasons)
    if judged.verdict is not Verdict.READY:
        assert judged.reasons[0].message == judged.summary
    if judged.verdict is Verdict.READY:
        assert judged.divergence.needed == 0
        assert judged.requests["distinct"] > 0
    if limits["on_difference"] == "fail" and judged.divergence.distinct:
        assert judged.verdict is Verdict.NOT_READY


@st.composite
def pasts(draw: st.DrawFn) -> list[PastEvidence]:
    """Up to three past versions of the route."""
    found = []
    for number in range(draw(st.integers(0, 3))):
        evidence = draw(evidences())
        epoch = msgspec.structs.replace(evidence.epoch, candidate_version=draw(st.sampled_from([f"v{number}", ""])))
        known = KnownEpoch(epoch, NOW, NOW, NOW, 1)
        past = PastEpoch(known, before=draw(st.booleans()), alike=draw(st.booleans()))
        found.append(PastEvidence(past, msgspec.structs.replace(evidence, epoch=epoch)))
    return found


@settings(max_examples=150, deadline=None)
@given(evidences(), pasts(), limits, st.lists(acceptances, max_size=2))
def test_history_changes_nothing_but_itself(
    found: RouteEvidence, past: list[PastEvidence], limits: dict[str, Any], accept: list[dict[str, Any]]
) -> None:
    sides = {"legacy": {"url": "https://l.test"}, "candidate": {"url": "https://c.test"}}
    chosen = Settings.model_validate({**sides, "verdict": limits, "accept": accept})
    (without,) = judge_all([found], chosen, [], NOW)
    (judged,) = judge_all([found], chosen, [], NOW, past={ROUTE: past, "GET /gone": past})
    assert len(judged.history.versions) == len(past)
    unmarked = tuple(msgspec.structs.replace(one, change="") for one in judged.differences)
    # Where nothing has been seen the sentence also says where there is something, but the verdict is the same.
    words = {} if found.seen else {"reasons": without.reasons, "summary": without.summary}
    assert [reason.code for reason in judged.reasons] == [reason.code for reason in without.reasons]
    assert msgspec.structs.replace(judged, history=History(), differences=unmarked, **words) == without
    shown = {one.evidence.fingerprint for one in judged.differences}
    missing = [one.evidence.fingerprint for one in (*judged.history.gone, *judged.history.not_seen_yet)]
    assert shown.isdisjoint(missing)
    assert len(missing) == len(set(missing))


@given(counters, limits, st.lists(acceptances, max_size=2))
def test_no_comparison_is_never_ready(
    counted: dict[str, int], limits: dict[str, Any], accept: list[dict[str, Any]]
) -> None:
    epoch = Epoch(ROUTE, "https://l.test", "https://c.test", "", "", "")
    nothing = RouteEvidence(epoch=epoch, first_seen=NOW, last_seen=NOW, counters=counted)
    assert verdict(nothing, limits, accept).verdict is not Verdict.READY


def test_more_clean_requests_never_worsen_a_verdict_by_statistics() -> None:
    words = []
    for clean in (0, 1, 5, 10, 50, 100, 400, 1000, 5000):
        found = RouteEvidence(
            epoch=Epoch(ROUTE, "https://l.test", "https://c.test", "", "", ""),
            first_seen=NOW,
            last_seen=NOW,
            counters={"compared": clean + 3},
            distinct=(DistinctGroup(frozenset(), clean), DistinctGroup(frozenset({"f1"}), 3)),
        )
        words.append(verdict(found, {"on_difference": "count"}, []).verdict)
    assert words == sorted(words, key=BETTER.__getitem__)
    assert set(words) == set(Verdict)
