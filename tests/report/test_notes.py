"""What in shadow.toml does nothing, said in sentences: rules, as real responses have met them in a real store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shadow.compare import compare
from shadow.compare.rules import rules_for
from shadow.config import Settings, route_settings
from shadow.evidence.epochs import epoch_for
from shadow.evidence.observation import Observation
from shadow.exchange import Response
from shadow.mirror.policy import RateLimit
from shadow.pipeline.route_state import RouteState
from shadow.report.build import document
from shadow.report.document import Note
from shadow.report.notes import notes
from shadow.store import Store, open_store

NOW = 1_800_000_000.0


class Project:
    """Settings with some rules, and a store in which a worker has left what it saw."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.settings = settings

    def with_rules(self, *rules: dict[str, Any]) -> Project:
        data = self.settings.model_dump(by_alias=True) | {"compare": {"rule": list(rules)}}
        return Project(self.store, Settings.model_validate(data))

    def seen(self, route: str, legacy: Any, candidate: Any = None, times: int = 1) -> None:
        answers = [
            Response(200, [("Content-Type", "application/json")], json.dumps(value).encode())
            for value in (legacy, legacy if candidate is None else candidate)
        ]
        state = RouteState(route, route_settings(self.settings, route), rules_for(self.settings, route), RateLimit(0))
        observed = [
            Observation(
                epoch=epoch_for(self.settings, route, "", ""),
                at=NOW,
                outcome="compared",
                legacy_ok=True,
                distinct=number.to_bytes(16, "big"),
                reach=state.reach(*answers),
            )
            for number in range(times)
        ]
        self.store.record(observed)

    @property
    def notes(self) -> tuple[Note, ...]:
        return notes(self.settings, self.store.evidence(self.settings, NOW), ["GET /never"])


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    settings = Settings.model_validate(
        {
            "legacy": {"url": "https://api.example.com/kong"},
            "candidate": {"url": "https://api.example.com"},
            "store": {"url": f"sqlite:///{tmp_path / 'shadow.db'}"},
        }
    )
    with open_store(settings, create=True) as store:
        yield Project(store, settings)


@pytest.mark.parametrize(
    ("rule", "document", "told"),
    [
        ({"tolerance": 0.5}, {"x": "1"}, "`tolerance = 0.5` needs numbers; `$.x` had strings on"),
        ({"tolerance": 0.5}, {"x": None}, "`$.x` had null on"),
        ({"as": "datetime"}, {"x": "now"}, "a date, or epoch numbers; `$.x` had other strings on"),
        ({"as": "boolean"}, {"x": 2}, "needs booleans, 0 and 1, or texts that spell one; `$.x` had other numbers on"),
        ({"key": "id"}, {"x": [1]}, '`key = "id"` needs lists of objects with that member; `$.x` had other lists on'),
        ({"unordered": True}, {"x": {}}, "`unordered = true` needs lists; `$.x` had objects on"),
        ({"ordered": True}, {"x": [{}]}, "`ordered = true` needs objects; `$.x` had lists on"),
        ({"case": False}, {"x": True}, "`case = false` needs texts; `$.x` had booleans on"),
        ({"unicode": "NFC"}, {"x": 1}, '`unicode = "NFC"` needs texts; `$.x` had numbers on'),
    ],
)  # fmt: skip
def test_a_rule_that_only_selects_what_it_can_not_hold_for_is_told(
    project: Project, rule: dict[str, Any], document: Any, told: str
) -> None:
    ruled = project.with_rules({"path": "$.x"} | rule)
    ruled.seen("GET /a", document)
    (note,) = ruled.notes
    assert note.sentence.startswith("a [[compare.rule]] block holds for nothing that it selects: ")
    assert told in note.sentence
    assert note.routes == ("GET /a",)


def test_a_member_that_may_be_missing_has_to_be_a_member(project: Project) -> None:
    ruled = project.with_rules({"path": "$.a[*]", "null_is_missing": True})
    ruled.seen("GET /a", {"a": [None]})
    assert "needs members of objects; `$.a[*]` had places that are none on" in ruled.notes[0].sentence


def test_a_rule_that_selects_nothing_is_told_with_how_often_and_where(project: Project) -> None:
    ruled = project.with_rules({"path": "$.itens", "unordered": True})
    for number in range(5):
        ruled.seen(f"GET /{number}", {"items": [1]}, times=200)
    assert ruled.notes == (
        Note(
            'a [[compare.rule]] block selects nothing: `path = "$.itens"` (`unordered = true`) found nothing in '
            "1,000 compared responses of `GET /0`, `GET /1`, `GET /2` and 2 more; check its path",
            tuple(f"GET /{number}" for number in range(5)),
        ),
    )


