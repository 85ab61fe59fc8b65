"""Fingerprints group the same fault, and only that."""

from __future__ import annotations

import json
import os
import subprocess
import sys
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


def test_fingerprints_are_the_same_in_every_process() -> None:
    program = (
        "from shadow import Response, compare\n"
        'legacy = Response(200, [], b\'{"items": [{"price": 12.5}]}\')\n'
        'candidate = Response(200, [], b\'{"items": [{"price": "12.50"}]}\')\n'
        "print(compare(legacy, candidate)[0].fingerprint)"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            timeout=60,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    # Evidence in people's stores is keyed by these: a change here loses what they have accepted.
    assert found == {"b121ef915814\n"}


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
