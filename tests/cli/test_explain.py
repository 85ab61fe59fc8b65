"""`shadow explain`: one route at length."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from shadow.config.load import load_settings
from shadow.errors import ExitCode
from shadow.evidence.coverage import Feature
from shadow.evidence.epochs import epoch_for
from shadow.evidence.observation import Observation
from shadow.store import open_store

Build = Callable[..., Any]
LONG = {"items": [{"id": number, "price": 12.5} for number in range(40)]}


def test_it_shows_evidence_reasons_and_differences_with_both_values(project: Build) -> None:
    here = project()
    here.seen("GET /orders/{id}", {"a": 1}, {"a": 1}, 9)
    fingerprint = here.seen("GET /orders/{id}", {"price": 12.5, "a": 1}, {"price": "12.50", "a": 1})
    code, out, _ = here.run("explain", "GET /orders/{id}")
    assert code == ExitCode.READY
    assert out.startswith("✗ not ready: GET /orders/{id}\n  divergence: 1 of 10 distinct requests differ")
    assert "10 requests seen, 10 compared, 10 distinct" in out
    assert f"open  {fingerprint}  body $.price  number-as-string" in out
    assert "example: GET https://api.test/kong/orders/{id}" in out
    assert '$.price: legacy 12.5, candidate "12.50"' in out
    diff = [line.strip() for line in out.splitlines() if line.strip()[:1] in ("-", "+")]
    assert diff[0].startswith("-")
    assert "12.5" in diff[0]
    assert diff[1].startswith("+")
    assert '"12.50"' in diff[1]


def test_long_diffs_are_cut_and_examples_can_be_left_out(project: Build) -> None:
    here = project()
    here.seen("GET /list", LONG, {"items": [item | {"price": "12.50"} for item in LONG["items"]]})
    assert "more lines" in here.run("explain", "GET /list")[1]
    out = here.run("explain", "GET /list", "--examples", "0")[1]
    assert "example:" not in out
    assert "number-as-string" in out


def test_accepted_differences_tell_why(project: Build) -> None:
    here = project()
    fingerprint = here.seen("GET /a", {"x": 1}, {"x": "1"})
    with here.config.open("a") as file:
        file.write(f'[[accept]]\nfingerprint = "{fingerprint}"\nreason = "API-123"\nuntil = 2999-01-01\n')
    out = here.run("explain", "GET /a")[1]
    assert f"accepted  {fingerprint}" in out
    assert "accepted until 2999-01-01: API-123" in out


def test_it_says_what_was_covered_in_one_sentence(project: Build) -> None:
    here = project()
    settings = load_settings(here.config)
    seen = (Feature("status", "", "200"), Feature("shape", "", "s"))
    with open_store(settings, create=True) as store:
        store.record(
            [
                Observation(
                    epoch=epoch_for(settings, "GET /a", "", ""),
                    at=time.time(),
                    outcome="compared",
                    distinct=number.to_bytes(16, "big"),
                    features=seen,
                )
                for number in range(50)
            ]
        )
    out = here.run("explain", "GET /a")[1]
    assert (
        "  1 shape in 50 distinct requests, no shape seen only once: probably less than 2% of further "
        "distinct requests will have a shape not yet compared.\n"
    ) in out


def test_old_evidence_is_not_told(project: Build) -> None:
    here = project()
    here.seen("GET /a", {"x": 1}, {"x": "1"}, at=time.time() - 40 * 86400)
    here.seen("GET /b", {"x": 1}, {"x": 1})
    code, _, err = here.run("explain", "GET /a")
    assert code == ExitCode.USAGE
    assert 'no route "GET /a"; did you mean GET /b?' in err


def test_a_glob_must_match_just_one_route(project: Build) -> None:
    here = project()
    here.seen("GET /a", {"x": 1}, {"x": 1})
    here.seen("GET /b", {"x": 1}, {"x": 1})
    assert here.run("explain", "* /a")[1].startswith("? inconclusive: GET /a")
    code, _, err = here.run("explain", "GET *")
    assert code == ExitCode.USAGE
    assert "matches 2 routes; name one of them: GET /a, GET /b" in err
