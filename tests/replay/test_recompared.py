"""A recorded pair compared again: the same under the same rules, and never more certain than it was."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from shadow.compare import as_noise, compare
from shadow.compare.rules import rules_for
from shadow.config import Settings
from shadow.evidence.epochs import epoch_for
from shadow.evidence.observation import Example, Observation
from shadow.exchange import Exchange, Pair, Request, Response, Side
from shadow.pipeline.confirm import Fate, settle_as
from shadow.redact import Redactor
from shadow.replay.recompared import Recomparer, target_of
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
    # Of notices within what is redacted, such as another order of members, nothing is left.
    assert _faults(now.differences) == _faults(stored.example.differences)


def _faults(differences: Any) -> list[Any]:
    return [found for found in differences if found.severity == "difference"]


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
    assert now.observation.differences == stored.example.differences
    assert now.unconfirmed == ()
    assert not now.observation.unconfirmed


SECRETS = ["hunter2 hunter2", "Hunter2 hunter2 ", 1234567, 1234567.5, "1234567", True, False, None, [1, "a"], {"b": 1}]
MEMBERS = ["password", "token", "name", "api_key", "x", "bob@example.com", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"]
TEXTS = ["Bearer abcdefghijklmnopqrstuvwxyz", "https://a.test/?token=abcdef123456", "al@example.com", "a", 1, 2]
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


def test_where_a_secret_is_also_the_name_of_a_member_nothing_is_taken_for_proven():
    """One answer holds the secret and so loses that name, the other one doesn't: they look like two members."""
    name = "bob-the-builder-1"
    stored = observed(json.dumps({name: 1}).encode(), json.dumps({name: 1, "password": name}).encode())
    now = again(stored, UNORDERED).observation
    assert [found.path for found in now.differences if found.class_ != "raced"] == ["$.password"]
    assert now.unconfirmed


LENIENT = st.sampled_from(RULES)


@given(twins(), st.lists(fates, min_size=4, max_size=4), LENIENT)
def test_a_more_lenient_rule_for_values_shows_nothing_new(pair, several, rule):
    stored = observed(*map(written, pair), fate=lambda fingerprint: several[int(fingerprint[0], 16) % 4])
    now = again(stored, settings(rule))
    if now.unconfirmed:
        # Items of a list may be paired in another way.
        assert now.observation.unconfirmed
    else:
        assert set(now.observation.signature) <= set(stored.signature)


def orders(*ids: int, **more: Any) -> bytes:
    return json.dumps({"items": [{"id": id_, "price": id_ * 7} for id_ in ids], **more}).encode()


UNORDERED = settings({"path": "$.items", "unordered": True})


def test_what_a_rule_excuses_is_a_match():
    stored = observed(orders(1, 2, 3), orders(3, 2, 1))
    now = again(stored, UNORDERED).observation
    assert (now.outcome, now.signature, now.unconfirmed) == ("compared", (), False)
    assert now.example is None
    assert now.epoch == epoch_for(UNORDERED, ROUTE, "", "")
    assert [(one.found, now.distinct) for one in now.reach] == [("fits", bytes(16))]


def test_what_was_proven_beside_it_stays_so():
    stored = observed(orders(1, 2, 3, total=1), orders(3, 2, 1, total=5))
    now = again(stored, UNORDERED).observation
    assert [found.path for found in now.differences] == ["$.total"]
    assert set(now.signature) < set(stored.signature)
    assert now.example.differences == now.differences


def test_what_nobody_has_asked_about_is_neither_proven_nor_forgotten():
    stored = observed(orders(1, 2, 3), orders(3, 2, 1), under=UNORDERED)
    assert stored.signature == ()
    now = again(stored, PLAIN)
    assert (now.observation.outcome, now.observation.unconfirmed, now.observation.distinct) == ("raced", True, None)
    assert [found.class_ for found in now.unconfirmed] == ["list-order"]


def test_beside_a_proven_difference_it_is_unconfirmed_all_the_same():
    stored = observed(orders(1, 2, 3, total=1), orders(3, 2, 1, total=5), under=UNORDERED)
    now = again(stored, PLAIN).observation
    assert (now.outcome, now.unconfirmed) == ("compared", True)
    assert [found.path for found in now.differences if found.class_ == "raced"] == ["$.items"]
    assert [found.path for found in now.differences if found.class_ != "raced"] == ["$.total"]


