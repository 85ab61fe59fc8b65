"""A recorded pair compared again: the same under the same rules, and never more certain than it was."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shadow.compare import compare
from shadow.compare.rules import rules_for
from shadow.config import Settings
from shadow.evidence.epochs import epoch_for
from shadow.evidence.observation import Example, Observation
from shadow.exchange import Exchange, Pair, Request, Response, Side
from shadow.pipeline.confirm import Fate, settle_as
from shadow.redact import Redactor
from shadow.replay.recompared import Recomparer
from shadow.store.packing import compress, pack, unpack
from tests.compare.strategies import twins, written

ROUTE = "GET /a"
JSON = [("Content-Type", "application/json")]


def settings(*rules: dict[str, Any], **sections: Any) -> Settings:
    sides = {"legacy": {"url": "https://l.test/kong"}, "candidate": {"url": "https://c.test"}}
    return Settings.model_validate({**sides, "compare": {"rule": list(rules)}, **sections})


PLAIN = settings()


def observed(
    legacy: Response | bytes,
    candidate: Response | bytes,
    *,
    under: Settings = PLAIN,
    fate: Any = Fate.CONFIRMED,
    redactor: Redactor | None = None,
    request: Request | None = None,
) -> Observation:
    """What is stored of a pair, whose differences had this fate (or: of each fingerprint the fate)."""
    redactor = redactor or Redactor(b"key" * 11)
    request = request or Request("GET", "/a", [])
    answers = [r if isinstance(r, Response) else Response(200, JSON, r) for r in (legacy, candidate)]
    differences = compare(*answers, rules_for(under, ROUTE))
    fates = {d.fingerprint: fate if isinstance(fate, Fate) else fate(d.fingerprint) for d in differences}
    settled = settle_as(differences, fates)
    exchanges = [Exchange(side, request, answer, 1.0, 0.1) for side, answer in zip(Side, answers, strict=True)]
    pair = redactor.pair(*exchanges, route=ROUTE)
    stand = () if settled.raced else tuple(map(pair.difference, settled.differences))
    example = Example(Pair(*pair.exchanges, answering=Side.LEGACY), stand)
    signature = tuple(sorted({d.fingerprint for d in stand if d.severity == "difference"}))
    made = Observation(
        epoch=epoch_for(under, ROUTE, "", ""),
        at=1.0,
        outcome="raced" if settled.raced else "compared",
        legacy_ok=True,
        distinct=None if settled.raced else bytes(16),
        signature=signature,
        noise=() if settled.raced else settled.noise,
        differences=stand,
        example=example,
    )
    return unpack(compress(pack(made)))


def again(stored: Observation, today: Settings, redactor: Redactor | None = None) -> Any:
    return Recomparer(today, redactor or Redactor(b"key" * 11)).recompared(stored)


def same(stored: Observation, now: Observation) -> None:
    assert stored.example is not None
    assert (now.outcome, now.signature, now.noise) == (stored.outcome, stored.signature, stored.noise)
    assert now.differences == stored.example.differences


fates = st.sampled_from([Fate.CONFIRMED, Fate.UNSTABLE, Fate.NOISE, Fate.RACED])
RULES = [
    {"path": "$..*", "tolerance": 1},
    {"path": "$..*", "case": False},
    {"path": "$..*", "trim": True},
    {"path": "$..*", "null_is_missing": True},
]


@given(twins(), st.lists(fates, min_size=4, max_size=4), st.lists(st.sampled_from(RULES), max_size=2, unique_by=str))
def test_under_the_same_rules_a_pair_shows_what_it_showed(pair, several, rules):
    under = settings(*rules)
    stored = observed(*map(written, pair), under=under, fate=lambda fingerprint: several[int(fingerprint[0], 16) % 4])
    now = again(stored, under)
    same(stored, now.observation)
    assert now.unconfirmed == ()
    assert not now.observation.unconfirmed


SECRETS = ["hunter2 hunter2", "Hunter2 hunter2 ", 1234567, 1234567.5, "1234567", True, False, None, [1, "a"], {"b": 1}]
MEMBERS = ["password", "token", "name", "api_key", "x", "bob@example.com", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"]
TEXTS = ["Bearer abcdefghijklmnopqrstuvwxyz", "https://a.test/?token=abcdef123456", "bob@example.com", "a", 1, 2]
values = st.recursive(
    st.sampled_from([*SECRETS, *TEXTS]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(MEMBERS), inner, max_size=3),
    max_leaves=6,
)
secretive = st.dictionaries(st.sampled_from(MEMBERS), values, min_size=1, max_size=4)


@given(secretive, secretive, st.booleans(), st.lists(fates, min_size=4, max_size=4))
def test_redacting_a_pair_changes_no_fingerprint(legacy, candidate, emails, several):
    redactor = Redactor(b"key" * 11, emails=emails)
    stored = observed(
        json.dumps(legacy).encode(),
        json.dumps(legacy | candidate).encode(),
        redactor=redactor,
        fate=lambda fingerprint: several[int(fingerprint[0], 16) % 4],
    )
    now = again(stored, PLAIN, redactor)
    same(stored, now.observation)
    assert now.unconfirmed == ()
