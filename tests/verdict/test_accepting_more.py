"""Accepting more is never worse, and accepting less never better: over evidence that a real store has counted."""

from __future__ import annotations

import datetime as dt
import random
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shadow.config import Settings
from shadow.errors import ExitCode
from shadow.store import Store, open_store
from shadow.verdict import judge_all
from shadow.verdict.gate import gate_exit_code
from shadow.verdict.model import RouteVerdict, Verdict
from tests.store.observations import NOW, POOL, observations

TODAY = dt.datetime.fromtimestamp(NOW, dt.UTC).date()
ROUTES = ("GET /a", "GET /b", "GET /c")
BETTER = {Verdict.NOT_READY: 0, Verdict.INCONCLUSIVE: 1, Verdict.READY: 2}
BETTER_EXIT = {ExitCode.NOT_READY: 0, ExitCode.INCONCLUSIVE: 1, ExitCode.READY: 2}
IGNORED = "ignore_headers"

kinds = st.sampled_from(
    [
        *({"fingerprint": name} for name in ("a", "b", "e", "f", "n", "t", "m003", "overflow")),
        *({"path": path} for path in ("$.items[*].a", "$.items[*].*", "$..b", "$.items")),
        {"path": "$..*", "broad": True},
        *({"header": name} for name in ("ETag", "x-id")),
        *({"status": statuses} for statuses in ([200, 500], [200, 401], [401, 200])),
    ]
)
blocks = st.builds(
    lambda kind, until, routes: {"reason": "known", **kind, **until, **routes},
    kinds,
    st.sampled_from([{}, {}, *({"until": TODAY + dt.timedelta(days)} for days in (-1, 0, 1))]),
    st.sampled_from([{}, {}, {"routes": ["GET /a"]}, {"routes": ["* /b", "GET /c"]}, {"routes": ["POST *"]}]),
)
ignored = st.sampled_from(["etag", "X-Id"]).map(lambda name: {IGNORED: name})
acceptances = st.lists(blocks | ignored, min_size=1, max_size=5)
limits = st.fixed_dictionaries(
    {
        "on_difference": st.sampled_from(["fail", "count"]),
        "max_divergence": st.sampled_from([0.01, 0.3, 0.6]),
        "enough": st.sampled_from(["statistics", 5]),
        "latency": st.sampled_from(["gate", "warn"]),
    }
)


def build(file: Path, verdict: dict[str, Any], accepted: Sequence[dict[str, Any]]) -> Settings:
    return Settings.model_validate(
        {
            "legacy": {"url": "https://l.test/kong"},
            "candidate": {"url": "https://c.test"},
            "store": {"url": f"sqlite:///{file}"},
            "verdict": verdict,
            "accept": [one for one in accepted if IGNORED not in one],
            "compare": {"ignore_headers": [one[IGNORED] for one in accepted if IGNORED in one]},
        }
    )


@contextmanager
def store_of(seed: int) -> Iterator[tuple[Path, Store]]:
    """Evidence of three routes, with noise, unsettled differences, overflow, silence, refusals, latency, old days."""
    randomness = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "shadow.db"
        plain = build(file, {}, [])
        refused = [one for one in POOL if one.fingerprint == "f"]
        everywhere = randomness.random() < 0.3
        with open_store(plain, create=True) as store:
            for route in ROUTES:
                pool = randomness.choice([(), refused, randomness.sample(POOL, 2)]) if not everywhere else refused
                number, requests = randomness.choice([5, 40, 80]), randomness.choice([3, 12, 60])
                oldest = randomness.choice([0, 20])
                store.record(
                    observations(randomness, plain, number, requests=requests, routes=[route], oldest=oldest, pool=pool)
                )
            yield file, store


def judged(store: Store, chosen: Settings) -> list[RouteVerdict]:
    found = judge_all(store.evidence(chosen, NOW), chosen, (), NOW)
    return sorted(found, key=lambda verdict: verdict.route)


