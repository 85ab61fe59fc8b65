"""junit.xml is what pytest would have written, and always XML."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from msgspec.structs import replace

from shadow.report import Document
from shadow.report.junit import render
from shadow.verdict.model import Reason, Verdict

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).with_name("junit.xsd")))


def faults(document: Document) -> list[str]:
    """What the schema finds wrong with the report."""
    SCHEMA.validate(etree.fromstring(render(document)))
    return [str(error) for error in SCHEMA.error_log]


def cases(document: Document) -> dict[str, ET.Element]:
    return {case.attrib["name"]: case for case in ET.fromstring(render(document)).iter("testcase")}


def test_there_is_one_case_per_route(document: Document) -> None:
    assert list(cases(document)) == [verdict.route for verdict in document.verdicts]


def test_a_route_that_is_not_ready_fails_with_its_message_repeated_in_the_body(document: Document) -> None:
    failure = cases(document)["GET /orders/{orderId}"].find("failure")
    assert failure is not None
    assert failure.attrib["message"].startswith("12 of 412 distinct requests differ")
    assert failure.text
    assert failure.text.startswith(failure.attrib["message"])
    assert "$.items[*].price" in failure.text


def test_a_failure_says_what_is_new_or_back_since_the_version_before(document: Document) -> None:
    failure = cases(document)["GET /orders/{orderId}"].find("failure")
    assert failure is not None
    assert failure.text
    lines = failure.text.splitlines()
    assert "worse than 2026.46.9: 0 of 388 distinct requests differed, now 12 of 412" in lines
    (difference,) = [line for line in lines if line.startswith("- ")]
    assert difference.startswith("- [back] ")


def test_an_inconclusive_route_is_skipped_with_the_reason(document: Document) -> None:
    skipped = cases(document)["GET /coupons/{code}"].find("skipped")
    assert skipped is not None
    assert skipped.attrib["message"] == "inconclusive: 336 distinct clean requests are needed, 212 seen"


def test_a_ready_route_passes(document: Document) -> None:
    assert list(cases(document)["GET /user/profile"]) == []


def test_a_route_that_the_gate_does_not_demand_never_fails(
    route: Callable[..., Any], document_of: Callable[..., Document]
) -> None:
    case = cases(document_of([route("GET /x", Verdict.NOT_READY, 3, "divergence", required=False)]))["GET /x"]
    skipped = case.find("skipped")
    assert skipped is not None
    assert skipped.attrib["message"].startswith("not ready, but not required: ")
    assert case.find("failure") is None


def test_the_suite_counts_its_cases(document: Document) -> None:
    suite = ET.fromstring(render(document)).find("testsuite")
    assert suite is not None
    assert {name: suite.attrib[name] for name in ("tests", "failures", "skipped", "errors")} == {
        "tests": "9",
        "failures": "3",
        "skipped": "3",
        "errors": "0",
    }


def test_hostile_values_leave_it_well_formed(hostile: Document) -> None:
    assert len(cases(hostile)) == 9
    assert "‹U+0000›" in ET.tostring(ET.fromstring(render(hostile)), encoding="unicode")


@pytest.mark.parametrize("which", ["document", "hostile", "commanding"])
def test_it_follows_the_schema(which: str, request: pytest.FixtureRequest) -> None:
    assert faults(request.getfixturevalue(which)) == []


def test_the_schema_finds_what_is_wrong() -> None:
    case = '<testcase classname="a" name="b" time="0.000"/>'
    suite = f'<testsuites><testsuite name="x" tests="2">{case * 2}</testsuite></testsuites>'
    assert not SCHEMA.validate(etree.fromstring(suite))
    assert any("oneCasePerName" in error.message for error in SCHEMA.error_log)
    assert any("timestamp" in error.message for error in SCHEMA.error_log)


def test_what_kept_everything_from_being_judged_is_an_error() -> None:
    failed = Document(generated_at=0.0, legacy="", candidate="", failure="shadow.toml has 2 problems:\n  a\0\n  <b>")
    case = cases(failed)["shadow gate"]
    error = case.find("error")
    assert error is not None
    assert error.attrib == {"message": "shadow.toml has 2 problems:"}
    assert error.text == "shadow.toml has 2 problems:\n  a‹U+0000›\n  <b>"
    assert b'errors="1" failures="0" skipped="0" tests="1"' in render(failed)
    assert faults(failed) == []


def test_where_nothing_is_required_a_case_says_so(
    route: Callable[..., Any], document_of: Callable[..., Document]
) -> None:
    for routes in ([], [route("GET /x", Verdict.READY, 0, "", required=False)]):
        skipped = cases(document_of(routes))["shadow gate"].find("skipped")
        assert skipped is not None
        assert "so nothing is proven" in skipped.attrib["message"]
        assert faults(document_of(routes)) == []


def test_no_two_cases_have_one_name_for_gitlab_would_drop_the_second(
    route: Callable[..., Any], document_of: Callable[..., Document]
) -> None:
    template = route("GET /x", Verdict.READY, 0, "")
    names = ["GET /\x1b", "GET /‹U+001B›", "GET /‹U+001B› (2)", *("GET /" + "x" * 2_000 + end for end in "ab")]
    found = document_of([replace(template, route=name) for name in names])
    assert len(cases(found)) == 5
    assert faults(found) == []


def test_it_stays_below_what_gitlab_reads(
    route: Callable[..., Any], judged: Callable[..., Any], document_of: Callable[..., Document]
) -> None:
    wide = [judged("body", "$" + "x" * 1_900, "value-changed", "value", "a", "b") for _ in range(40)]
    template = route("GET /x", Verdict.NOT_READY, 3, "divergence", wide)
    many = document_of([replace(template, route=f"GET /{number}") for number in range(400)])
    assert 15_000_000 < len(render(many)) < 30_000_000
    assert all(case.find("failure") is not None for case in cases(many).values())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(), min_size=1))
def test_any_text_makes_well_formed_xml(
    text: str, route: Callable[..., Any], document_of: Callable[..., Document]
) -> None:
    found = replace(
        route("GET /x", Verdict.NOT_READY, 1, "divergence"), route=text, reasons=(Reason("divergence", text),)
    )
    assert len(cases(document_of([found]))) == 1
