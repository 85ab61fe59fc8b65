"""Fingerprints group the same fault, and only that."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shadow.compare import compare, restamp, transport_difference
from shadow.exchange import Response, TransportFailure


def prints(legacy: Any, candidate: Any) -> list[str]:
    one, other = (Response(200, [], json.dumps([v]).encode()) for v in (legacy, candidate))
    return [d.fingerprint for d in compare(one, other)]


def test_indexes_values_and_ids_in_names_do_not_matter() -> None:
    first = prints({"byId": {"48151623": {"price": 1}}}, {"byId": {"48151623": {"price": "1"}}})
    second = prints({"byId": {"99999999": {"price": 2}}}, {"byId": {"99999999": {"price": "2"}}})
    assert first == second
    same, again = prints([1, 1], [2, 2])
    assert same == again


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (({"a": 1}, {"a": 2}), ({"b": 1}, {"b": 2})),
        (({"a": 1}, {"a": "1"}), ({"a": 1}, {"a": "x"})),
        (({"a": 1}, {"a": []}), ({"a": "x"}, {"a": []})),
        (({"a": 1}, {}), ({}, {"a": 1})),
    ],
)
def test_another_place_class_type_or_kind_is_another_fault(one: tuple[Any, Any], other: tuple[Any, Any]) -> None:
    assert prints(*one) != prints(*other)


def test_each_pair_of_statuses_is_its_own_fault() -> None:
    found = {compare(Response(200, []), Response(s, []))[0].fingerprint for s in (201, 202, 404, 500)}
    assert len(found) == 4


PINNED = {
    # Evidence in people's stores is keyed by these: a change here loses what they have accepted.
    ('{"items": [{"price": 12.5}]}', '{"items": [{"price": "12.50"}]}'): "b121ef915814",
    ('{"total": 1}', '{"total": "1"}'): "c22400bca7c1",
    ('{"a": null}', "{}"): "884654039862",
    ("{}", '{"a": 1}'): "11bdb03d932c",
    ('{"a": [1, 2]}', '{"a": [2, 1]}'): "d0e8ce180303",
    ("[1, 2]", "[1]"): "027fa833d01d",
    ('{"byId": {"cus_NffrFeUfNV2Hib": {"n": 1}}}', '{"byId": {"cus_NffrFeUfNV2Hib": {"n": 2}}}'): "d10f7c3d1568",
    ('{"it\'s": "2024-01-01"}', '{"it\'s": "2024-01-01T00:00:00Z"}'): "8eb8ec61a9bb",
    ('{"größe": true}', '{"größe": 1}'): "db878b822e39",
    ('{"\\ud800": "ACTIVE"}', '{"\\ud800": "active"}'): "5fafed46a510",
    ("[1250]", "[12.5]"): "34503caf4262",
    ("[NaN]", "[null]"): "bcb93f53dce0",
    ("{", "{}"): "54ce60915161",
}
"""Two bodies → the fingerprint of their only difference; `make test-all` holds every version of Python against it."""

PROGRAM = """
import json, sys
from shadow import Response, compare
for legacy, candidate in json.load(sys.stdin):
    one, other = (Response(200, [("content-type", "application/json")], body.encode()) for body in (legacy, candidate))
    print(*(difference.fingerprint for difference in compare(one, other)))
"""
ROOT = Path(__file__).parents[2]


def printed_by(python: str, **environment: str) -> list[str]:
    """What another process says of the pinned pairs."""
    done = subprocess.run(
        [python, "-c", PROGRAM],
        input=json.dumps(list(PINNED)),
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
        env={**os.environ, **environment},
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize("seed", ["0", "1", "random"])
def test_fingerprints_are_the_same_in_every_process(seed: str) -> None:
    assert printed_by(sys.executable, PYTHONHASHSEED=seed) == list(PINNED.values())


def test_another_class_is_another_fingerprint_and_the_rest_stays() -> None:
    (found,) = compare(Response(200, [], b"[1]"), Response(200, [], b"[2]"))
    again = restamp(found, "candidate-unstable")
    assert again.class_ == "candidate-unstable"
    assert again.fingerprint not in ("", found.fingerprint)
    assert (again.path, again.summary) == (found.path, found.summary)
    assert restamp(found, found.class_) is found


@pytest.mark.parametrize(("failure", "kind"), [("timeout", "timeout"), ("connection", "connection-failed")])
def test_no_answer_is_a_difference_whose_words_do_not_count(failure: Any, kind: str) -> None:
    one, other = (transport_difference(TransportFailure(failure, words)) for words in ("after 3 s", "after 4 s"))
    assert (one.where, one.kind, one.severity) == ("transport", kind, "difference")
    assert one.fingerprint == other.fingerprint