@settings(max_examples=40)
@given(st.integers(0, 2**32), limits, acceptances)
def test_one_acceptance_after_the_other_makes_nothing_worse(
    seed: int, verdict: dict[str, Any], accepted: list[dict[str, Any]]
) -> None:
    """Route by route its verdict, what differs, and the bound; and the gate's exit code, strict and lenient."""
    with store_of(seed) as (file, store):
        steps = [judged(store, build(file, verdict, accepted[:number])) for number in range(len(accepted) + 1)]
    for before, after in pairwise(steps):
        assert [one.route for one in before] == [one.route for one in after]
        for less, more in zip(before, after, strict=True):
            assert BETTER[more.verdict] >= BETTER[less.verdict]
            assert more.divergence.distinct <= less.divergence.distinct
            assert more.divergence.upper <= less.divergence.upper
            assert more.requests["seen"] == less.requests["seen"]
            _no_difference_opens(less, more)
        for lenient in (False, True):
            assert BETTER_EXIT[gate_exit_code(after, lenient)] >= BETTER_EXIT[gate_exit_code(before, lenient)]


def _no_difference_opens(less: RouteVerdict, more: RouteVerdict) -> None:
    """No group of differences is open that was not, and what is accepted stays visible."""
    statuses = {one.evidence.fingerprint: one.status for one in less.differences}
    for one in more.differences:
        before = statuses.pop(one.evidence.fingerprint)
        assert one.status in (before, "accepted")
    assert not statuses


@settings(max_examples=15)
@given(st.integers(0, 2**32), limits, acceptances, st.randoms(use_true_random=False))
def test_the_order_of_acceptances_does_not_matter(
    seed: int, verdict: dict[str, Any], accepted: list[dict[str, Any]], randomness: random.Random
) -> None:
    shuffled = randomness.sample(accepted, len(accepted))
    with store_of(seed) as (file, store):
        one, other = (judged(store, build(file, verdict, each)) for each in (accepted, shuffled))
    for mine, theirs in zip(one, other, strict=True):
        assert (mine.verdict, mine.divergence, mine.reasons) == (theirs.verdict, theirs.divergence, theirs.reasons)


@settings(max_examples=15)
@given(st.integers(0, 2**32), limits, acceptances)
def test_acceptances_that_have_run_out_and_those_of_other_routes_change_no_verdict(
    seed: int, verdict: dict[str, Any], accepted: list[dict[str, Any]]
) -> None:
    past = {"until": TODAY - dt.timedelta(days=1)}
    dead = [one | past if number % 2 else one | {"routes": ["POST *"]} for number, one in enumerate(accepted)]
    dead = [one for one in dead if IGNORED not in one]
    with store_of(seed) as (file, store):
        none, some = (judged(store, build(file, verdict, each)) for each in ([], dead))
    assert [(one.verdict, one.divergence) for one in none] == [(one.verdict, one.divergence) for one in some]


def test_the_evidence_has_everything_that_an_acceptance_may_meet() -> None:
    """Else the properties above would say little."""
    met: Counter[str] = Counter()
    for seed in range(25):
        with store_of(seed) as (file, store):
            for one in judged(store, build(file, {"max_divergence": 0.6, "on_difference": "count", "enough": 5}, [])):
                met[one.verdict] += 1
                met.update(reason.code for reason in one.reasons)
                met.update(found.status for found in one.differences)
                met.update(found.evidence.fingerprint for found in one.differences)
                met["unsettled"] += any("wait until" in reason.message for reason in one.reasons)
                met["settled"] += any(found.evidence.noise == 2 and found.status == "open" for found in one.differences)
    wanted = [*Verdict, "open", "noise", "notice", "overflow", "credentials", "divergence", "candidate-errors"]
    wanted += ["unsettled", "settled", "t", "same-backend"]
    assert [what for what in wanted if not met[what]] == []
