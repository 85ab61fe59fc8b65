"""Store and settings → the test cases of one run: judged once, at one moment, by what the gate judges by."""

from __future__ import annotations

import difflib
import time
from collections.abc import Sequence

import msgspec
import pytest

from shadow.config import glob_matches
from shadow.errors import UsageError
from shadow.pytest_plugin.case import Case, Judgement
from shadow.pytest_plugin.configuration import load
from shadow.pytest_plugin.difference_lines import line
from shadow.pytest_plugin.names import PREFIX, names_of
from shadow.pytest_plugin.route_text import route_text
from shadow.report.build import document
from shadow.report.document import Document
from shadow.report.notes import mixed_builds
from shadow.report.wording import sentence, utc
from shadow.store import open_store
from shadow.verdict import gate_sentence
from shadow.verdict.model import RouteVerdict, Verdict

__all__ = ["judge"]

_MOST_NOTES = 50
_LONGEST = 500


def judge(config: pytest.Config, wanted: Sequence[str]) -> Judgement:
    """Judge the routes that ``wanted`` names, or all that are required; nothing is written.

    A wanted text is the name of a route, or of its test, whether the route is required or not; or a glob, which means
    the required routes that it matches; or "" for all of these. Raises ConfigError, StoreError, and UsageError where a
    text means no route.
    """
    settings = load(config)
    with open_store(settings, create=False) as store:
        found = document(settings, store, time.time())
    names = names_of(verdict.route for verdict in found.verdicts)
    chosen = _chosen(found.verdicts, names, wanted)
    # A route that is asked for by name counts, as it does for the gate.
    asked = tuple(msgspec.structs.replace(verdict, required=True) for verdict in chosen)
    named = config.getoption("shadow_config")
    cases = sorted((_case(verdict, names, found, named) for verdict in asked), key=_by_path)
    return Judgement(
        sentence=gate_sentence(asked or found.verdicts),
        source=line(found.settings_source, most=4_096),
        at=utc(found.generated_at),
        cases=tuple(cases) or (_nothing_required(found.verdicts),),
        notes=tuple(_notes(found)),
    )


def _chosen(verdicts: Sequence[RouteVerdict], names: dict[str, str], wanted: Sequence[str]) -> list[RouteVerdict]:
    meant = set[str]()
    for word in wanted or [""]:
        routes = _meant(word, verdicts, names)
        if word and not routes:
            raise UsageError(_no_such(word, names))
        meant |= routes
    return [verdict for verdict in verdicts if verdict.route in meant]


def _meant(word: str, verdicts: Sequence[RouteVerdict], names: dict[str, str]) -> set[str]:
    named = {route for route, name in names.items() if word in (route, name)}
    glob = word or "*"
    return named or {
        verdict.route
        for verdict in verdicts
        if verdict.required
        and "*" in glob
        and any(glob_matches(glob, each) for each in (verdict.route, names[verdict.route]))
    }


def _no_such(word: str, names: dict[str, str]) -> str:
    begun = [name for name in names.values() if name.startswith(word)]
    near = list(dict.fromkeys([*begun, *difflib.get_close_matches(word, names.values(), n=3)]))[:3]
    hint = f"; did you mean {' or '.join(repr(PREFIX + name) for name in near)}?" if near else ""
    what = "no required route matches" if "*" in word else "there is no route"
    return f"{what} {line(word)!r}{hint or '; `pytest --shadow --collect-only -q` lists them'}"


def _case(verdict: RouteVerdict, names: dict[str, str], found: Document, config: str | None) -> Case:
    codes = {reason.code for reason in verdict.reasons}
    return Case(
        name=names[verdict.route],
        verdict=verdict.verdict.value,
        sentence=line(sentence(verdict), most=_LONGEST),
        text="" if verdict.verdict is Verdict.READY else route_text(verdict, found, config),
        excusable=verdict.verdict is Verdict.INCONCLUSIVE and "credentials" not in codes,
    )


def _by_path(case: Case) -> tuple[str, str]:
    method, _, path = case.name.partition(" ")
    return path, method


def _nothing_required(verdicts: Sequence[RouteVerdict]) -> Case:
    """An empty list of tests would pass for a green one."""
    said = gate_sentence(verdicts)
    return Case(
        name="required routes",
        verdict=Verdict.INCONCLUSIVE.value,
        sentence=said,
        text=f"{said}.\n\nSend traffic through the proxy, name an inventory in routes.from, or name routes in "
        "routes.required; `shadow routes` lists what is known.",
        excusable=False,
    )


def _notes(found: Document) -> list[str]:
    notes = [line(note.sentence, most=_LONGEST) for note in found.notes[:_MOST_NOTES]]
    if len(found.notes) > _MOST_NOTES:
        notes.append(f"and {len(found.notes) - _MOST_NOTES:,} more notes; the report has them")
    mixed = mixed_builds(found.verdicts)
    return [*notes, mixed] if mixed else notes
