"""docs/comparison.md says what is the same by default, and what changes it: each of its examples is compared."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from shadow.compare import Difference, compare
from shadow.compare.rules import rules_for
from shadow.config import Settings
from shadow.config.settings import Compare, CompareRule
from shadow.evidence.route_evidence import FingerprintEvidence
from shadow.exchange import Response
from shadow.verdict.acceptance import Acceptances

PAGE = (Path(__file__).parents[2] / "docs" / "comparison.md").read_text("utf-8")
JSON = [("Content-Type", "application/json")]
ROUTE = "GET /a"
NOW = dt.datetime(2027, 1, 1, tzinfo=dt.UTC).timestamp()


class Choice(NamedTuple):
    what: str
    legacy: str
    candidate: str
    default: str
    way: str
    changed: str


def choices() -> list[Choice]:
    table = PAGE.partition("#### What JSON leaves open")[2].partition("\n## ")[0]
    lines = [line for line in table.splitlines() if line.startswith("| ")][1:]
    return [Choice(*(cell.strip() for cell in line.strip("|").split("|"))) for line in lines]


def body(cell: str, what: str) -> bytes:
    text = cell.strip("`")
    if times := re.search(r"\(here (\d+) lists\)", what):
        inner = text.strip("[]…")
        text = "[" * int(times[1]) + inner + "]" * int(times[1])
    return text.encode()


def settings_with(compare_section: dict[str, Any], accept: list[dict[str, Any]] | None = None) -> Settings:
    sides = {"legacy": {"url": "https://h/kong"}, "candidate": {"url": "https://h"}}
    return Settings.model_validate({**sides, "compare": compare_section, "accept": accept or []})


def differences(choice: Choice, settings: Settings) -> list[Difference]:
    answers = (Response(200, JSON, body(cell, choice.what)) for cell in (choice.legacy, choice.candidate))
    return compare(*answers, rules_for(settings, ROUTE))


def called(found: list[Difference]) -> str:
    if any(difference.severity == "difference" for difference in found):
        return "difference"
    return "notice" if found else "same"


def setting(choice: Choice) -> dict[str, Any]:
    """The `[compare]` section that changes it, `path = "$.a"` where it is a rule."""
    given = tomllib.loads(choice.way.partition("` in `")[0].strip("`"))
    return given if given.keys() <= Compare.model_fields.keys() else {"rule": [{"path": "$.a"} | given]}


def the(what: str) -> list[Choice]:
    return [choice for choice in CHOICES if what in choice.way]


CHOICES = choices()
ACCEPTED = the("[[accept]]")
BY_SETTING = [choice for choice in CHOICES if choice.way and choice not in ACCEPTED]
IDS = [choice.what for choice in CHOICES]


@pytest.mark.parametrize("choice", CHOICES, ids=IDS)
def test_the_default_is_what_the_page_says(choice: Choice) -> None:
    assert called(differences(choice, settings_with({}))) == choice.default


@pytest.mark.parametrize("choice", BY_SETTING, ids=[choice.what for choice in BY_SETTING])
def test_a_setting_changes_it_as_the_page_says(choice: Choice) -> None:
    assert choice.changed != choice.default
    assert called(differences(choice, settings_with(setting(choice)))) == choice.changed


@pytest.mark.parametrize("choice", ACCEPTED, ids=[choice.what for choice in ACCEPTED])
def test_an_acceptance_of_its_fingerprint_changes_it(choice: Choice) -> None:
    (found,) = [one for one in differences(choice, settings_with({})) if one.severity == "difference"]
    evidence = FingerprintEvidence(
        fingerprint=found.fingerprint, where=found.where, path=found.pattern, kind=found.kind, class_=found.class_,
        severity=found.severity, summary=found.summary, count=1, first_seen=NOW, last_seen=NOW,
    )  # fmt: skip
    accepting = settings_with({}, [{"fingerprint": found.fingerprint, "reason": "no client minds"}])
    assert Acceptances.of(settings_with({}), ROUTE, NOW).accepting(evidence) is None
    assert Acceptances.of(accepting, ROUTE, NOW).accepting(evidence) == accepting.accept[0]
    assert choice.changed == "accepted"


def test_the_page_has_an_example_of_every_way_to_compare() -> None:
    ways = set(CompareRule.model_fields) - {"routes", "path"}
    shown = {name for choice in BY_SETTING for rule in setting(choice).get("rule", []) for name in rule}
    assert {"as_" if name == "as" else name for name in shown - {"path"}} == ways
    readings = {rule.get("as") for choice in BY_SETTING for rule in setting(choice).get("rule", [])} - {None}
    assert readings == {"datetime", "number", "boolean", "double", "lexical"}


def test_every_row_says_what_changes_it_or_that_nothing_needs_to() -> None:
    assert len(CHOICES) >= 30
    assert len(set(IDS)) == len(IDS)
    assert all((choice.way != "") == (choice.changed != "") for choice in CHOICES)
    assert {choice.default for choice in CHOICES if not choice.way} == {"same"}
