"""The marker `shadow_accept`."""

from __future__ import annotations

from typing import Any

import pytest

HEAD = """\
import json, pytest
from shadow import Response

def answer(body, status=200, **headers):
    return Response(status, [("Content-Type", "application/json"), *headers.items()], json.dumps(body).encode())

LEGACY = answer({"a": 1, "b": 1, "c": 1}, ETag="1")
"""
WARN = ("-W", "always::shadow.pytest_plugin.ShadowAcceptWarning")


def marked(run: Any, marker: str, candidate: str, call: str = "shadow_compare(LEGACY, CANDIDATE)") -> None:
    run.pytester.makepyfile(f"{HEAD}CANDIDATE = {candidate}\n\n{marker}\ndef test_mine(shadow_compare):\n    {call}\n")


SAME = 'answer({"a": 1, "b": 1, "c": 1}, ETag="1")'
OTHER_A = 'answer({"a": 2, "b": 1, "c": 1}, ETag="1")'


@pytest.mark.parametrize(
    ("keys", "candidate"),
    [
        ('path="$.a"', OTHER_A),
        ('path="$..a"', OTHER_A),
        ('path="$", broad=True', 'answer([], ETag="1")'),
        ('header="etag"', 'answer({"a": 1, "b": 1, "c": 1}, ETag="2")'),
        ("status=(200, 201)", 'answer({"a": 1, "b": 1, "c": 1}, 201, ETag="1")'),
        ("status=[200, 201]", 'answer({"a": 1, "b": 1, "c": 1}, 201, ETag="1")'),
        ('path="$.a", until="2099-01-01"', OTHER_A),
        ('path="$.a", until=__import__("datetime").date(2099, 1, 1)', OTHER_A),
        ('path="$.a", until=None, header=None', OTHER_A),
    ],
)
def test_what_a_marker_names_is_accepted_in_its_test(run: Any, keys: str, candidate: str) -> None:
    marked(run, f'@pytest.mark.shadow_accept({keys}, reason="API-7")', candidate)
    run.pytest("--strict-markers").assert_outcomes(passed=1)
    marked(run, "", candidate)
    run.pytest().assert_outcomes(failed=1)


def test_a_fingerprint_is_accepted_as_the_failure_offers_it(run: Any) -> None:
    marked(run, "", OTHER_A)
    offered = next(line for line in run.pytest().outlines if line.startswith("Correct the candidate"))
    marker = "@pytest" + offered.partition("@pytest")[2].partition(" on this test")[0]
    marked(run, marker, OTHER_A)
    run.pytest().assert_outcomes(passed=1)


def test_what_no_marker_names_still_fails(run: Any) -> None:
    marked(run, '@pytest.mark.shadow_accept(path="$.b", reason="API-7")', OTHER_A)
    result = run.pytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["  body $.a *"])


def test_markers_of_a_test_its_class_and_its_module_add_up(run: Any) -> None:
    run.pytester.makepyfile(
        HEAD
        + """
CANDIDATE = answer({"a": 2, "b": 2, "c": 2}, ETag="2")
pytestmark = pytest.mark.shadow_accept(path="$.a", reason="all")

@pytest.mark.shadow_accept(path="$.b", reason="the class")
class TestMine:
    @pytest.mark.shadow_accept(path="$.c", reason="one")
    @pytest.mark.shadow_accept(header="ETag", reason="two")
    def test_all(self, shadow_compare):
        assert len(shadow_compare(LEGACY, CANDIDATE)) == 4

def test_alone(shadow_compare):
    shadow_compare(LEGACY, CANDIDATE)
"""
    )
    result = run.pytest()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*differ in 3 ways:", "Besides, 1 accepted."])


def test_a_marker_that_has_run_out_accepts_no_more(run: Any) -> None:
    marked(run, '@pytest.mark.shadow_accept(path="$.a", reason="API-7", until="2026-01-31")', OTHER_A)
    result = run.pytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["    was accepted until 2026-01-31: API-7"])


def test_a_marker_may_name_routes(run: Any) -> None:
    marker = '@pytest.mark.shadow_accept(path="$.a", reason="API-7", routes=["GET /a*"])'
    marked(run, marker, OTHER_A, "shadow_compare(LEGACY, CANDIDATE, route='GET /a/b')")
    run.pytest().assert_outcomes(passed=1)
    marked(run, marker, OTHER_A, "shadow_compare(LEGACY, CANDIDATE, route='GET /b')")
    run.pytest().assert_outcomes(failed=1)


