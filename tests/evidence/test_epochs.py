"""Which epoch is current, when versions are set, read from a header, or not known at all."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import pytest

from shadow.config import Settings
from shadow.evidence.epochs import KnownEpoch, current_epochs, epoch_for, unattributed
from shadow.evidence.observation import Epoch

ROUTE = "GET /orders"
BY_HEADER = {"version_header": "x-version"}


def settings(legacy: dict[str, Any] | None = None, candidate: dict[str, Any] | None = None, **more: Any) -> Settings:
    sides = {
        "legacy": {"url": "http://legacy"} | (legacy or {}),
        "candidate": {"url": "http://new"} | (candidate or {}),
    }
    return Settings.model_validate(sides | more)


def known(settings: Settings, *versions: tuple[str, str, float, float], route: str = ROUTE) -> list[KnownEpoch]:
    return [KnownEpoch(epoch_for(settings, route, one, other), *seen) for one, other, *seen in versions]


def versions_of(settings: Settings, *found: tuple[str, str, float, float]) -> tuple[str, str] | None:
    epoch = current_epochs(settings, known(settings, *found)).get(ROUTE)
    return None if epoch is None else (epoch.legacy_version, epoch.candidate_version)


@pytest.mark.parametrize(
    ("sides", "found", "expected"),
    [
        pytest.param(({}, {}), [("", "", 5, 5)], ("", ""), id="no version is the only version"),
        pytest.param(({}, {}), [("", "3", 9, 9)], None, id="a version that nobody asks for any more is past"),
        pytest.param(
            ({}, {"version": "2"}), [("", "2", 1, 1), ("", "3", 9, 9)], ("", "2"), id="the version that is set"
        ),
        pytest.param(({"version": "a"}, {}), [("b", "", 9, 9)], None, id="legacy's version counts too"),
        pytest.param(({}, BY_HEADER), [("", "2", 8, 8), ("", "3", 7, 7)], ("", "2"), id="the one that answered last"),
        pytest.param(
            ({}, BY_HEADER), [("", "", 9, 0), ("", "3", 7, 7)], ("", "3"), id="what never answered hides nothing"
        ),
        pytest.param(({}, BY_HEADER), [("", "", 9, 0)], ("", ""), id="not known yet is better than nothing"),
        pytest.param((BY_HEADER, BY_HEADER), [("1", "2", 3, 3), ("1", "1", 2, 2)], ("1", "2"), id="both by header"),
    ],
)
def test_the_current_epoch(sides, found, expected):
    assert versions_of(settings(*sides), *found) == expected


def test_the_order_in_which_epochs_are_known_makes_no_difference():
    own = settings(candidate=BY_HEADER)
    found = known(own, ("", "1", 5, 5), ("", "2", 5, 5), ("", "3", 4, 4))
    assert current_epochs(own, found) == current_epochs(own, reversed(found))


def test_each_route_has_its_own():
    own = settings(candidate=BY_HEADER)
    found = known(own, ("", "1", 5, 5)) + known(own, ("", "2", 6, 6), route="GET /users")
    assert {route: e.candidate_version for route, e in current_epochs(own, found).items()} == {
        ROUTE: "1",
        "GET /users": "2",
    }


def test_an_epoch_of_other_rules_or_of_another_algorithm_is_past():
    own = settings()
    (plain,) = known(own, ("", "", 5, 5))
    ruled = settings(compare={"rule": [{"routes": ["GET /orders"], "path": "$.a", "unordered": True}]})
    elsewhere = settings(compare={"rule": [{"routes": ["GET /users"], "path": "$.a", "unordered": True}]})
    assert current_epochs(ruled, [plain]) == {}
    assert current_epochs(elsewhere, [plain]) == {ROUTE: plain.epoch}
    before = Epoch(**{name: getattr(plain.epoch, name) for name in Epoch.__struct_fields__} | {"algorithm": 0})
    assert current_epochs(own, [KnownEpoch(before, 5, 5)]) == {}


def test_accepting_a_difference_resets_nothing():
    accept = [{"path": "$.a", "reason": "known"}]
    assert epoch_for(settings(), ROUTE, "", "") == epoch_for(settings(accept=accept), ROUTE, "", "")


def test_what_came_without_an_answer_is_counted_elsewhere_only_where_a_header_tells_the_version():
    by_header, plain = settings({"version": "a"}, BY_HEADER), settings({"version": "a"})
    epoch = epoch_for(by_header, ROUTE, "a", "3")
    assert unattributed(by_header, epoch) == epoch_for(by_header, ROUTE, "a", "")
    assert unattributed(by_header, epoch_for(by_header, ROUTE, "a", "")) is None
    assert unattributed(plain, epoch_for(plain, ROUTE, "a", "")) is None


def test_an_epochs_id_is_the_same_on_every_machine_and_differs_by_every_field():
    epoch = Epoch("GET /a", "http://l", "http://c", "1", "2", "rules", 1)
    text = (
        b'{"route":"GET /a","legacy_url":"http://l","candidate_url":"http://c",'
        b'"legacy_version":"1","candidate_version":"2","rules":"rules","algorithm":1}'
    )
    assert epoch.id == blake2b(text, digest_size=16).hexdigest()
    changed = [
        Epoch(**{f: getattr(epoch, f) for f in Epoch.__struct_fields__} | {name: 99 if name == "algorithm" else "x"})
        for name in Epoch.__struct_fields__
    ]
    assert len({epoch.id, *(other.id for other in changed)}) == len(changed) + 1
