"""Two versions, recorded one after the other, as every command tells of them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from shadow.errors import ExitCode

Build = Callable[..., Any]
ROUTE = "GET /orders/{id}"
SAME = {"price": 12.5, "total": 3, "at": "noon"}
TOML = """\
[legacy]
url = "https://api.test/kong"
[candidate]
url = "https://api.test"
version = "{version}"
[verdict]
enough = 10
"""


@pytest.fixture
def two_versions(project: Build) -> tuple[Any, dict[str, str]]:
    """v1 has two faults, one of them rare; v2 has mended the frequent one and brought another. With fingerprints."""
    here = project(TOML.format(version="v1"))
    before = time.time() - 86_400
    here.seen(ROUTE, SAME, SAME, 70, at=before)
    price = here.seen(ROUTE, SAME, SAME | {"price": "12.50"}, 29, at=before)
    rare = here.seen(ROUTE, SAME, SAME | {"at": None}, 1, at=before)
    here.config.write_text(TOML.format(version="v2"))
    here.seen(ROUTE, SAME, SAME, 60)
    total = here.seen(ROUTE, SAME, SAME | {"total": None}, 8)
    return here, {"gone": price, "not_seen_yet": rare, "new": total}


def test_the_report_has_the_history_in_every_format(two_versions: tuple[Any, dict[str, str]]) -> None:
    here, fingerprints = two_versions
    code, out, err = here.run("report", "--format", "json,html,markdown,junit", "--out", "out")
    assert (code, err) == (ExitCode.READY, "")
    assert len(out.splitlines()) == 4
    (route,) = json.loads((here.folder / "out" / "report.json").read_text())["routes"]
    history = route["history"]
    assert history["trend"] == "better"
    assert history["sentence"] == "better than v1: 30 of 100 distinct requests differed, now 8 of 68"
    assert [(one["candidate_version"], one["distinct"], one["differing"]) for one in history["versions"]] == [
        ("v1", 100, 30)
    ]
    assert {name: [one["fingerprint"] for one in history[name]] for name in ("gone", "not_seen_yet")} == {
        "gone": [fingerprints["gone"]],
        "not_seen_yet": [fingerprints["not_seen_yet"]],
    }
    assert [(one["fingerprint"], one["change"]) for one in route["differences"]] == [(fingerprints["new"], "new")]
    html = (here.folder / "out" / "index.html").read_text()
    assert history["sentence"] in html
    assert '<strong class="change">new</strong>' in html
    assert "Gone 1" in html
    assert "(better than before)" in (here.folder / "out" / "report.md").read_text()
    assert f"- [new] {fingerprints['new']}" in (here.folder / "out" / "junit.xml").read_text()


def test_explain_tells_the_trend_and_marks_what_is_new(two_versions: tuple[Any, dict[str, str]]) -> None:
    here, fingerprints = two_versions
    lines = [line.strip() for line in here.run("explain", ROUTE)[1].splitlines()]
    assert "better than v1: 30 of 100 distinct requests differed, now 8 of 68" in lines
    assert "Gone (shown by the version before, and no more): body $.price" in lines
    assert "Not seen yet (shown by the version before; too few requests to call it gone): body $.at" in lines
    assert any(line.startswith("✗ not ready  v1: 30 (30%) of 100 distinct differ, seen ") for line in lines)
    assert any(line.startswith(f"open, new  {fingerprints['new']}  body $.total") for line in lines)


def test_the_gate_says_it_in_a_phrase_and_decides_by_the_new_version_alone(
    two_versions: tuple[Any, dict[str, str]],
) -> None:
    here, _ = two_versions
    code, out, _ = here.run("gate")
    assert code == ExitCode.NOT_READY
    assert out.splitlines()[0].endswith(" (better than before)")
    here.config.write_text(TOML.format(version="v3"))
    here.seen(ROUTE, SAME, SAME, 100)
    code, out, _ = here.run("gate")
    assert code == ExitCode.READY
    assert out.splitlines()[0].endswith(" (better than before)")
    assert "better than v2: 8 of 68" in here.run("explain", ROUTE)[1]


def test_going_back_to_an_old_fault_is_told(two_versions: tuple[Any, dict[str, str]]) -> None:
    here, _ = two_versions
    here.config.write_text(TOML.format(version="v3"))
    here.seen(ROUTE, SAME, SAME, 50)
    price = here.seen(ROUTE, SAME, SAME | {"price": "12.50"}, 50)
    out = here.run("explain", ROUTE)[1]
    assert "worse than v2: 8 of 68 distinct requests differed, now 50 of 100" in out
    assert f"open, back  {price}" in out


def test_forgetting_a_route_forgets_its_history(two_versions: tuple[Any, dict[str, str]]) -> None:
    here, _ = two_versions
    assert here.run("forget", ROUTE)[0] == ExitCode.READY
    here.seen(ROUTE, SAME, SAME, 3)
    assert "v1" not in here.run("explain", ROUTE)[1]
    assert not here.run("gate")[1].splitlines()[0].endswith(")")
