"""cutover.json lists what is ready, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from msgspec.structs import replace

from shadow.report import Document
from shadow.report.cutover import render
from shadow.verdict.model import Verdict

SCHEMA = json.loads(files("shadow.report").joinpath("cutover.schema.json").read_text())
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
FAILED = Document(generated_at=0.0, legacy="", candidate="", failure="there is no store")


def test_the_schema_is_a_json_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("which", ["document", "hostile", "commanding"])
def test_it_follows_its_schema(which: str, request: pytest.FixtureRequest) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(json.loads(render(request.getfixturevalue(which))))] == []


def test_the_example_in_the_documentation_follows_it() -> None:
    text = (Path(__file__).parents[2] / "docs" / "ci.md").read_text()
    example = json.loads(re.findall(r"```json\n(.*?)```", text, re.DOTALL)[0])
    assert [error.message for error in VALIDATOR.iter_errors(example)] == []
    assert example.keys() >= set(SCHEMA["required"])


def test_the_schema_refuses_a_route_without_an_end(document: Document) -> None:
    found = json.loads(render(document))
    del found["routes"][0]["expires"]["at"]
    assert not VALIDATOR.is_valid(found)


def test_only_ready_routes_are_listed_by_path_and_the_others_only_counted(document: Document) -> None:
    found = json.loads(render(document))
    assert [one["route"] for one in found["routes"]] == [
        "GET /user/elo/history",
        "GET /user/profile",
        "OPTIONS /user/profile",
    ]
    assert [one["required"] for one in found["routes"]] == [True, True, False]
    assert found["left_out"] == {"not-ready": 3, "inconclusive": 3}
    assert b"/coupons" not in render(document)
    assert b"/orders" not in render(document)


def test_accepted_differences_are_told_with_their_reason(
    route: Callable[..., Any], judged: Callable[..., Any], document_of: Callable[..., Document]
) -> None:
    etag = judged("header", "etag", "header-missing", "header", "a", None, status="accepted", distinct=4, share=0.1)
    found = json.loads(render(document_of([route("GET /a", Verdict.READY, 0, "", [etag])])))["routes"][0]
    told = found["evidence"]["accepted"]
    assert [(one["where"], one["path"], one["distinct"]) for one in told] == [("header", "etag", 4)]
    assert told[0]["reason"]
    assert (found["method"], found["template"]) == ("GET", "/a")


def test_a_failure_lists_nothing(document: Document) -> None:
    found = json.loads(render(FAILED))
    assert found["failure"] == "there is no store"
    assert found["routes"] == []
    assert VALIDATOR.is_valid(found)
    assert "failure" not in json.loads(render(replace(document)))
