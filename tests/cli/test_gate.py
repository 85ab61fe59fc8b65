"""`shadow gate`: what it prints and exits with, on a real store."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import pytest

from shadow.errors import ExitCode

Build = Callable[..., Any]


def test_all_ready_is_0_with_one_line_per_route_and_the_reason_at_the_end(project: Build) -> None:
    here = project()
    here.seen("GET /a", {"x": 1}, {"x": 1}, 12)
    here.seen("GET /b", {"x": 1}, {"x": 1}, 10)
    code, out, _ = here.run("gate")
    lines = out.splitlines()
    assert code == ExitCode.READY
    assert len(lines) == 3
    assert lines[0].startswith("✓ ready")
    assert "GET /a" in lines[0]
    assert "0 of 12 distinct requests differ" in lines[0]
    assert lines[2] == "exit 0: 2 of 2 required routes are ready"


def test_one_route_that_is_not_ready_is_1_and_comes_first(project: Build) -> None:
    here = project()
    here.seen("GET /a", {"x": 1}, {"x": 1}, 12)
    here.seen("GET /b", {"x": 1}, {"x": "1"})
    here.seen("GET /c", {"x": 1}, {"x": 1}, 3)
    code, out, _ = here.run("gate")
    lines = out.splitlines()
    assert code == ExitCode.NOT_READY
    assert [line[:3] for line in lines[:3]] == ["✗ n", "? i", "✓ r"]
    assert lines[-1] == "exit 1: 1 of 3 required routes is not ready, 1 is inconclusive, 1 is ready"


def test_inconclusive_is_3_and_may_be_allowed(project: Build) -> None:
    here = project()
    here.seen("GET /a", {"x": 1}, {"x": 1}, 12)
    here.seen("GET /c", {"x": 1}, {"x": 1}, 3)
    assert here.run("gate")[0] == ExitCode.INCONCLUSIVE
    code, out, _ = here.run("gate", "--allow-inconclusive")
    assert code == ExitCode.READY
    assert out.splitlines()[-1].endswith("--allow-inconclusive lets that pass")
    code, out, _ = here.run("gate", "GET /c", "--allow-inconclusive")
    assert code == ExitCode.INCONCLUSIVE
    assert "exit 3: the one required route is inconclusive" in out


def test_nothing_required_is_3(project: Build) -> None:
    here = project()
    here.seen("OPTIONS /a", {"x": 1}, {"x": 1}, 12)
    code, out, _ = here.run("gate")
    assert code == ExitCode.INCONCLUSIVE
    assert out.splitlines()[-1] == "exit 3: no route is required, so nothing is proven"


def test_without_a_store_it_is_4_and_none_is_made(project: Build) -> None:
    here = project()
    code, out, err = here.run("gate")
    assert code == ExitCode.HARNESS
    assert out == ""
    assert err.startswith("shadow: ")
    assert [path.name for path in here.folder.iterdir()] == ["shadow.toml"]


def test_a_broken_configuration_is_2(project: Build) -> None:
    assert project("[legacy]\n").run("gate")[0] == ExitCode.USAGE


def test_routes_narrow_what_is_asked_for(project: Build) -> None:
    here = project()
    here.seen("GET /orders/{id}", {"x": 1}, {"x": 1}, 12)
    here.seen("GET /users", {"x": 1}, {"x": "1"})
    here.seen("OPTIONS /orders/{id}", {"x": 1}, {"x": "1"})
    code, out, _ = here.run("gate", "GET /orders/{id}")
    assert code == ExitCode.READY
    assert "/users" not in out
    # A glob narrows the required routes, and OPTIONS is not among them; a name asks for that very route.
    assert here.run("gate", "* /orders*")[0] == ExitCode.READY
    assert here.run("gate", "OPTIONS /orders/{id}")[0] == ExitCode.NOT_READY


def test_an_unknown_route_is_a_usage_error_with_near_matches(project: Build) -> None:
    here = project()
    here.seen("GET /orders/{id}", {"x": 1}, {"x": 1})
    code, out, err = here.run("gate", "get /order/{id}")
    assert code == ExitCode.USAGE
    assert out == ""
    assert 'no route "get /order/{id}"; did you mean GET /orders/{id}?' in err
    assert here.run("gate", "DELETE *")[0] == ExitCode.USAGE


@pytest.mark.parametrize("name", ["json", "junit", "markdown"])
def test_other_formats_have_stdout_for_themselves(project: Build, name: str) -> None:
    here = project()
    here.seen("GET /b", {"x": 1}, {"x": "1"})
    code, out, err = here.run("gate", "--format", name)
    assert code == ExitCode.NOT_READY
    assert "exit 1: the one required route is not ready" in err
    if name == "json":
        assert json.loads(out)["routes"][0]["verdict"] == "not-ready"
    elif name == "junit":
        assert ET.fromstring(out).find(".//failure") is not None
    else:
        assert "| Verdict |" in out


def test_it_warns_that_builds_may_be_mixed_unless_the_candidate_has_a_version(project: Build) -> None:
    here = project()
    here.seen("GET /a", {"x": 1}, {"x": 1}, 12)
    assert "candidate.version" in here.run("gate")[2]
    versioned = project(
        here.config.read_text().replace('url = "https://api.test"\n', 'url = "https://api.test"\nversion = "7"\n')
    )
    versioned.seen("GET /a", {"x": 1}, {"x": 1}, 12)
    assert versioned.run("gate")[2] == ""


def test_an_acceptance_that_covers_nothing_is_one_line_on_stderr(project: Build) -> None:
    here = project(
        '[legacy]\nurl = "https://api.test/kong"\n[candidate]\nurl = "https://api.test"\nversion = "7"\n'
        '[[accept]]\nheader = "etag"\nreason = "two\\nlines"\n'
    )
    here.seen("GET /a", {"x": 1}, {"x": 1}, 12)
    _, out, err = here.run("gate")
    assert len(err.splitlines()) == 1
    assert err.startswith('note: an [[accept]] block covers nothing that has been seen: `header = "etag"`')
    assert "note:" not in out