@pytest.mark.parametrize(
    ("keys", "problems"),
    [
        ('path="$.a"', ["  reason: is required: say why it is accepted; reports show it"]),
        ('path="$.a", reason=" "', ["  reason: must not be empty"]),
        (
            'reason="x"',
            ["  path: an acceptance has exactly one of path, header, status, fingerprint; this one has none"],
        ),
        ('path="$.a", header="etag", reason="x"', ["  header: an acceptance has exactly one of *"]),
        ('path="$", reason="x"', ['  path: "$" accepts whatever differs in whole bodies; *broad = true']),
        ('path="$.a[0]", reason="x"', ["  path: must not use an index, *"]),
        ('path="a", reason="x"', ["  path: *"]),
        ('pth="$.a", reason="x"', ["  pth: unknown key; did you mean `path`?"]),
        ('path="$.a", reason="x", until="soon"', ['  until: must be a date such as 2027-03-01, not "soon"']),
        (
            'status=(200, 200), reason="x"',
            ["  status: must be [[]legacy's, candidate's], two that differ, not 200 twice"],
        ),
        ('fingerprint="xyz", reason="x"', ["  fingerprint: must be the 12 hex digits *"]),
        ('"$.a", reason="x"', ["*must name its keys: @pytest.mark.shadow_accept(path=*"]),
    ],
)
def test_a_marker_is_checked_as_a_block_of_the_file_is(run: Any, keys: str, problems: list[str]) -> None:
    marked(run, f"@pytest.mark.shadow_accept({keys})", OTHER_A)
    result = run.pytest()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["@pytest.mark.shadow_accept(*) of *::test_mine *", *problems][-len(problems) :])
    assert "Traceback" not in result.stdout.str()
    assert "During handling" not in result.stdout.str()


# -- markers that cover nothing -------------------------------------------------------------------------------------


def test_a_marker_that_covers_nothing_is_a_warning_of_its_own(run: Any) -> None:
    marked(run, '@pytest.mark.shadow_accept(path="$.b", reason="old")', SAME)
    result = run.pytest(*WARN)
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(
        ["*ShadowAcceptWarning: @pytest.mark.shadow_accept(path='$.b', reason='old') covers nothing that was compared*"]
    )
    run.pytest().assert_outcomes(passed=1, errors=1)  # warnings are errors here


@pytest.mark.parametrize(
    ("candidate", "call"),
    [
        (SAME, "pass"),
        (SAME, "shadow_compare(LEGACY, CANDIDATE); shadow_compare(LEGACY, answer({'a': 2, 'b': 1, 'c': 1}, ETag='1'))"),
        (
            'answer({"a": 1, "b": 2, "c": 1}, ETag="1")',
            "pytest.raises(pytest.fail.Exception, shadow_compare, LEGACY, CANDIDATE)",
        ),
    ],
    ids=["nothing compared", "covers in one comparison", "another difference came first"],
)
def test_no_marker_is_blamed_too_early(run: Any, candidate: str, call: str) -> None:
    marked(run, '@pytest.mark.shadow_accept(path="$.a", reason="x")', candidate, call)
    run.pytest().assert_outcomes(passed=1)


TWO_TESTS = """
@pytest.mark.shadow_accept(path="$.a", reason="x")
class TestMine:
    def test_same(self, shadow_compare):
        shadow_compare(LEGACY, LEGACY)
    def test_other(self, shadow_compare):
        shadow_compare(LEGACY, {candidate})
"""
PARAMETRIZED = """
@pytest.mark.shadow_accept(path="$.a", reason="x")
@pytest.mark.parametrize("candidate", [LEGACY, {candidate}])
def test_mine(shadow_compare, candidate):
    shadow_compare(LEGACY, candidate)
"""


@pytest.mark.parametrize("tests", [TWO_TESTS, PARAMETRIZED], ids=["class", "parametrized"])
def test_it_is_enough_that_a_shared_marker_covers_something_in_one_test(run: Any, tests: str) -> None:
    run.pytester.makepyfile(HEAD + tests.format(candidate=OTHER_A))
    run.pytest().assert_outcomes(passed=2)
    run.pytester.makepyfile(HEAD + tests.format(candidate=SAME))
    run.pytest(*WARN).assert_outcomes(passed=2, warnings=1)


def test_a_shared_marker_is_not_blamed_where_no_process_sees_all_tests(run: Any) -> None:
    run.pytester.makepyfile(HEAD + TWO_TESTS.format(candidate=SAME))
    run.process("-n", "2").assert_outcomes(passed=2)
    marked(run, '@pytest.mark.shadow_accept(path="$.b", reason="old")', SAME)
    result = run.process("-n", "2", *WARN)
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(["*ShadowAcceptWarning: *"])