def test_a_new_rule_holds_for_a_route_that_was_seen_under_others(project: Project) -> None:
    project.seen("GET /a", {"items": [1]})
    project.seen("GET /b", {"items": [1]})
    ruled = project.with_rules({"path": "$.items", "unordered": True, "routes": ["GET /a"]})
    found = document(ruled.settings, ruled.store, NOW)
    assert [verdict.route for verdict in found.verdicts] == ["GET /a", "GET /b"]
    assert found.notes == ()


def test_a_rule_that_holds_on_one_of_its_routes_is_no_mistake(project: Project) -> None:
    ruled = project.with_rules({"path": "$.items", "unordered": True})
    ruled.seen("GET /a", {"total": 1}, times=9)
    ruled.seen("GET /b", {"items": {}}, times=9)
    (note,) = ruled.notes
    assert note.routes == ("GET /b",)
    ruled.seen("GET /c", {"items": None}, {"items": [2, 1]})
    assert ruled.notes == ()


def refused(route: str, number: int, settings: Settings) -> Observation:
    """A request that legacy served and the candidate refused."""
    differences = compare(Response(200, [], b"ok"), Response(401, [], b"no"))
    opens = [difference for difference in differences if difference.severity == "difference"]
    return Observation(
        epoch=epoch_for(settings, route, "", ""),
        at=NOW,
        outcome="compared",
        distinct=number.to_bytes(16, "big"),
        signature=tuple(sorted(difference.fingerprint for difference in opens)),
        differences=tuple(opens),
    )


def test_credentials_that_are_at_fault_are_one_note_before_all_others(project: Project) -> None:
    ruled = project.with_rules({"path": "$.never", "trim": True, "routes": ["GET /nowhere"]})
    ruled.store.record([refused(f"GET /{number % 3}", number, ruled.settings) for number in range(30)])
    credentials, _ = ruled.notes
    assert credentials == Note(
        "candidate refused 30 of 30 distinct requests (401 or 403) that legacy served, on 3 routes: its credentials "
        "are at fault, or what checks them there; set `candidate.auth` or `candidate.headers`, or renew what they "
        "give, check `candidate.url`, and then `shadow forget`",
        ("GET /0", "GET /1", "GET /2"),
    )


def test_credentials_that_could_not_be_had_are_added_up_over_all_routes(project: Project) -> None:
    project.store.record(
        Observation(
            epoch=epoch_for(project.settings, route, "", ""), at=NOW, outcome="failed", candidate_error="no-credentials"
        )
        for route in ("GET /a", "GET /a", "GET /b")
    )
    [note] = project.notes
    assert note.sentence.startswith("3 requests could not be mirrored because a side's `auth` gave no credentials")
    assert note.routes == ("GET /a", "GET /b")


def test_another_rule_of_the_same_place_is_another_matter(project: Project) -> None:
    ruled = project.with_rules({"path": "$.n", "tolerance": 1}, {"path": "$.n", "trim": True})
    ruled.seen("GET /a", {"n": "x "})
    assert [note.sentence.partition(":")[2].partition(" needs")[0] for note in ruled.notes] == [" `tolerance = 1.0`"]


def test_nothing_is_said_of_routes_that_were_not_compared(project: Project) -> None:
    ruled = project.with_rules({"path": "$.a", "trim": True, "routes": ["GET /never"]})
    ruled.seen("GET /b", {"a": 1})
    assert ruled.notes == ()


def test_nothing_is_said_of_what_the_values_do_not_tell(project: Project) -> None:
    ruled = project.with_rules({"path": "$.items", "key": "id"}, {"path": "$.items", "trim": False})
    ruled.seen("GET /a", {"items": []}, times=3)
    assert ruled.notes == ()


def test_a_rule_for_other_routes_is_not_blamed_for_these(project: Project) -> None:
    orders, users = ({"path": "$.x", "trim": True, "routes": [f"GET /{name}"]} for name in ("orders", "users"))
    ruled = project.with_rules(orders, users)
    ruled.seen("GET /orders", {"x": "a"})
    ruled.seen("GET /users", {"y": "a"})
    assert [note.routes for note in ruled.notes] == [("GET /users",)]


def test_what_was_left_out_while_a_side_gave_no_answers_is_said_with_its_share(project):
    def left_out(route: str, times: int) -> Observation:
        epoch = epoch_for(project.settings, route, "", "")
        return Observation(epoch=epoch, at=NOW, outcome="skipped", skip="breaker", weight=times)

    project.seen("GET /a", {"a": 1}, times=10)
    project.seen("GET /b", {"a": 1})
    assert project.notes == ()
    project.store.record([left_out("GET /a", 1500), left_out("GET /c", 2)])
    [note] = project.notes
    assert note.routes == ("GET /a", "GET /c")
    assert note.sentence.startswith("1,502 of 1,512 requests of `GET /a`, `GET /c` were not mirrored")
