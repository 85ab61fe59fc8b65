"""A ready route says until when it stays so: judged again at every moment, the same evidence gives the same answer."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shadow.config.load import load_settings
from shadow.report.build import document
from shadow.report.cutover import render
from shadow.report.standing import with_standings
from shadow.store import open_store
from tests.cli.conftest import Project

NOW = dt.datetime(2026, 11, 23, 10, 0, tzinfo=dt.UTC).timestamp()
DAY = 86_400
TOML = """
[legacy]
url = "https://api.test/kong"
[candidate]
url = "https://api.test/live"
[verdict]
enough = 10
"""
Ready = Callable[..., dict[str, Any]]


@pytest.fixture
def here(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[str], Project]:
    def build(text: str) -> Project:
        (tmp_path / "shadow.toml").write_text(TOML + text)
        return Project(tmp_path, tmp_path / "shadow.toml", capsys)

    return build


def listed(project: Project, now: float = NOW) -> dict[str, Any]:
    """Route → its entry in cutover.json."""
    settings = load_settings(project.config)
    with open_store(settings) as store:
        found = json.loads(render(with_standings(document(settings, store, now), settings, store)))
    return {one["route"]: one for one in found["routes"]}


def ready_at(project: Project, route: str, at: float) -> bool:
    settings = load_settings(project.config)
    with open_store(settings) as store:
        verdicts = {one.route: str(one.verdict) for one in document(settings, store, at).verdicts}
    return verdicts.get(route) == "ready"


def ends(project: Project, route: str) -> float:
    """When, in seconds since the epoch; the verdict of just then and of just before agree."""
    at = dt.datetime.fromisoformat(listed(project)[route]["expires"]["at"]).timestamp()
    assert ready_at(project, route, at - 1)
    assert not ready_at(project, route, at + 1)
    return at


def test_it_ends_when_so_much_is_too_old_that_the_rest_is_not_enough(here: Callable[[str], Project]) -> None:
    project = here('[[route]]\nmatch = "GET /b"\nmax_age = "3d"\n')
    for day in range(4):
        project.seen("GET /a", {"x": 1}, {"x": 1}, 10 + day, at=NOW - day * DAY)  # the same ten, and one more each day
    project.seen("GET /b", {"x": 1}, {"x": 1}, 12, at=NOW - DAY)
    midnight = NOW - 10 * 3600
    assert ends(project, "GET /a") == midnight + DAY + 14 * DAY
    assert ends(project, "GET /b") == midnight + 3 * DAY
    expires = listed(project)["GET /b"]["expires"]
    assert expires["because"] == "max_age"
    assert expires["message"].endswith("verdict.max_age (3 days) from then on")


def test_an_acceptance_ends_it_with_its_last_day(here: Callable[[str], Project]) -> None:
    project = here(
        '[[accept]]\nroutes = ["GET /a"]\npath = "$.x"\nreason = "text will do"\nuntil = 2026-11-27\n'
        '[[accept]]\nroutes = ["GET /b"]\npath = "$.x"\nreason = "first"\nuntil = 2026-11-24\n'
        '[[accept]]\nroutes = ["GET /b"]\npath = "$.x"\nreason = "then"\nuntil = 2026-11-25\n'
        '[[accept]]\nroutes = ["GET /c"]\npath = "$.y"\nreason = "not needed"\nuntil = 2026-11-24\n'
    )
    for route in ("GET /a", "GET /b"):
        project.seen(route, {"x": 1}, {"x": "1"}, 12, at=NOW)
    project.seen("GET /c", {"x": 1}, {"x": 1}, 12, at=NOW)
    midnight = NOW + 14 * 3600
    assert ends(project, "GET /a") == midnight + 4 * DAY
    assert ends(project, "GET /b") == midnight + 2 * DAY
    assert ends(project, "GET /c") == midnight + 14 * DAY
    found = listed(project)
    assert found["GET /a"]["expires"]["because"] == "acceptance"
    assert found["GET /a"]["expires"]["message"] == "an acceptance ends with 2026-11-27: text will do"
    assert found["GET /b"]["expires"]["message"] == "an acceptance ends with 2026-11-25: then"
    assert found["GET /c"]["expires"]["because"] == "max_age"
    assert found["GET /a"]["evidence"]["accepted"][0]["until"] == "2026-11-27"


def test_an_end_beyond_all_calendars_is_none(here: Callable[[str], Project]) -> None:
    project = here('[[route]]\nmatch = "GET /a"\nmax_age = 1e15\n')
    project.seen("GET /a", {"x": 1}, {"x": 1}, 12, at=NOW)
    assert listed(project)["GET /a"]["expires"]["at"] is None


def test_both_paths_have_their_sides_base_and_the_candidates_own_template(here: Callable[[str], Project]) -> None:
    project = here(
        '[[route]]\nmatch = "GET /orders/{orderId}"\ncandidate = "/v2/orders/{orderId}"\n'
        '[routes]\nfrom = ["serverless.yml"]\n'
    )
    (project.folder / "serverless.yml").write_text(
        "service: s\nprovider: {name: aws}\nfunctions: {f: {handler: h, events: [{http: {method: any, path: /any}}]}}\n"
    )
    for route in ("GET /orders/{orderId}", "* /any", "GET /guessed/{id}"):
        project.seen(route, {"x": 1}, {"x": 1}, 12, at=NOW)
    found = {
        one["route"]: (one["method"], one["legacy_path"], one["candidate_path"], one["known_from"])
        for one in listed(project).values()
    }
    assert found == {
        "* /any": ("*", "/kong/any", "/live/any", "serverless.yml: function f"),
        "GET /orders/{orderId}": ("GET", "/kong/orders/{orderId}", "/live/v2/orders/{orderId}", "shadow.toml"),
        "GET /guessed/{id}": ("GET", "/kong/guessed/{id}", "/live/guessed/{id}", ""),
    }
