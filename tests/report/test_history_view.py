"""In which versions a group of differences was seen."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from shadow.report.history_view import versions_of
from shadow.report.html import render
from shadow.verdict.model import History, Verdict
from tests.report.test_trend import past


@pytest.fixture
def said(route, judged, document_of):
    """What is said of one group, by which past versions showed it."""
    group = judged()

    def build(*versions, change="", current="42"):
        verdict = replace(
            route("GET /a", Verdict.NOT_READY, 1, "divergence", [replace(group, change=change)]),
            history=History(versions=tuple(past(name, differences=(group,) * showed) for name, showed in versions)),
            candidate_version=current,
        )
        said = versions_of(verdict, verdict.differences).get(group.evidence.fingerprint, "")
        assert said in render(document_of([verdict])).decode(), "the page says it, too"
        return said

    return build


def test_without_a_past_nothing_is_said(said):
    assert said() == ""


def test_versions_that_showed_it_are_named(said):
    assert said(("41", True), ("40", True), ("39", False)) == "in this version and in 41, 40"
    assert said(("", True)) == "in this version and in a build without a version"
    assert said(*((str(n), True) for n in range(41, 35, -1))) == "in this version and in 41, 40, 39 and 3 more"


def test_what_only_this_version_shows_is_new_where_that_is_sure(said):
    assert said(("41", False), change="new") == "new in this version"
    assert said(("41", False)) == "only seen in this version"
    assert said(("42", True)) == "only seen in this version", "the same version under other rules"