@pytest.mark.parametrize(
    ("request_", "sections"),
    [(Request("PUT", "/a", []), {}), (Request("GET", "/a", []), {"mirror": {"confirm": 0}})],
    ids=["a write", "confirming is off"],
)
def test_what_is_never_asked_again_is_a_difference_as_it_is_live(request_, sections):
    stored = observed(orders(1, 2, 3), orders(3, 2, 1), under=UNORDERED, request=request_)
    now = again(stored, settings(**sections)).observation
    assert (now.outcome, now.unconfirmed, len(now.signature)) == ("compared", False, 1)


def test_noise_is_only_the_very_same_difference():
    """Legacy shuffles its items, so that a price looks like noise; where they are matched in any order, it is wrong."""
    one, other = {"tags": [1, 2, 3], "price": 5}, {"tags": [4, 5, 6], "price": 7}
    shuffled = [{**other, "price": 8}, {**one, "price": 9}]
    stored = observed(json.dumps([one, other]).encode(), json.dumps(shuffled).encode(), fate=Fate.NOISE)
    now = again(stored, settings({"path": "$", "unordered": True}))
    assert [(found.path, found.legacy, found.candidate) for found in now.unconfirmed] == [
        ("$[0].price", 5, 9),
        ("$[1].price", 7, 8),
    ]
    assert {as_noise(found).fingerprint for found in now.unconfirmed} < set(stored.noise)
    assert (now.observation.outcome, now.observation.unconfirmed) == ("raced", True)


def test_a_status_with_which_the_candidate_failed_later_stays():
    stored = observed(orders(1, 2), orders(2, 1))
    failure = compare(Response(200, [], b""), Response(500, [], b""))[0]
    shaky = settle_as([failure], {failure.fingerprint: Fate.UNSTABLE}).differences[0]
    stored = replace(
        stored,
        signature=tuple(sorted([*stored.signature, shaky.fingerprint])),
        example=replace(stored.example, differences=(*stored.example.differences, shaky)),
    )
    now = again(stored, UNORDERED).observation
    assert (now.outcome, now.signature) == ("compared", (shaky.fingerprint,))


def test_an_error_that_both_have_alike_now_proves_nothing():
    answers = [Response(500, JSON, b'{"error": "x", "at": %d, "more": [1, 2, 3, 4]}' % n) for n in (1_000, 1_005)]
    stored = observed(*answers)
    assert stored.signature
    now = again(stored, settings({"path": "$.at", "tolerance": 10})).observation
    assert (now.outcome, now.distinct, now.signature) == ("unproductive", None, ())


@pytest.mark.parametrize("outcome", ["raced", "unproductive", "failed"])
def test_what_proved_nothing_counts_as_it_did(outcome):
    stored = replace(observed(b"{}", b"{}"), outcome=outcome, distinct=None)
    now = again(stored, UNORDERED).observation
    assert now == replace(stored, epoch=now.epoch, example=None)


def test_a_rule_that_may_excuse_what_is_redacted_leaves_it_unconfirmed():
    stored = observed(b'{"password": "Ab12345"}', b'{"password": "aB12345"}')
    assert b"Ab12345" not in stored.example.pair.legacy.response.body
    now = again(stored, settings({"path": "$.password", "case": False}))
    assert (now.observation.outcome, now.observation.unconfirmed) == ("raced", True)
    same(stored, again(stored, UNORDERED).observation)


def test_a_redacted_number_is_one_for_the_rule_that_needs_numbers():
    stored = observed(b'{"password": 12345678, "x": 1}', b'{"password": 12345678, "x": 2}')
    now = again(stored, settings({"path": "$.password", "tolerance": 1})).observation
    assert [one.found for one in now.reach] == ["fits"]


def test_bodies_of_which_only_a_digest_is_left_are_what_they_were():
    png = [("Content-Type", "image/png")]
    stored = observed(*(Response(200, png, b"\x89PNG\r\n\x1a\n\0" + more) for more in (b"a", b"b")))
    assert stored.example.pair.legacy.response.body.startswith(b"[redacted binary:")
    same(stored, again(stored, UNORDERED).observation)


def test_pairs_of_other_urls_or_of_the_same_rules_are_left_alone():
    epoch = epoch_for(PLAIN, ROUTE, "1", "2")
    assert target_of(PLAIN, epoch) is None
    assert target_of(settings(candidate={"url": "https://other.test"}), epoch) is None
    assert target_of(UNORDERED, epoch) == epoch_for(UNORDERED, ROUTE, "1", "2")
    assert target_of(PLAIN, replace(epoch, algorithm=1)) == epoch
